import type { Experiment } from '../experiment/experiment.ts';
import { shownSummaries } from '../results/summary-table.ts';
import { MACHINE } from '../samples/levels.ts';
import type { CaseSummary } from '../samples/summary.ts';

/** One mark of the figure: a median with its interval. */
export interface Point {
  readonly x: string | number;
  readonly series: string;
  readonly dash: string;
  readonly row: string;
  readonly column: string;
  readonly machine: string;
  readonly median: number;
  readonly low: number;
  readonly high: number;
  /** How many samples the median is of. */
  readonly n: number;
  /** How many of them are marked as disturbed. */
  readonly disturbed: number;
}

/** The factor behind each field of a point; undefined where the figure has none. */
export function factorsOf({ figure, factors }: Experiment) {
  return {
    x: figure.x.factor,
    series: figure.series,
    dash: figure.dash,
    row: figure.row,
    column: figure.column,
    machine: MACHINE in factors ? MACHINE : undefined,
  };
}

export type LevelField = keyof ReturnType<typeof factorsOf>;

/** The summaries of the metric that the figure shows. */
export function pointsOf(experiment: Experiment, summaries: readonly CaseSummary[]): Point[] {
  const factors = factorsOf(experiment);
  return shownSummaries(experiment, summaries).map(({ levels, median, low, high, n, disturbed }) => {
    const level = (field: LevelField) => levels[factors[field] ?? ''] ?? '';
    return {
      x: experiment.figure.x.scale === 'level' ? level('x') : Number(level('x')),
      series: level('series'),
      dash: level('dash'),
      row: level('row'),
      column: level('column'),
      machine: level('machine'),
      median,
      low,
      high,
      n,
      disturbed,
    };
  });
}

/** The levels that the points have, in the order in which the experiment lists them. */
export function inOrder(experiment: Experiment, field: LevelField, points: readonly Point[]): string[] {
  const order = experiment.factors[factorsOf(experiment)[field] ?? ''] ?? [];
  const present = [...new Set(points.map((point) => String(point[field])))];
  return present.sort((a, b) => order.indexOf(a) - order.indexOf(b));
}
