import type { Experiment } from '../experiment/experiment.ts';
import type { CaseSummary } from '../samples/summary.ts';
import { formatInterval, type Table } from '../samples/table.ts';

/** The summaries of the metric and the series that the experiment's figure shows, wrong ones among them. */
function figureSummaries({ name, figure }: Experiment, summaries: readonly CaseSummary[]): CaseSummary[] {
  const { series, without, y } = figure;
  return summaries.filter(
    ({ experiment, metric, levels }) =>
      experiment === name && metric === y.metric && !without.includes(levels[series] ?? ''),
  );
}

/** The summaries that the experiment's figure shows: wrong results are never drawn. */
export function shownSummaries(experiment: Experiment, summaries: readonly CaseSummary[]): CaseSummary[] {
  return figureSummaries(experiment, summaries).filter(({ wrong }) => wrong === undefined);
}

/**
 * The metric of the experiment's figure: a row for each combination of levels, in the order of the experiment, and
 * a column for each level of the figure's series, holding the median and its interval, or `wrong`. A `*` marks medians
 * of which some samples are disturbed.
 */
export function summaryTable(experiment: Experiment, summaries: readonly CaseSummary[]): Table {
  const { series } = experiment.figure;
  const shown = figureSummaries(experiment, summaries);
  const names = [...new Set(shown.map(({ levels }) => levels[series] ?? ''))];
  const factors = Object.keys(experiment.factors).filter((factor) => factor !== series);
  const rows = new Map<string, string[]>();
  for (const summary of shown) {
    const { levels, disturbed, wrong } = summary;
    const own = factors.map((factor) => levels[factor] ?? '');
    const row = rows.get(own.join('\n')) ?? [...own, ...names.map(() => '')];
    const cell = wrong === undefined ? formatInterval(summary, disturbed > 0 ? '*' : '') : 'wrong';
    row[factors.length + names.indexOf(levels[series] ?? '')] = cell;
    rows.set(own.join('\n'), row);
  }
  return { header: [...factors, ...names.map((name) => `${name}, ${shown[0]?.unit}`)], rows: [...rows.values()] };
}
