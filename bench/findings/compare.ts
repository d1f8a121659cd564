import type { Comparison, Experiment } from '../experiment/experiment.ts';
import { caseName, type Levels } from '../experiment/factors.ts';
import { type CaseSummary, formatInterval, formatNumber, type Table } from '../results/summary.ts';
import { type Estimate, estimateRatio, geometricMean } from '../statistics/statistics.ts';

/** Two cases that differ in one factor, and how they compare (ratio of median times). */
interface Pair {
  readonly levels: Levels;
  /** As the experiment says: how many times as fast the subject is, or its time over the baseline's. */
  readonly ratio: Estimate;
}

const RATIO_TITLES = { speed: 'times as fast', time: 'time over time (lower is better)' };

/** What the samples answer to the experiment's question, a sentence a comparison; computed from median times. */
export function findings(experiment: Experiment, summaries: readonly CaseSummary[], seed: number): string[] {
  const times = timesOf(experiment, summaries);
  return experiment.findings.flatMap((comparison) => {
    const pairs = pairsOf(times, comparison, experiment.ratio, seed);
    return pairs.length === 0 ? [] : [sentence(comparison, pairs, experiment.ratio)];
  });
}

/**
 * The ratios of each comparison, with 95 % intervals: a column for each comparison, a row for each combination of the
 * other levels.
 */
export function ratioTable(experiment: Experiment, summaries: readonly CaseSummary[], seed: number): Table {
  const times = timesOf(experiment, summaries);
  const compared = experiment.findings.map((comparison) => ({
    heading: `${comparison.subject} : ${comparison.baseline}`,
    pairs: pairsOf(times, comparison, experiment.ratio, seed),
  }));
  const used = compared.filter(({ pairs }) => pairs.length > 0);
  const rows = new Map<string, string[]>();
  for (const [column, { pairs }] of used.entries()) {
    for (const { levels, ratio } of pairs) {
      const name = describe(levels);
      const row = rows.get(name) ?? [name, ...used.map(() => '')];
      row[column + 1] = formatInterval(ratio);
      rows.set(name, row);
    }
  }
  return { header: [RATIO_TITLES[experiment.ratio], ...used.map(({ heading }) => heading)], rows: [...rows.values()] };
}

function timesOf({ name }: Experiment, summaries: readonly CaseSummary[]): CaseSummary[] {
  return summaries.filter(({ experiment, metric }) => experiment === name && metric === 'time');
}

function pairsOf(
  times: readonly CaseSummary[],
  { factor, subject, baseline }: Comparison,
  kind: Experiment['ratio'],
  seed: number,
): Pair[] {
  const others = (levels: Levels) => JSON.stringify({ ...levels, [factor]: '' });
  return times
    .filter(({ levels }) => levels[factor] === subject)
    .flatMap(({ levels, values }) => {
      const other = times.find((time) => time.levels[factor] === baseline && others(time.levels) === others(levels));
      if (!other) return [];
      const [above, below] = kind === 'speed' ? [other.values, values] : [values, other.values];
      return [{ levels: { ...levels, [factor]: '' }, ratio: estimateRatio(above, below, seed) }];
    });
}

function sentence({ subject, baseline }: Comparison, pairs: readonly Pair[], kind: Experiment['ratio']): string {
  const sorted = [...pairs].sort((a, b) => a.ratio.median - b.ratio.median);
  const least = sorted[0]!;
  const most = sorted.at(-1)!;
  const wins = pairs.filter(({ ratio }) => (kind === 'speed' ? ratio.median > 1 : ratio.median < 1)).length;
  const relation = relationOf(geometricMean(pairs.map(({ ratio }) => ratio.median)), baseline, kind);
  if (pairs.length === 1) return `${subject} ${relation}.`;
  const head = `${subject} ${relation} (geometric mean of ${pairs.length} pairs of medians)`;
  const range = `from ${formatNumber(least.ratio.median)} (${describe(least.levels)}) to ${formatNumber(most.ratio.median)} (${describe(most.levels)})`;
  return `${head}, ${range}; it is faster in ${wins} of ${pairs.length}.`;
}

function relationOf(mean: number, baseline: string, kind: Experiment['ratio']): string {
  if (kind === 'time') return `takes ${formatNumber(mean)} of the time of ${baseline}`;
  return mean >= 1
    ? `is ${formatNumber(mean)} times as fast as ${baseline}`
    : `is ${formatNumber(1 / mean)} times as slow as ${baseline}`;
}

function describe(levels: Levels): string {
  const { format, cores } = levels;
  return [
    caseName(levels)
      .split('/')
      .filter((part) => part !== '')
      .join(' '),
    levels.lane ?? '',
    format ?? '',
    cores === undefined ? '' : `${cores} ${cores === '1' ? 'core' : 'cores'}`,
  ]
    .filter((part) => part !== '')
    .join(', ');
}
