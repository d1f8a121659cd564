import type { Experiment } from '../experiment/experiment.ts';
import { shownSummaries } from '../results/summary-table.ts';
import type { CaseSummary } from '../samples/summary.ts';

/** One mark of the figure: a median with its interval. */
export interface Point {
  readonly x: string | number;
  readonly series: string;
  readonly dash: string;
  readonly row: string;
  readonly column: string;
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** The summaries of the metric that the figure shows. */
export function pointsOf(experiment: Experiment, summaries: readonly CaseSummary[]): Point[] {
  const { figure } = experiment;
  return shownSummaries(experiment, summaries).map(({ levels, median, low, high }) => ({
    x: figure.x.scale === 'level' ? levels[figure.x.factor]! : Number(levels[figure.x.factor]),
    series: levels[figure.series] ?? '',
    dash: figure.dash ? (levels[figure.dash] ?? '') : '',
    row: figure.row ? (levels[figure.row] ?? '') : '',
    column: figure.column ? (levels[figure.column] ?? '') : '',
    median,
    low,
    high,
  }));
}

/** The levels that the points have, in the order in which the experiment lists them. */
export function inOrder(
  { factors }: Experiment,
  factor: string | undefined,
  points: readonly Point[],
  field: 'x' | 'series' | 'dash' | 'row' | 'column',
): string[] {
  const order = factor === undefined ? [] : (factors[factor] ?? []);
  const present = [...new Set(points.map((point) => String(point[field])))];
  return present.sort((a, b) => order.indexOf(a) - order.indexOf(b));
}
