import type { TopLevelSpec } from 'vega-lite';

/** A figure for one width of print, but for the width of its panels, which takes some trying: see fit.ts. */
export interface Layout {
  /** Panels side by side. */
  readonly columns: number;
  /** Rows of panels, or bars: between them a figure too high for a page is cut. */
  readonly rows: number;
  /** Rows `from` up to, not including, `to`, with panels of this width in points. */
  spec(panelWidth: number, from: number, to: number): TopLevelSpec;
}
