import { typeAggregate } from './bind-aggregate.ts';
import { bindPredicate, bindScoped, guardedScope, placing, type Scope, schemaScope } from './bind-scope.ts';
import type { BoundAggregate, BoundExpression, Expression, NamedAggregate, NamedExpression } from './expression.ts';
import { call } from './fold.ts';
import type { BoundFragment, BoundOutput, Fragment, FragmentOutput } from './fragment.ts';
import { findFunction } from './functions.ts';
import { BOOL, type Schema } from './types.ts';

/** A fragment against its object's schema. Throws `unknown-name`, `type`, `bad-value`, `unsupported`. */
export function bindFragment(fragment: Fragment, schema: Schema, text?: string): BoundFragment {
  const scope = schemaScope(schema, text);
  const conjuncts = fragment.filter ? bindConjuncts(fragment.filter, scope) : [];
  return {
    conjuncts: conjuncts.filter((conjunct) => conjunct.kind !== 'literal' || conjunct.value !== true),
    output: bindOutput(fragment.output, scope),
  };
}

function bindOutput(output: FragmentOutput, scope: Scope): BoundOutput {
  const named = ({ name, expression }: NamedExpression) => ({ name, expression: bindScoped(expression, scope) });
  if (output.kind === 'groups') {
    return {
      kind: 'groups',
      keys: output.keys.map(named),
      aggregates: output.aggregates.map((aggregate) => bindAggregate(aggregate, scope)),
    };
  }
  const { limit, orderBy } = output;
  return {
    kind: 'rows',
    columns: output.columns.map(named),
    ...(limit !== undefined && { limit }),
    ...(orderBy && { orderBy }),
  };
}

/**
 * The conditions of WHERE. A constant part that fails in any of them is an error, whatever the others say of the rows.
 */
function bindConjuncts(filter: Expression, scope: Scope): readonly BoundExpression[] {
  const parts = filter.kind === 'call' && findFunction(filter.function)?.name === 'and' ? filter.args : [filter];
  const bound = parts.map((part) => bindPredicate(part, scope));
  return conjunctsOf(call('and', bound, BOOL));
}

const conjunctsOf = (filter: BoundExpression): readonly BoundExpression[] =>
  filter.kind === 'call' && filter.operator === 'and' ? filter.args.flatMap(conjunctsOf) : [filter];

/** An aggregate with the type of its result. */
export function bindAggregate(aggregate: NamedAggregate, scope: Scope): BoundAggregate {
  const { name, function: fn, distinct = false } = aggregate;
  return placing(aggregate.args[0]?.at, scope, () => {
    const filter = aggregate.filter && bindPredicate(aggregate.filter, scope);
    const operands = filter ? guardedScope(scope) : scope;
    const args = aggregate.args.map((arg) => bindScoped(arg, operands));
    return typeAggregate({ name, function: fn, args, distinct, filter });
  });
}
