import { z } from 'zod';
import { caseKey, type Levels } from '../samples/levels.ts';
import type { CaseSummary } from '../samples/summary.ts';
import { formatInterval } from '../samples/table.ts';
import { canBeSignificant, mannWhitney, SIGNIFICANT } from '../statistics/mann-whitney.ts';
import type { FindingSubject, FindingType } from './finding.ts';
import { describeVarying } from './varying-levels.ts';

/** Which level of a factor has the least of each of several metrics. */
export const leastSchema = z.strictObject({
  type: z.literal('least'),
  factor: z.string(),
  metrics: z.array(z.string()).min(1),
});

type Least = z.infer<typeof leastSchema>;

/**
 * A sentence for each combination of the other levels. Levels that do not differ significantly from the least one
 * (Mann-Whitney U, p >= 0.05) are named with it.
 */
export const least: FindingType<Least> = {
  names: ({ factor }) => [{ key: 'factor', factor }],
  tell({ factor, metrics }, experiment, summaries) {
    const groups = new Map<string, { levels: Levels; cases: CaseSummary[] }>();
    for (const summary of summaries) {
      if (summary.wrong !== undefined || !metrics.includes(summary.metric)) continue;
      const levels = { ...summary.levels, [factor]: '' };
      const group = groups.get(caseKey('', levels)) ?? { levels, cases: [] };
      groups.set(caseKey('', levels), group);
      group.cases.push(summary);
    }
    return [...groups.values()].flatMap(({ levels, cases }) => tellGroup(factor, metrics, experiment, levels, cases));
  },
};

function tellGroup(
  factor: string,
  metrics: readonly string[],
  experiment: FindingSubject,
  levels: Levels,
  cases: readonly CaseSummary[],
): string[] {
  const parts = metrics.flatMap((metric) => {
    const own = cases.filter((summary) => summary.metric === metric);
    if (own.length < 2) return [];
    const first = own.reduce((a, b) => (b.median < a.median ? b : a));
    const others = own.filter((other) => other !== first);
    const alike = others.filter((other) => isAlike(first, other)).map((other) => other.levels[factor]);
    const few = others.every((other) => !isConstant(first, other) && !canBeSignificant(first.n, other.n));
    const same = few
      ? ', in too few rounds for a test'
      : alike.length === 0
        ? ''
        : `, no significant difference to ${alike.join(', ')}`;
    return `${metric} with ${first.levels[factor]}, ${formatInterval(first)} ${first.unit}${same}`;
  });
  if (parts.length === 0) return [];
  const where = describeVarying(levels, experiment);
  return [`${where === '' ? '' : `${where}: `}least ${parts.join('; least ')}.`];
}

function isAlike(first: CaseSummary, other: CaseSummary): boolean {
  if (isConstant(first, other)) return first.median === other.median;
  return !canBeSignificant(first.n, other.n) || mannWhitney(first.values, other.values) >= SIGNIFICANT;
}

/** Whether neither varies, as sizes do not: then no test is needed. */
function isConstant(...cases: readonly CaseSummary[]): boolean {
  return cases.every(({ values, median }) => values.every((value) => value === median));
}
