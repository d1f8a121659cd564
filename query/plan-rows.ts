import { bindFragment, bindScoped, type Scope, schemaScope } from './bind.ts';
import { SluiceError } from './error.ts';
import type { BoundExpression, Expression } from './expression.ts';
import type { Fragment, LaneName } from './fragment.ts';
import { FragmentColumns } from './fragment-columns.ts';
import { partialSchema } from './partial-states.ts';
import type { PlannedQuery } from './residual.ts';
import type { ResolvedPlan } from './resolve-names.ts';
import { INT32, type Schema } from './types.ts';

/**
 * A plan without groups: the scan filters and computes the select items and sort keys. Constants, and expressions
 * that no lane computes, are left to the residual, for which the scan gives the columns they need.
 */
export function planRows(plan: ResolvedPlan, schema: Schema, lane: LaneName): PlannedQuery {
  const scan = schemaScope(schema, plan.text);
  const columns = new FragmentColumns();
  const push = (expression: Expression, bound: BoundExpression): BoundExpression => {
    const { index, name } = columns.add(expression);
    return { kind: 'column', index, name, type: bound.type };
  };
  const rest: Scope = {
    resolve: (expression) =>
      expression.kind === 'column' ? push(expression, bindScoped(expression, scan)) : undefined,
    casts: 'all',
    text: plan.text,
  };
  const lift = (expression: Expression): BoundExpression => {
    const bound = pushable(expression, scan);
    if (!bound) return bindScoped(expression, rest);
    return bound.kind === 'literal' ? bound : push(expression, bound);
  };

  const result = plan.select.map(({ name, expression }) => ({ name, expression: lift(expression) }));
  const orderBy = plan.orderBy.map((key) => ({ ...key, expression: lift(key.expression) }));
  if (columns.size === 0) columns.add({ kind: 'literal', type: INT32, value: 1 });
  const limit = plan.limit !== undefined && orderBy.length === 0 ? plan.limit + plan.offset : undefined;
  const fragment: Fragment = {
    version: 1,
    object: plan.object,
    lane,
    ...(plan.filter && { filter: plan.filter }),
    output: { kind: 'rows', columns: columns.named(), ...(limit !== undefined && { limit }) },
  };
  return {
    fragment,
    residual: {
      input: partialSchema(bindFragment(fragment, schema, plan.text).output),
      orderBy,
      columns: result,
      distinct: false,
      ...(plan.limit !== undefined && { limit: plan.limit }),
      offset: plan.offset,
    },
  };
}

/** The bound expression when a scan can compute it. */
function pushable(expression: Expression, scope: Scope): BoundExpression | undefined {
  try {
    return bindScoped(expression, scope);
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'unsupported') return undefined;
    throw error;
  }
}
