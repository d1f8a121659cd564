import { bindFragment } from './bind.ts';
import { bindScoped, schemaScope } from './bind-scope.ts';
import type { BoundExpression, Expression } from './expression.ts';
import type { Fragment, LaneName } from './fragment.ts';
import { FragmentColumns } from './fragment-columns.ts';
import { partialSchema } from './partial-states.ts';
import type { PlannedQuery } from './residual.ts';
import type { ResolvedPlan } from './resolve-names.ts';
import { INT32, type Schema } from './types.ts';

/** Of more sorted rows than this a scan gives all: it would hold them in memory. */
const MAX_TOP_ROWS = 100_000;

/**
 * A plan without groups: the scan filters and computes the select items and sort keys. Constants are left to the
 * residual. Of sorted rows with a LIMIT the scan gives the first ones only.
 */
export function planRows(plan: ResolvedPlan, schema: Schema, lane: LaneName): PlannedQuery {
  const scan = schemaScope(schema, plan.text);
  const columns = new FragmentColumns();
  const lift = (expression: Expression): BoundExpression => {
    const bound = bindScoped(expression, scan);
    if (bound.kind === 'literal') return bound;
    return { kind: 'column', ...columns.add(expression), type: bound.type };
  };

  const result = plan.select.map(({ name, expression }) => ({ name, expression: lift(expression) }));
  const orderBy = plan.orderBy.map((key) => ({ ...key, expression: lift(key.expression) }));
  if (columns.size === 0) columns.add({ kind: 'literal', type: INT32, value: 1 });
  const limit = plan.limit === undefined ? undefined : plan.limit + plan.offset;
  // A constant orders nothing.
  const order = orderBy.flatMap(({ expression, descending, nullsFirst }) =>
    expression.kind === 'column' ? [{ column: expression.index, descending, nullsFirst }] : [],
  );
  const fragment: Fragment = {
    version: 1,
    object: plan.object,
    lane,
    ...(plan.filter && { filter: plan.filter }),
    output: {
      kind: 'rows',
      columns: columns.named(),
      ...(limit !== undefined && order.length === 0 && { limit }),
      ...(limit !== undefined && order.length > 0 && limit <= MAX_TOP_ROWS && { limit, orderBy: order }),
    },
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
