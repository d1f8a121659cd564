import type { Comparison, Experiment } from './experiment.ts';
import { caseName, type Levels } from './factors.ts';
import { geometricMean } from './statistics.ts';
import { type CaseSummary, formatNumber } from './summary.ts';

/** Two cases that differ in one factor, and how much faster the subject is (ratio of median times). */
interface Pair {
  readonly levels: Levels;
  readonly speedup: number;
}

/** What the samples answer to the experiment's question, a sentence a comparison; computed from median times. */
export function findings(experiment: Experiment, summaries: readonly CaseSummary[]): string[] {
  const times = summaries.filter((summary) => summary.experiment === experiment.name && summary.metric === 'time');
  return experiment.findings.flatMap((comparison) => {
    const pairs = pairsOf(times, comparison);
    return pairs.length === 0 ? [] : [sentence(comparison, pairs)];
  });
}

function pairsOf(times: readonly CaseSummary[], { factor, subject, baseline }: Comparison): Pair[] {
  const others = (levels: Levels) => JSON.stringify({ ...levels, [factor]: '' });
  return times
    .filter(({ levels }) => levels[factor] === subject)
    .flatMap(({ levels, median }) => {
      const other = times.find((time) => time.levels[factor] === baseline && others(time.levels) === others(levels));
      return other ? [{ levels: { ...levels, [factor]: '' }, speedup: other.median / median }] : [];
    });
}

function sentence({ subject, baseline }: Comparison, pairs: readonly Pair[]): string {
  const sorted = [...pairs].sort((a, b) => a.speedup - b.speedup);
  const least = sorted[0]!;
  const most = sorted.at(-1)!;
  const wins = pairs.filter(({ speedup }) => speedup > 1).length;
  const mean = geometricMean(pairs.map(({ speedup }) => speedup));
  const relation = mean >= 1 ? `${formatNumber(mean)} times as fast as` : `${formatNumber(1 / mean)} times as slow as`;
  const head = `${subject} is ${relation} ${baseline} (geometric mean of ${pairs.length} pairs of medians)`;
  if (pairs.length === 1) return `${subject} is ${relation} ${baseline}.`;
  const range = `from ${formatNumber(least.speedup)} (${describe(least.levels)}) to ${formatNumber(most.speedup)} (${describe(most.levels)})`;
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
