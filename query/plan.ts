import type { LaneName } from './fragment.ts';
import type { LogicalPlan } from './logical-plan.ts';
import { planGroups } from './plan-groups.ts';
import { planRows } from './plan-rows.ts';
import type { PlannedQuery } from './residual.ts';
import { hasAggregate, resolveNames } from './resolve-names.ts';
import type { Schema } from './types.ts';

/**
 * Splits a plan over a table of the given schema into what a scan does and what remains.
 * Throws `unknown-name`, `type`, `bad-value` and `unsupported`, with positions in the plan's text.
 */
export function planFragment(plan: LogicalPlan, schema: Schema, lane: LaneName): PlannedQuery {
  const resolved = resolveNames(plan, schema);
  const { having, select, orderBy, groupBy, distinct } = resolved;
  const grouped =
    groupBy.length > 0 ||
    distinct ||
    having !== undefined ||
    select.some(({ expression }) => hasAggregate(expression)) ||
    orderBy.some(({ expression }) => hasAggregate(expression));
  return grouped ? planGroups(resolved, schema, lane) : planRows(resolved, schema, lane);
}
