import { bindNamed } from './bind-function.ts';
import { toBoolean } from './bind-operator.ts';
import { SluiceError } from './error.ts';
import type { BoundExpression, Expression } from './expression.ts';
import { checkSize } from './expression-limits.ts';
import { type BoundLiteral, cast, constantFailure, literal } from './fold.ts';
import { findFunction } from './functions.ts';
import { literalScalar } from './literal.ts';
import type { Schema } from './types.ts';

/** Where names get their meaning. */
export interface Scope {
  /** What an expression stands for in this scope; asked before anything else, undefined to bind it by its parts. */
  readonly resolve: (expression: Expression) => BoundExpression | undefined;
  /** Not every row gets here, so a constant part that fails is not an error yet. */
  readonly guarded?: boolean;
  /** The query's text, for the positions of errors. */
  readonly text?: string | undefined;
}

/** The columns of a schema by name: exactly, or else without regard to letter case. */
export function schemaScope(schema: Schema, text?: string): Scope {
  const exact = new Map(schema.map(({ name }, index) => [name, index]));
  const folded = new Map(schema.map(({ name }, index) => [name.toLowerCase(), index]));
  const resolve = (expression: Expression): BoundExpression | undefined => {
    if (expression.kind !== 'column') return undefined;
    const index = exact.get(expression.name) ?? folded.get(expression.name.toLowerCase());
    const field = index === undefined ? undefined : schema[index];
    return field && { kind: 'column', index: index!, name: field.name, type: field.type };
  };
  return { resolve, text };
}

/** The same names where not every row gets. */
export const guardedScope = (scope: Scope): Scope => (scope.guarded ? scope : { ...scope, guarded: true });

/** An expression over the columns of a schema, typed as DuckDB types it; parts without columns are folded. */
export function bindExpression(expression: Expression, schema: Schema, text?: string): BoundExpression {
  return bindScoped(expression, schemaScope(schema, text));
}

/** Binds in any scope. Errors without a position get that of the innermost expression concerned. */
export function bindScoped(expression: Expression, scope: Scope): BoundExpression {
  return placing(expression.at, scope, () => {
    const bound = scope.resolve(expression) ?? bindParts(expression, scope);
    checkSize(bound);
    const failure = scope.guarded ? undefined : constantFailure(bound);
    if (failure) throw failure;
    return bound;
  });
}

/** A condition, in WHERE, HAVING or FILTER. */
export function bindPredicate(expression: Expression, scope: Scope): BoundExpression {
  return placing(expression.at, scope, () => toBoolean(bindScoped(expression, scope)));
}

/** Gives errors without a position that of an expression. */
export function placing<T>(at: number | undefined, { text }: Scope, bind: () => T): T {
  try {
    return bind();
  } catch (error) {
    if (!(error instanceof SluiceError) || error.position || text === undefined || at === undefined) throw error;
    throw new SluiceError(error.code, error.message, { text, offset: at });
  }
}

function bindParts(expression: Expression, scope: Scope): BoundExpression {
  switch (expression.kind) {
    case 'column':
      throw new SluiceError('unknown-name', `there is no column "${expression.name}"`);
    case 'literal':
      return bindLiteral(expression);
    case 'cast':
      return cast(bindScoped(expression.arg, scope), expression.to, expression.try);
    case 'call':
      return bindNamed(expression.function, bindOperands(expression, scope));
  }
}

/** A text or a plain NULL takes the type of what it meets. */
function bindLiteral(expression: Extract<Expression, { kind: 'literal' }>): BoundLiteral {
  const { type } = expression;
  const bound = literal(type, literalScalar(expression));
  const untyped = type.kind === 'utf8' || (type.kind === 'int32' && bound.value === null);
  return untyped ? { ...bound, untyped } : bound;
}

/** Operands of these come into play for the rows that those before left undecided. */
const STOPS_EARLY = new Set(['and', 'or', 'case', 'coalesce']);

function bindOperands(expression: Extract<Expression, { kind: 'call' }>, scope: Scope): BoundExpression[] {
  const later = STOPS_EARLY.has(findFunction(expression.function)?.name ?? '') ? guardedScope(scope) : scope;
  return expression.args.map((arg, index) => bindScoped(arg, index === 0 ? scope : later));
}
