import type { FindingSubject } from '../../../bench/findings/finding.ts';
import type { Levels } from '../../../bench/samples/levels.ts';
import { type CaseSummary, summarize } from '../../../bench/samples/summary.ts';

/** A case with a list of values, one a round, for each metric. */
export type Measured = readonly [levels: Levels, metrics: { readonly [metric: string]: readonly number[] }];

/** What a run would make of these cases. */
export function summariesOf(cases: readonly Measured[]): CaseSummary[] {
  const samples = cases.flatMap(([levels, metrics]) =>
    Object.entries(metrics).flatMap(([metric, values]) =>
      values.map((value, round) => ({ experiment: 'x', levels, round, metric, value, unit: 'u', disturbed: false })),
    ),
  );
  return summarize(samples, [], 1);
}

export function subjectWith(factors: FindingSubject['factors']): FindingSubject {
  return { name: 'x', factors, ratio: 'speed' };
}

/** Values around one, one a round. */
export function around(value: number, rounds = 6): number[] {
  return Array.from({ length: rounds }, (_, i) => value * (1 + 0.001 * (i - (rounds - 1) / 2)));
}
