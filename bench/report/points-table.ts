import type { Experiment } from '../experiment/experiment.ts';
import { factorsOf, pointsOf } from '../figures/points.ts';
import type { CaseSummary } from '../samples/summary.ts';
import type { Table } from '../samples/table.ts';

/** The plotted points of an experiment's figure, a row each, with all digits: what it takes to draw it elsewhere. */
export function pointsTable(experiment: Experiment, summaries: readonly CaseSummary[]): Table {
  const { metric } = experiment.figure.y;
  const unit = summaries.find((summary) => summary.metric === metric)?.unit ?? '';
  const factors = Object.entries(factorsOf(experiment)).flatMap(([field, factor]) =>
    factor === undefined ? [] : [{ field: field as keyof ReturnType<typeof factorsOf>, factor }],
  );
  return {
    header: [...factors.map(({ factor }) => factor), 'metric', 'unit', 'median', 'low', 'high', 'n', 'disturbed'],
    rows: pointsOf(experiment, summaries).map((point) => [
      ...factors.map(({ field }) => String(point[field])),
      metric,
      unit,
      ...[point.median, point.low, point.high, point.n, point.disturbed].map(String),
    ]),
  };
}
