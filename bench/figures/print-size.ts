/** A width at which figures are printed. */
export interface PrintSize {
  readonly name: string;
  /** Millimetres. */
  readonly mm: number;
  /** Points of 1/72 inch: the unit in which figures are drawn, so that a font size of 7 is 7 pt on paper. */
  readonly width: number;
}

const POINTS_PER_MM = 72 / 25.4;

/** The height that fits on a page of A4 or letter with its caption, in points; higher figures are cut into parts. */
export const PAGE_HEIGHT = 225 * POINTS_PER_MM;

function printSize(mm: number): PrintSize {
  return { name: `${mm}mm`, mm, width: mm * POINTS_PER_MM };
}

/** One column and two columns of the usual journals. */
export const ONE_COLUMN = printSize(84);
export const TWO_COLUMNS = printSize(174);
