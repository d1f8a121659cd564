import { type Estimate, estimate } from '../statistics/bootstrap.ts';
import { caseKey, type Levels } from './levels.ts';
import type { Sample } from './samples.ts';

/** All rounds of one metric of one case. */
export interface CaseSummary extends Estimate {
  readonly experiment: string;
  readonly levels: Levels;
  readonly metric: string;
  readonly unit: string;
  readonly values: readonly number[];
  /** The round of each value. Cases of one contest were measured together in each of their rounds. */
  readonly rounds: readonly number[];
  /** How many of the values are marked as disturbed. */
  readonly disturbed: number;
  /** Why the results of this case cannot be trusted, if so: then its numbers are shown nowhere. */
  readonly wrong?: string;
}

/** A case whose result could not be verified equal to that of the others. */
export interface WrongCase {
  readonly experiment: string;
  readonly levels: Levels;
  /** In which cell it differs from which case. */
  readonly why: string;
}

/** Median and interval of every case and metric, in the order of the samples. */
export function summarize(samples: readonly Sample[], wrong: readonly WrongCase[], seed: number): CaseSummary[] {
  const reasons = new Map(wrong.map(({ experiment, levels, why }) => [caseKey(experiment, levels), why]));
  const groups = new Map<string, Sample[]>();
  for (const sample of samples) {
    const key = `${caseKey(sample.experiment, sample.levels)} ${sample.metric}`;
    const group = groups.get(key);
    if (group) group.push(sample);
    else groups.set(key, [sample]);
  }
  return [...groups.values()].map((group) => {
    const { experiment, levels, metric, unit } = group[0]!;
    const values = group.map((sample) => sample.value);
    const rounds = group.map((sample) => sample.round);
    const disturbed = group.filter((sample) => sample.disturbed).length;
    const why = reasons.get(caseKey(experiment, levels));
    return {
      experiment,
      levels,
      metric,
      unit,
      values,
      rounds,
      disturbed,
      ...(why !== undefined && { wrong: why }),
      ...estimate(values, seed),
    };
  });
}
