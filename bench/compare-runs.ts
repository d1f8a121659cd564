import type { Experiment } from './experiment/experiment.ts';
import { type Run, summarizeRun } from './results/run-folder.ts';
import { caseKey, describeLevels, type Levels } from './samples/levels.ts';
import type { CaseSummary } from './samples/summary.ts';
import { formatNumber, type Table } from './samples/table.ts';
import { type Estimate, estimateRatio } from './statistics/bootstrap.ts';
import { canBeSignificant, mannWhitney, SIGNIFICANT } from './statistics/mann-whitney.ts';

/** `few`: too few rounds for any test to tell. `broken`: verified before, wrong after; `wrong`: wrong before. */
export type Verdict = 'faster' | 'slower' | 'same' | 'few' | 'broken' | 'wrong';

/** One case that two runs have in common. */
export interface Change {
  readonly experiment: string;
  readonly levels: Levels;
  /** Median times, ms. */
  readonly before: number;
  readonly after: number;
  /** after / before: below 1 is faster. Rounds of different runs have nothing in common, so medians are compared. */
  readonly ratio: Estimate;
  /** Of the Mann-Whitney U test, not corrected for the number of cases. */
  readonly p: number;
  readonly verdict: Verdict;
}

export interface Comparison {
  readonly changes: readonly Change[];
  /** Cases that only one of the runs has. */
  readonly onlyBefore: readonly string[];
  readonly onlyAfter: readonly string[];
  /** What forbids or weakens the comparison, in sentences. */
  readonly warnings: readonly string[];
}

/**
 * Compares the times of the cases that two runs share. A case is `faster` or `slower` when its median moved by more
 * than `threshold` percent, the 95 % interval of the ratio leaves out 1, and the Mann-Whitney U test gives p < 0.05.
 * There is no correction for the number of cases: one in twenty has p < 0.05 by chance, which is what the threshold is
 * for; a correction would hide a single slow-down among many cases of few rounds.
 */
export function compareRuns(before: Run, after: Run, threshold: number): Comparison {
  const warnings = environmentWarnings(before, after);
  const incomparable = new Set<string>();
  for (const experiment of after.manifest.experiments) {
    const old = before.manifest.experiments.find(({ name }) => name === experiment.name);
    if (!old || isComparable(old, experiment)) continue;
    incomparable.add(experiment.name);
    warnings.push(`${experiment.name}: version, data or settings differ, so its cases are left out`);
  }
  const times = (run: Run) =>
    new Map(
      summarizeRun(run)
        .filter(({ metric, experiment }) => metric === 'time' && !incomparable.has(experiment))
        .map((summary) => [caseKey(summary.experiment, summary.levels), summary]),
    );
  const [old, now] = [times(before), times(after)];
  const changes = [...now].flatMap(([key, summary]) => {
    const match = old.get(key);
    return match ? [changeOf(match, summary, threshold, after.manifest.seed)] : [];
  });
  const only = (some: Map<string, CaseSummary>, others: Map<string, CaseSummary>) =>
    [...some]
      .filter(([key]) => !others.has(key))
      .map(([, { experiment, levels }]) => `${experiment}: ${describeLevels(levels)}`);
  return { changes, onlyBefore: only(old, now), onlyAfter: only(now, old), warnings };
}

/** Whether samples of the same case of both can stand side by side. */
export function isComparable(a: Experiment, b: Experiment): boolean {
  return (['version', 'data', 'settings'] as const).every((key) => JSON.stringify(a[key]) === JSON.stringify(b[key]));
}

function environmentWarnings(before: Run, after: Run): string[] {
  const [left, right] = [before.manifest.environment, after.manifest.environment];
  return (['cpu', 'cores', 'node', 'kernel'] as const)
    .filter((key) => left[key] !== right[key])
    .map((key) => `the runs differ in ${key}: ${left[key]} against ${right[key]}`);
}

function changeOf(before: CaseSummary, after: CaseSummary, threshold: number, seed: number): Change {
  const { experiment, levels } = after;
  const ratio = estimateRatio(after.values, before.values, seed);
  const p = mannWhitney(after.values, before.values);
  let verdict = judge(ratio, p, threshold);
  if (!canBeSignificant(before.n, after.n)) verdict = 'few';
  if (after.wrong !== undefined) verdict = 'broken';
  if (before.wrong !== undefined) verdict = 'wrong';
  return { experiment, levels, before: before.median, after: after.median, ratio, p, verdict };
}

function judge({ median, low, high }: Estimate, p: number, threshold: number): Verdict {
  if (p >= SIGNIFICANT) return 'same';
  if (median > 1 + threshold / 100 && low > 1) return 'slower';
  if (median < 1 - threshold / 100 && high < 1) return 'faster';
  return 'same';
}

/** A row for each case. */
export function compareTable(changes: readonly Change[]): Table {
  return {
    header: ['experiment', 'case', 'before ms', 'after ms', 'change', 'interval', 'p', 'verdict'],
    rows: changes.map(({ experiment, levels, before, after, ratio, p, verdict }) => {
      const numbers =
        verdict === 'broken' || verdict === 'wrong'
          ? ['', '', '', '', '']
          : [
              formatNumber(before),
              formatNumber(after),
              percent(ratio.median),
              `${percent(ratio.low)} … ${percent(ratio.high)}`,
              p.toFixed(3),
            ];
      return [experiment, describeLevels(levels), ...numbers, verdict];
    }),
  };
}

/** How many cases have which verdict, and what p means, in words. */
export function compareSummary({ changes, onlyBefore, onlyAfter }: Comparison): string {
  const count = (verdict: Verdict) => changes.filter((change) => change.verdict === verdict).length;
  const told = [
    `${count('faster')} faster`,
    `${count('slower')} slower`,
    `${count('same')} without a significant difference`,
    ...(count('few') > 0 ? [`${count('few')} with too few rounds for a test`] : []),
    ...(count('broken') > 0 ? [`${count('broken')} wrong now`] : []),
    ...(count('wrong') > 0 ? [`${count('wrong')} wrong before`] : []),
  ];
  return [
    ...onlyBefore.map((name) => `only in the first run: ${name}`),
    ...onlyAfter.map((name) => `only in the second run: ${name}`),
    `${changes.length} cases: ${told.join(', ')}`,
    'p: Mann-Whitney U, two-sided, not corrected for the number of cases: one in twenty is below 0.05 by chance',
  ].join('\n');
}

function percent(ratio: number): string {
  const change = (ratio - 1) * 100;
  return `${change >= 0 ? '+' : ''}${change.toFixed(1)} %`;
}
