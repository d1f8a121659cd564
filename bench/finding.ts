import type { Comparison, Experiment } from './experiment.ts';
import { caseName, type Levels } from './factors.ts';
import { type Estimate, estimateRatio, geometricMean } from './statistics.ts';
import { type CaseSummary, formatInterval, formatNumber, type Table } from './summary.ts';

/** Two cases that differ in one factor, and how much faster the subject is (ratio of median times). */
interface Pair {
  readonly levels: Levels;
  readonly speedup: Estimate;
}

/** What the samples answer to the experiment's question, a sentence a comparison; computed from median times. */
export function findings(experiment: Experiment, summaries: readonly CaseSummary[], seed: number): string[] {
  const times = timesOf(experiment, summaries);
  return experiment.findings.flatMap((comparison) => {
    const pairs = pairsOf(times, comparison, seed);
    return pairs.length === 0 ? [] : [sentence(comparison, pairs)];
  });
}

/**
 * How many times as fast the subject of each comparison is, with 95 % intervals: a column for each comparison, a row for
 * each combination of the other levels.
 */
export function ratioTable(experiment: Experiment, summaries: readonly CaseSummary[], seed: number): Table {
  const times = timesOf(experiment, summaries);
  const compared = experiment.findings.map((comparison) => ({
    heading: `${comparison.subject} : ${comparison.baseline}`,
    pairs: pairsOf(times, comparison, seed),
  }));
  const used = compared.filter(({ pairs }) => pairs.length > 0);
  const rows = new Map<string, string[]>();
  for (const [column, { pairs }] of used.entries()) {
    for (const { levels, speedup } of pairs) {
      const name = describe(levels);
      const row = rows.get(name) ?? [name, ...used.map(() => '')];
      row[column + 1] = formatInterval(speedup);
      rows.set(name, row);
    }
  }
  return { header: ['times as fast', ...used.map(({ heading }) => heading)], rows: [...rows.values()] };
}

function timesOf({ name }: Experiment, summaries: readonly CaseSummary[]): CaseSummary[] {
  return summaries.filter(({ experiment, metric }) => experiment === name && metric === 'time');
}

function pairsOf(times: readonly CaseSummary[], { factor, subject, baseline }: Comparison, seed: number): Pair[] {
  const others = (levels: Levels) => JSON.stringify({ ...levels, [factor]: '' });
  return times
    .filter(({ levels }) => levels[factor] === subject)
    .flatMap(({ levels, values }) => {
      const other = times.find((time) => time.levels[factor] === baseline && others(time.levels) === others(levels));
      const speedup = other && estimateRatio(other.values, values, seed);
      return speedup ? [{ levels: { ...levels, [factor]: '' }, speedup }] : [];
    });
}

function sentence({ subject, baseline }: Comparison, pairs: readonly Pair[]): string {
  const sorted = [...pairs].sort((a, b) => a.speedup.median - b.speedup.median);
  const least = sorted[0]!;
  const most = sorted.at(-1)!;
  const wins = pairs.filter(({ speedup }) => speedup.median > 1).length;
  const mean = geometricMean(pairs.map(({ speedup }) => speedup.median));
  const relation = mean >= 1 ? `${formatNumber(mean)} times as fast as` : `${formatNumber(1 / mean)} times as slow as`;
  const head = `${subject} is ${relation} ${baseline} (geometric mean of ${pairs.length} pairs of medians)`;
  if (pairs.length === 1) return `${subject} is ${relation} ${baseline}.`;
  const range = `from ${formatNumber(least.speedup.median)} (${describe(least.levels)}) to ${formatNumber(most.speedup.median)} (${describe(most.levels)})`;
  return `${head}, ${range}; it is faster in ${wins} of ${pairs.length}.`;
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
