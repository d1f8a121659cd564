import { castScalar } from './cast-value.ts';
import { evaluate } from './evaluate.ts';
import type { BoundExpression, Operator } from './expression.ts';
import { type DataType, type Scalar, sameType } from './types.ts';

export type BoundLiteral = Extract<BoundExpression, { kind: 'literal' }>;

export const literal = (type: DataType, value: Scalar): BoundLiteral => ({ kind: 'literal', type, value });

export const isNull = (expression: BoundExpression): boolean =>
  expression.kind === 'literal' && expression.value === null;

/** A text constant takes the type of what it meets, as in SQL. */
export const isText = (expression: BoundExpression): expression is BoundLiteral =>
  expression.kind === 'literal' && expression.type.kind === 'utf8';

/** A call, or its value where all operands are constants. Throws `bad-value` where that value overflows. */
export function call(operator: Operator, args: readonly BoundExpression[], type: DataType): BoundExpression {
  const expression: BoundExpression = { kind: 'call', operator, args, type };
  return args.every(({ kind }) => kind === 'literal') ? literal(type, evaluate(expression, [])) : expression;
}

/**
 * The expression in a type; a constant is cast here and now. Decimals of one scale need no cast, since their
 * precision is not part of their values.
 */
export function castTo(arg: BoundExpression, type: DataType): BoundExpression {
  if (sameType(arg.type, type)) return arg;
  if (arg.kind === 'literal') return literal(type, castScalar(arg.value, arg.type, type));
  if (arg.type.kind === 'decimal' && type.kind === 'decimal' && arg.type.scale === type.scale) return arg;
  return { kind: 'cast', arg, type };
}
