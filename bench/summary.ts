import { caseName, type Levels } from './factors.ts';
import { caseKey, type Sample } from './samples.ts';
import { type Estimate, estimate } from './statistics.ts';

/** All rounds of one metric of one case. */
export interface CaseSummary extends Estimate {
  readonly experiment: string;
  readonly levels: Levels;
  readonly metric: string;
  readonly unit: string;
  readonly values: readonly number[];
  /** How many of the values are marked as disturbed. */
  readonly disturbed: number;
}

/** Median and interval of every case and metric, in the order of the samples. */
export function summarize(samples: readonly Sample[], seed: number): CaseSummary[] {
  const groups = new Map<string, Sample[]>();
  for (const sample of samples) {
    const key = `${caseKey(sample.experiment, sample.levels)} ${sample.metric}`;
    const group = groups.get(key);
    if (group) group.push(sample);
    else groups.set(key, [sample]);
  }
  return [...groups.values()].map((group) => {
    const { experiment, levels, metric, unit } = group[0]!;
    const values = group.map((sample) => sample.value);
    const disturbed = group.filter((sample) => sample.disturbed).length;
    return { experiment, levels, metric, unit, values, disturbed, ...estimate(values, seed) };
  });
}

/** A number with three significant digits, never in exponents where people read them. */
export function formatNumber(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return String(value);
  if (Math.abs(value) < 1e-4) return value.toExponential(2);
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(digits, 7));
}

export const SUMMARY_HEADER = ['case', 'format', 'cores', 'lane', 'median', '95 % interval', 'unit', 'n', 'disturbed'];

/** The lines of the table of one experiment and one metric. */
export function summaryRows(summaries: readonly CaseSummary[]): string[][] {
  return summaries.map(({ levels, median, low, high, unit, n, disturbed }) => [
    caseName(levels),
    levels.format ?? '',
    levels.cores ?? '',
    levels.lane ?? '',
    formatNumber(median),
    `${formatNumber(low)} – ${formatNumber(high)}`,
    unit,
    String(n),
    String(disturbed),
  ]);
}

/** Aligned text; columns that are empty in every row are left out. */
export function formatTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const used = header.map((_, c) => c).filter((c) => rows.some((row) => row[c] !== ''));
  const widths = used.map((c) => Math.max(header[c]!.length, ...rows.map((row) => row[c]!.length)));
  const numeric = used.map((c) => rows.every((row) => /^[-\d.]/.test(row[c]!) || row[c] === ''));
  const line = (cells: readonly string[]) =>
    used
      .map((c, i) => (numeric[i] ? cells[c]!.padStart(widths[i]!) : cells[c]!.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd();
  return [line(header), used.map((_, i) => '-'.repeat(widths[i]!)).join('  '), ...rows.map(line)].join('\n');
}
