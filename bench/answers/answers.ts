/**
 * A result as rows of text. Cells are equal when their text is, or in columns named `approximate`, when the numbers
 * differ by no more than `tolerance` of the larger.
 */
export interface Answer {
  readonly rows: readonly (readonly string[])[];
  /** Indexes of columns whose sums of f64 may differ in their last digits. */
  readonly approximate: readonly number[];
  /** 1e-12 if absent. */
  readonly tolerance?: number;
}

const USUAL_TOLERANCE = 1e-12;

/** Where two answers part, in words; undefined when they are equal. */
export function firstDifference(a: Answer, b: Answer): string | undefined {
  if (a.rows.length !== b.rows.length) return `${a.rows.length} rows against ${b.rows.length}`;
  const tolerance = Math.max(a.tolerance ?? USUAL_TOLERANCE, b.tolerance ?? USUAL_TOLERANCE);
  for (let r = 0; r < a.rows.length; r++) {
    const left = a.rows[r]!;
    const right = b.rows[r]!;
    if (left.length !== right.length) return `row ${r + 1}: ${left.length} columns against ${right.length}`;
    for (let c = 0; c < left.length; c++) {
      const approximate = a.approximate.includes(c) || b.approximate.includes(c);
      if (!equal(left[c]!, right[c]!, approximate ? tolerance : undefined)) {
        return `row ${r + 1}, column ${c + 1}: ${left[c]} against ${right[c]}`;
      }
    }
  }
  return undefined;
}

function equal(a: string, b: string, tolerance: number | undefined): boolean {
  if (a === b) return true;
  if (tolerance === undefined || a === '' || b === '') return false;
  const x = Number(a);
  const y = Number(b);
  return Math.abs(x - y) <= tolerance * Math.max(Math.abs(x), Math.abs(y));
}
