import type { Experiment } from '../experiment/experiment.ts';
import type { CaseSummary } from '../samples/summary.ts';
import { formatInterval, formatNumber, type Table } from '../samples/table.ts';
import { FONT_SIZE, framed, legendColumns } from './frame.ts';
import type { Layout } from './layout.ts';
import { REST_COLOR, SPLIT_COLORS } from './palette.ts';
import type { PrintSize } from './print-size.ts';
import { type TextWidth, wrapText } from './text-width.ts';
import { readableUnit } from './unit.ts';

const BAR = 12;
const LINE = 8;
/** The part of the width that names may take before they are broken into lines. */
const LABEL_SHARE = 0.4;

/** The summaries of an experiment's split by case (its levels but the lane), in the order of the samples; empty where it has none. */
function splitCases(
  { name, split, factors }: Experiment,
  summaries: readonly CaseSummary[],
): Map<string, CaseSummary[]> {
  const cases = new Map<string, CaseSummary[]>();
  for (const summary of summaries) {
    if (summary.experiment !== name || summary.wrong !== undefined || !split?.metrics.includes(summary.metric))
      continue;
    const key = Object.keys(factors)
      .filter((factor) => factor !== 'lane')
      .flatMap((factor) => summary.levels[factor] ?? [])
      .join(', ');
    cases.set(key, [...(cases.get(key) ?? []), summary]);
  }
  return cases;
}

/**
 * Stacked bars of the medians of metrics that add up, a bar a case, for a width of print; undefined where the experiment
 * has none.
 */
export function splitLayout(
  experiment: Experiment,
  summaries: readonly CaseSummary[],
  { width }: PrintSize,
  textWidth: TextWidth,
): Layout | undefined {
  const cases = [...splitCases(experiment, summaries)];
  const { split } = experiment;
  if (!split || cases.length === 0) return undefined;
  const { metrics } = split;
  const unit = cases[0]![1][0]!.unit;
  const most = Math.max(...cases.map(([, parts]) => parts.reduce((sum, { median }) => sum + median, 0)));
  const wrapped = new Map(cases.map(([name]) => [name, wrapText(name, width * LABEL_SHARE, FONT_SIZE, textWidth)]));
  const lines = Math.max(...[...wrapped.values()].map(({ length }) => length));
  const labelWidth = Math.max(...[...wrapped.values()].flat().map((line) => textWidth(line, FONT_SIZE)));
  const legend = legendColumns(
    metrics.map((metric) => textWidth(metric, FONT_SIZE)),
    width - labelWidth,
  );
  return {
    columns: 1,
    rows: cases.length,
    spec: (panelWidth, from, to) =>
      framed(['Medians of each part.'], legend, {
        width: panelWidth,
        height: Math.max(BAR, lines * LINE + 2) * (to - from),
        data: {
          values: cases.slice(from, to).flatMap(([name, parts]) =>
            parts.map((part) => ({
              name: wrapped.get(name)!.join('\n'),
              case: name,
              metric: part.metric,
              median: part.median,
              value: `${formatNumber(part.median)} ${readableUnit(unit)}`,
              interval: `${formatNumber(part.low)} – ${formatNumber(part.high)}`,
              samples: String(part.n),
              order: metrics.indexOf(part.metric),
            })),
          ),
        },
        mark: { type: 'bar', height: { band: 0.7 } },
        encoding: {
          y: {
            field: 'name',
            type: 'nominal',
            sort: null,
            title: null,
            axis: { labelLimit: 0, ticks: false, labelExpr: "split(datum.label, '\\n')", labelLineHeight: LINE },
          },
          x: {
            field: 'median',
            type: 'quantitative',
            stack: 'zero',
            title: readableUnit(unit),
            scale: { domain: [0, most], nice: true },
            axis: { tickCount: 6 },
          },
          order: { field: 'order', type: 'quantitative' },
          color: {
            field: 'metric',
            type: 'nominal',
            title: null,
            scale: { domain: metrics, range: metrics.map((_, i) => SPLIT_COLORS[i] ?? REST_COLOR) },
          },
          tooltip: [
            { field: 'case', type: 'nominal' },
            { field: 'metric', title: 'part', type: 'nominal' },
            { field: 'value', title: 'median', type: 'nominal' },
            { field: 'interval', title: '95 % interval', type: 'nominal' },
            { field: 'samples', type: 'nominal' },
          ],
        },
      }),
  };
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
