import { bindExpression } from '../bind.ts';
import { castScalar } from '../cast-value.ts';
import { type ErrorCode, SluiceError } from '../error.ts';
import type { Expression, Operator } from '../expression.ts';
import { ExpressionBudget } from '../expression-limits.ts';
import { findFunction } from '../functions.ts';
import { literalOf } from '../literal.ts';
import { TIMESTAMP } from '../types.ts';
import { dataTypeOf, literalOfConstant } from './constant.ts';
import type { AstNode } from './duckdb-ast.ts';
import { addInterval, constantInterval, isInterval } from './interval.ts';
import type { SourceText } from './source-text.ts';

const COMPARISONS: Record<string, Operator> = {
  COMPARE_EQUAL: 'eq',
  COMPARE_NOTEQUAL: 'ne',
  COMPARE_LESSTHAN: 'lt',
  COMPARE_LESSTHANOREQUALTO: 'le',
  COMPARE_GREATERTHAN: 'gt',
  COMPARE_GREATERTHANOREQUALTO: 'ge',
};

/** What to say of constructs that other SQL engines know. */
const UNSUPPORTED: Record<string, string> = {
  SUBQUERY: 'subqueries',
  WINDOW: 'window functions',
  CASE: 'CASE',
  PARAMETER: 'parameters',
  LAMBDA: 'lambda functions',
  COLLATE: 'COLLATE',
  STAR: '* inside of an expression',
  COMPARE_DISTINCT_FROM: 'IS DISTINCT FROM',
  COMPARE_NOT_DISTINCT_FROM: 'IS NOT DISTINCT FROM',
  OPERATOR_COALESCE: 'COALESCE',
  ARRAY_EXTRACT: 'element access',
  ARRAY_SLICE: 'slices',
  STRUCT_EXTRACT: 'struct fields',
};

/** Turns syntax trees of DuckDB's parser into expressions, for one query over one table. */
export class ExpressionTranslator {
  readonly #source: SourceText;
  readonly #qualifiers: ReadonlySet<string>;
  readonly #budget = new ExpressionBudget();

  /** `qualifiers`: what may stand before a column's name, in lower case. */
  constructor(source: SourceText, qualifiers: readonly string[]) {
    this.#source = source;
    this.#qualifiers = new Set(qualifiers.map((name) => name.toLowerCase()));
  }

  /** Throws `unsupported` and `unknown-name` with the place of the construct. */
  translate(node: AstNode, depth = 0): Expression {
    const at = this.locate(node);
    try {
      this.#budget.visit(depth);
    } catch (error) {
      throw this.#fail('unsupported', (error as Error).message, at);
    }
    const next = (child: AstNode) => this.translate(child, depth + 1);
    const call = (name: Operator, ...args: Expression[]) => callOf(name, args, at);
    switch (node.class) {
      case 'COLUMN_REF':
        return { kind: 'column', name: this.#columnName(node, at), ...place(at) };
      case 'CONSTANT': {
        const literal = literalOfConstant(node.value, at);
        if (literal) return literal;
        throw this.#fail('unsupported', `constants of type ${node.value.type.id} are not supported`, at);
      }
      case 'CAST':
        return this.#cast(node, depth, at);
      case 'COMPARISON': {
        const operator = COMPARISONS[node.type];
        if (!operator) break;
        return call(operator, next(node.left), next(node.right));
      }
      case 'CONJUNCTION':
        return callOf(node.type === 'CONJUNCTION_AND' ? 'and' : 'or', node.children.map(next), at);
      case 'BETWEEN':
        // Each bound has an operand of its own; the budget counts both.
        return call(
          'and',
          callOf('ge', [next(node.input), next(node.lower)], at),
          callOf('le', [next(node.input), next(node.upper)], at),
        );
      case 'OPERATOR':
        return this.#operator(node, next, at);
      case 'FUNCTION':
        return this.#function(node, next, at);
    }
    throw this.unsupported(node, at);
  }

  /** The place of a node, or of the first part of it that has one. */
  locate(node: AstNode): number | undefined {
    const own = this.#source.fromBytes(Number(node.query_location));
    if (own !== undefined) return own;
    const parts = [node.child, node.input, node.left, ...(node.children ?? [])];
    for (const part of parts) {
      const at = part && this.locate(part);
      if (at !== undefined && at !== null) return at;
    }
    return undefined;
  }

  unsupported(node: AstNode, at = this.locate(node)): SluiceError {
    const what = UNSUPPORTED[node.type] ?? UNSUPPORTED[node.class] ?? node.type;
    return this.#fail('unsupported', `${what} ${what.endsWith('s') ? 'are' : 'is'} not supported`, at);
  }

  #fail(code: ErrorCode, message: string, at: number | undefined): SluiceError {
    return new SluiceError(code, message, at === undefined ? undefined : this.#source.position(at));
  }

  #columnName(node: AstNode, at: number | undefined): string {
    const names = node.column_names;
    const name = names.at(-1) ?? '';
    if (names.length === 1) return name;
    const qualifier = names[0] ?? '';
    if (names.length > 2) throw this.#fail('unsupported', `${names.join('.')} has too many parts for a column`, at);
    if (!this.isQualifier(qualifier)) throw this.#fail('unknown-name', `there is no table "${qualifier}" in FROM`, at);
    return name;
  }

