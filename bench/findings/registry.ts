import { z } from 'zod';
import type { CaseSummary } from '../samples/summary.ts';
import { compare, compareSchema } from './compare.ts';
import type { FindingSubject, FindingType, NamedFactor } from './finding.ts';

/** An element of `findings` in the YAML; without `type` it is a comparison. */
export const findingSchema = z.discriminatedUnion('type', [compareSchema]);

export type Finding = z.infer<typeof findingSchema>;

const TYPES: { readonly [T in Finding['type']]: FindingType<Extract<Finding, { type: T }>> } = { compare };

function typeOf(finding: Finding): FindingType<Finding> {
  return TYPES[finding.type] as FindingType<Finding>;
}

/** The factors and levels that a finding names. */
export function findingNames(finding: Finding): readonly NamedFactor[] {
  return typeOf(finding).names(finding);
}

/** What the samples answer to the experiment's question, a sentence a finding. */
export function tellFindings(
  experiment: FindingSubject & { readonly findings: readonly Finding[] },
  summaries: readonly CaseSummary[],
  seed: number,
): string[] {
  const own = summaries.filter((summary) => summary.experiment === experiment.name);
  return experiment.findings.flatMap((finding) => typeOf(finding).tell(finding, experiment, own, seed) ?? []);
}
