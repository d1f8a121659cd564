import type { Run } from './results/run-folder.ts';
import { caseKey, caseName, type Levels } from './samples/levels.ts';
import { type CaseSummary, summarize } from './samples/summary.ts';
import { formatNumber } from './samples/table.ts';
import { type Estimate, estimateRatio } from './statistics/bootstrap.ts';

export type Verdict = 'faster' | 'slower' | 'same';

/** One case that two runs have in common. */
export interface Change {
  readonly experiment: string;
  readonly levels: Levels;
  /** Median times, ms. */
  readonly before: number;
  readonly after: number;
  /** after / before: below 1 is faster. */
  readonly ratio: Estimate;
  readonly verdict: Verdict;
}

export interface Comparison {
  readonly changes: readonly Change[];
  /** What forbids or weakens the comparison, in sentences. */
  readonly warnings: readonly string[];
}

/**
 * Compares the times of the cases that two runs share. A case is `faster` or `slower` when its median moved by more
 * than `threshold` percent and the 95 % interval of the ratio leaves out 1.
 */
export function compareRuns(before: Run, after: Run, threshold: number): Comparison {
  const warnings: string[] = [];
  const comparable = new Set<string>();
  for (const experiment of after.manifest.experiments) {
    const old = before.manifest.experiments.find(({ name }) => name === experiment.name);
    if (!old) continue;
    if (old.version !== experiment.version || JSON.stringify(old.data) !== JSON.stringify(experiment.data)) {
      warnings.push(`${experiment.name}: versions or data differ, so its cases are left out`);
    } else comparable.add(experiment.name);
  }
  const [left, right] = [before.manifest.environment, after.manifest.environment];
  for (const key of ['cpu', 'cores', 'node', 'kernel'] as const) {
    if (left[key] !== right[key]) warnings.push(`the runs differ in ${key}: ${left[key]} against ${right[key]}`);
  }
  const seed = after.manifest.seed;
  const old = new Map(
    timesOf(before, comparable).map((summary) => [caseKey(summary.experiment, summary.levels), summary]),
  );
  const changes = timesOf(after, comparable).flatMap((summary): Change[] => {
    const match = old.get(caseKey(summary.experiment, summary.levels));
    if (!match) return [];
    const ratio = estimateRatio(summary.values, match.values, seed);
    const { experiment, levels } = summary;
    return [
      { experiment, levels, before: match.median, after: summary.median, ratio, verdict: judge(ratio, threshold) },
    ];
  });
  return { changes, warnings };
}

function timesOf({ manifest, samples }: Run, names: ReadonlySet<string>): CaseSummary[] {
  const times = samples.filter(({ experiment, metric }) => metric === 'time' && names.has(experiment));
  return summarize(times, manifest.wrong, manifest.seed);
}

function judge({ median, low, high }: Estimate, threshold: number): Verdict {
  if (median > 1 + threshold / 100 && low > 1) return 'slower';
  if (median < 1 - threshold / 100 && high < 1) return 'faster';
  return 'same';
}

export const COMPARE_HEADER = [
  'experiment',
  'case',
  'format',
  'cores',
  'lane',
  'before ms',
  'after ms',
  'change',
  'interval',
  'verdict',
];

export function compareRows(changes: readonly Change[]): string[][] {
  return changes.map(({ experiment, levels, before, after, ratio, verdict }) => [
    experiment,
    caseName(levels),
    levels.format ?? '',
    levels.cores ?? '',
    levels.lane ?? '',
    formatNumber(before),
    formatNumber(after),
    percent(ratio.median),
    `${percent(ratio.low)} … ${percent(ratio.high)}`,
    verdict,
  ]);
}

function percent(ratio: number): string {
  const change = (ratio - 1) * 100;
  return `${change >= 0 ? '+' : ''}${change.toFixed(1)} %`;
}