  isQualifier(name: string): boolean {
    return this.#qualifiers.has(name.toLowerCase());
  }

  #cast(node: AstNode, depth: number, at: number | undefined): Expression {
    if (node.try_cast) throw this.#fail('unsupported', 'TRY_CAST is not supported', at);
    const to = dataTypeOf(node.cast_type);
    if (!to) throw this.#fail('unsupported', `the type ${node.cast_type.id} is not supported`, at);
    const arg = this.translate(node.child!, depth + 1);
    const word = to.kind === 'bool' && arg.kind === 'literal' ? arg.value : undefined;
    if (word === 't' || word === 'f') return literalOf(to, word === 't', at);
    return { kind: 'cast', to, arg, ...place(at) };
  }

  #operator(node: AstNode, next: (child: AstNode) => Expression, at: number | undefined): Expression {
    const operands = () => node.children.map(next);
    switch (node.type) {
      case 'OPERATOR_NOT':
        return callOf('not', operands(), at);
      case 'OPERATOR_IS_NULL':
        return callOf('is_null', operands(), at);
      case 'OPERATOR_IS_NOT_NULL':
        return callOf('is_not_null', operands(), at);
      case 'COMPARE_IN':
        return callOf('in', operands(), at);
      case 'COMPARE_NOT_IN':
        return callOf('not', [callOf('in', operands(), at)], at);
      default:
        throw this.unsupported(node, at);
    }
  }

  #function(node: AstNode, next: (child: AstNode) => Expression, at: number | undefined): Expression {
    const name = node.function_name;
    const { children } = node;
    if ((name === '+' || name === '-') && children.length === 1) {
      return name === '+' ? next(children[0]!) : callOf('negate', [next(children[0]!)], at);
    }
    if ((name === '+' || name === '-') && children.some(isInterval)) return this.#moveByInterval(node, next, at);
    if (name === '!~~') return callOf('not', [callOf('like', children.map(next), at)], at);
    const entry = findFunction(name);
    if (!entry) throw this.#fail('unknown-name', `there is no function ${name}`, at);
    if (entry.kind === 'aggregate') this.#checkAggregate(node, at);
    const fn = entry.name === 'count' && children.length === 0 ? 'count_star' : entry.name;
    return { kind: 'call', function: fn, args: children.map(next), ...place(at) };
  }

  #checkAggregate(node: AstNode, at: number | undefined): void {
    const name = node.function_name;
    if (node.distinct) throw this.#fail('unsupported', `${name}(DISTINCT …) is not supported`, at);
    if (node.filter) throw this.#fail('unsupported', `${name}(…) FILTER is not supported`, at);
    if ((node.order_bys?.orders.length ?? 0) > 0)
      throw this.#fail('unsupported', `${name}(… ORDER BY …) is not supported`, at);
  }

  /** Intervals exist beside constant dates and timestamps only; the result is a constant timestamp, as in DuckDB. */
  #moveByInterval(node: AstNode, next: (child: AstNode) => Expression, at: number | undefined): Expression {
    const [left, right] = node.children as [AstNode, AstNode];
    const flipped = isInterval(left);
    const interval = constantInterval(flipped ? left : right);
    const subtract = node.function_name === '-';
    if (!interval || (flipped && (subtract || isInterval(right)))) {
      throw this.#fail(
        'unsupported',
        'an interval must be a whole number of years to minutes, added to or subtracted from a date',
        at,
      );
    }
    const moved = next(flipped ? right : left);
    const point = isConstant(moved) ? bindExpression(moved, [], this.#source.text) : undefined;
    if (
      point?.kind !== 'literal' ||
      (point.type.kind !== 'date' && point.type.kind !== 'timestamp') ||
      point.value === null
    ) {
      throw this.#fail('unsupported', 'an interval can only be added to a constant date or timestamp', at);
    }
    const start = castScalar(point.value, point.type, TIMESTAMP) as bigint;
    return literalOf(TIMESTAMP, addInterval(start, interval, subtract ? -1 : 1), at);
  }
}

const place = (at: number | undefined): { at?: number } => (at === undefined ? {} : { at });

const callOf = (name: Operator, args: readonly Expression[], at: number | undefined): Expression => ({
  kind: 'call',
  function: name,
  args,
  ...place(at),
});

function isConstant(expression: Expression): boolean {
  if (expression.kind === 'call') return expression.args.every(isConstant);
  return expression.kind === 'literal' || (expression.kind === 'cast' && isConstant(expression.arg));
}
