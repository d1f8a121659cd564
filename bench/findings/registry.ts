import { z } from 'zod';
import type { CaseSummary } from '../samples/summary.ts';
import type { Table } from '../samples/table.ts';
import { amdahl, amdahlSchema } from './amdahl.ts';
import { best, bestSchema } from './best.ts';
import { compare, compareSchema } from './compare.ts';
import { crossover, crossoverSchema } from './crossover.ts';
import type { FindingSubject, FindingType, NamedFactor } from './finding.ts';
import { knee, kneeSchema } from './knee.ts';
import { least, leastSchema } from './least.ts';
import { linear, linearSchema } from './linear.ts';
import { savings, savingsSchema } from './savings.ts';
import { settles, settlesSchema } from './settles.ts';
import { within, withinSchema } from './within.ts';

/** An element of `findings` in the YAML; without `type` it is a comparison. */
export const findingSchema = z.discriminatedUnion('type', [
  compareSchema,
  amdahlSchema,
  bestSchema,
  crossoverSchema,
  kneeSchema,
  leastSchema,
  linearSchema,
  savingsSchema,
  settlesSchema,
  withinSchema,
]);

export type Finding = z.infer<typeof findingSchema>;

const TYPES: { readonly [T in Finding['type']]: FindingType<Extract<Finding, { type: T }>> } = {
  compare,
  amdahl,
  best,
  crossover,
  knee,
  least,
  linear,
  savings,
  settles,
  within,
};

function typeOf(finding: Finding): FindingType<Finding> {
  return TYPES[finding.type] as FindingType<Finding>;
}

/** The factors and levels that a finding names. */
export function findingNames(finding: Finding): readonly NamedFactor[] {
  return typeOf(finding).names(finding);
}

/** What the samples answer to the experiment's question, sentences of each finding. */
export function tellFindings(
  experiment: FindingSubject & { readonly findings: readonly Finding[] },
  summaries: readonly CaseSummary[],
  seed: number,
): string[] {
  const own = summaries.filter((summary) => summary.experiment === experiment.name);
  return experiment.findings.flatMap((finding) => typeOf(finding).tell(finding, experiment, own, seed) ?? []);
}

/** The tables of findings that have one, those without rows left out, and what two findings have in common given once. */
export function findingTables(
  experiment: FindingSubject & { readonly findings: readonly Finding[] },
  summaries: readonly CaseSummary[],
  seed: number,
): Table[] {
  const own = summaries.filter((summary) => summary.experiment === experiment.name);
  const tables = new Map<string, Table>();
  for (const finding of experiment.findings) {
    const table = typeOf(finding).table?.(finding, experiment, own, seed);
    if (table && table.rows.length > 0) tables.set(JSON.stringify(table), table);
  }
  return [...tables.values()];
}
