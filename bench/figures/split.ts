import type { TopLevelSpec } from 'vega-lite';
import type { Experiment } from '../experiment/experiment.ts';
import { caseName } from '../samples/levels.ts';
import type { CaseSummary } from '../samples/summary.ts';
import { formatInterval, formatNumber, type Table } from '../samples/table.ts';
import { framed } from './frame.ts';
import { REST_COLOR, SPLIT_COLORS } from './palette.ts';

const WIDTH = 620;
const BAR = 24;

/** The summaries of an experiment's split by case, in the order of the samples; empty where it has none. */
function splitCases({ name, split }: Experiment, summaries: readonly CaseSummary[]): Map<string, CaseSummary[]> {
  const cases = new Map<string, CaseSummary[]>();
  for (const summary of summaries) {
    if (summary.experiment !== name || summary.wrong !== undefined || !split?.metrics.includes(summary.metric))
      continue;
    const { lane: _, ...levels } = summary.levels;
    const key = caseName(levels).replaceAll('/', ', ');
    cases.set(key, [...(cases.get(key) ?? []), summary]);
  }
  return cases;
}

/** Stacked bars of the medians of metrics that add up, a bar a case; undefined where the experiment has none. */
export function splitSpec(experiment: Experiment, summaries: readonly CaseSummary[]): TopLevelSpec | undefined {
  const cases = splitCases(experiment, summaries);
  const { split } = experiment;
  if (!split || cases.size === 0) return undefined;
  const { metrics } = split;
  const values = [...cases].flatMap(([name, parts]) =>
    parts.map(({ metric, median }) => ({ name, metric, median, order: metrics.indexOf(metric) })),
  );
  const unit = [...cases.values()][0]![0]!.unit;
  return framed(split.title, 'Medians of each part', {
    width: WIDTH,
    height: BAR * cases.size,
    data: { values },
    mark: { type: 'bar', height: { band: 0.75 } },
    encoding: {
      y: { field: 'name', type: 'nominal', sort: null, title: null, axis: { labelLimit: 0, ticks: false } },
      x: { field: 'median', type: 'quantitative', stack: 'zero', title: unit },
      order: { field: 'order', type: 'quantitative' },
      color: {
        field: 'metric',
        type: 'nominal',
        title: null,
        scale: { domain: metrics, range: metrics.map((_, i) => SPLIT_COLORS[i] ?? REST_COLOR) },
      },
    },
  });
}

/** The split as a table: medians with their intervals, and the sum of the medians. */
export function splitTable(experiment: Experiment, summaries: readonly CaseSummary[]): Table {
  const cases = splitCases(experiment, summaries);
  const metrics = experiment.split?.metrics ?? [];
  const unit = [...cases.values()][0]?.[0]?.unit ?? '';
  return {
    header: [unit, ...metrics, 'sum'],
    rows: Array.from(cases, ([name, parts]) => [
      name,
      ...metrics.map((metric) => {
        const part = parts.find((summary) => summary.metric === metric);
        return part ? formatInterval(part) : '';
      }),
      formatNumber(parts.reduce((sum, { median }) => sum + median, 0)),
    ]),
  };
}
