import { bindExpression } from '../bind-scope.ts';
import { castScalar } from '../cast-value.ts';
import { type ErrorCode, SluiceError } from '../error.ts';
import type { AggregateFunction, Expression, Operator } from '../expression.ts';
import { ExpressionBudget } from '../expression-limits.ts';
import { findFunction } from '../functions.ts';
import { literalOf } from '../literal.ts';
import { type DataType, INT32, INT64, TIMESTAMP } from '../types.ts';
import { dataTypeOf, literalOfConstant } from './constant.ts';
import type { AstNode, AstOrder } from './duckdb-ast.ts';
import { addInterval, constantInterval, intervalUnit, isInterval } from './interval.ts';
import type { SourceText } from './source-text.ts';

const COMPARISONS: Record<string, Operator> = {
  COMPARE_EQUAL: 'eq',
  COMPARE_NOTEQUAL: 'ne',
  COMPARE_LESSTHAN: 'lt',
  COMPARE_LESSTHANOREQUALTO: 'le',
  COMPARE_GREATERTHAN: 'gt',
  COMPARE_GREATERTHANOREQUALTO: 'ge',
  COMPARE_DISTINCT_FROM: 'is_distinct_from',
  COMPARE_NOT_DISTINCT_FROM: 'is_not_distinct_from',
};

const OPERATORS: Record<string, Operator> = {
  OPERATOR_NOT: 'not',
  OPERATOR_IS_NULL: 'is_null',
  OPERATOR_IS_NOT_NULL: 'is_not_null',
  OPERATOR_COALESCE: 'coalesce',
  COMPARE_IN: 'in',
};

/** Names that stand for NOT of another. */
const NEGATED: Record<string, Operator> = {
  '!~~': 'like',
  '!~~*': 'ilike',
  not_like_escape: 'like',
  not_ilike_escape: 'ilike',
};

/** What to say of constructs that other SQL engines know. */
const UNSUPPORTED: Record<string, string> = {
  SUBQUERY: 'subqueries',
  WINDOW: 'window functions',
  PARAMETER: 'parameters',
  LAMBDA: 'lambda functions',
  COLLATE: 'COLLATE',
  STAR: '* inside of an expression',
  OPERATOR_TRY: 'TRY',
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
        return { kind: 'column', name: this.#columnName(node), ...place(at) };
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
      case 'CASE': {
        const branches = node.case_checks.flatMap(({ when_expr, then_expr }) => [next(when_expr), next(then_expr)]);
        return call('case', ...branches, next(node.else_expr));
      }
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

  /** Behind a table's name, or where there is no table of the first name, points are steps of a path. */
  #columnName({ column_names: names }: AstNode): string {
    const qualified = names.length > 1 && this.isQualifier(names[0] ?? '');
    return names.slice(qualified ? 1 : 0).join('.');
  }

  isQualifier(name: string): boolean {
    return this.#qualifiers.has(name.toLowerCase());
  }

  #cast(node: AstNode, depth: number, at: number | undefined): Expression {
    const to = dataTypeOf(node.cast_type);
    if (!to) throw this.#fail('unsupported', `the type ${node.cast_type.id} is not supported`, at);
    const arg = this.translate(node.child!, depth + 1);
    const word = to.kind === 'bool' && arg.kind === 'literal' ? arg.value : undefined;
    if (word === 't' || word === 'f') return literalOf(to, word === 't', at);
    return { kind: 'cast', to, arg, ...(node.try_cast && { try: true }), ...place(at) };
  }

  #operator(node: AstNode, next: (child: AstNode) => Expression, at: number | undefined): Expression {
    const operator = OPERATORS[node.type];
    if (operator) return callOf(operator, node.children.map(next), at);
    if (node.type !== 'COMPARE_NOT_IN') throw this.unsupported(node, at);
    return callOf('not', [callOf('in', node.children.map(next), at)], at);
  }

  #function(node: AstNode, next: (child: AstNode) => Expression, at: number | undefined): Expression {
    const name = node.function_name;
    const { children } = node;
    if ((name === '+' || name === '-') && children.length === 1) {
      return name === '+' ? next(children[0]!) : callOf('negate', [next(children[0]!)], at);
    }
    if ((name === '+' || name === '-') && children.some(isInterval)) return this.#moveByInterval(node, next, at);
    if (name === 'date_add' && isInterval(children[1] ?? node)) return this.#moveByInterval(node, next, at);
    if (isInterval(node)) {
      throw this.#fail('unsupported', 'an interval can only be added to or subtracted from a date or timestamp', at);
    }
    const negated = NEGATED[name];
    if (negated) return callOf('not', [callOf(negated, children.map(next), at)], at);
    const entry = findFunction(name);
    if (!entry || (entry.kind === 'function' && entry.internal)) {
      throw this.#fail('unknown-name', `there is no function ${name}`, at);
    }
    if (entry.kind === 'aggregate') return this.#aggregate(node, entry.name as AggregateFunction, next, at);
    if (node.distinct || node.filter || orderOf(node).length > 0) {
      throw this.#fail('type', `${name} is no aggregate, so it takes no DISTINCT, FILTER or ORDER BY`, at);
    }
    return { kind: 'call', function: entry.name, args: children.map(next), ...place(at) };
  }

  #aggregate(
    node: AstNode,
    name: AggregateFunction,
    next: (child: AstNode) => Expression,
    at: number | undefined,
  ): Expression {
    const [order, second] = orderOf(node);
    // PERCENTILE_CONT(fraction) WITHIN GROUP (ORDER BY x) reads as quantile_cont(fraction ORDER BY x).
    const within = name.startsWith('quantile_') && node.children.length === 1 && order && !second;
    if (order && (!within || order.type === 'DESCENDING')) {
      throw this.#fail('unsupported', `${node.function_name}(… ORDER BY …) is not supported`, at);
    }
    const children = within ? [order.expression, ...node.children] : node.children;
    return {
      kind: 'call',
      function: name === 'count' && children.length === 0 ? 'count_star' : name,
      args: children.map(next),
      ...(node.distinct && { distinct: true }),
      ...(node.filter && { filter: next(node.filter) }),
      ...place(at),
    };
  }

  /** A date or timestamp moved by an interval is a timestamp, as in DuckDB; constants are added here and now. */
  #moveByInterval(node: AstNode, next: (child: AstNode) => Expression, at: number | undefined): Expression {
    const [left, right] = node.children as [AstNode, AstNode];
    const flipped = isInterval(left);
    const subtract = node.function_name === '-';
    if (flipped && (subtract || isInterval(right))) {
      throw this.#fail('unsupported', 'an interval can only be added to or subtracted from a date or timestamp', at);
    }
    const span = flipped ? left : right;
    const interval = constantInterval(span);
    const point = next(flipped ? right : left);
    if (!interval) return this.#moveByColumn(span, point, subtract, next, at);
    const moved = isConstant(point) ? bindExpression(point, [], this.#source.text) : undefined;
    const sign = subtract ? -1 : 1;
    if (moved?.kind === 'literal' && moved.value !== null && isPoint(moved.type)) {
      return literalOf(
        TIMESTAMP,
        addInterval(castScalar(moved.value, moved.type, TIMESTAMP) as bigint, interval, sign),
        at,
      );
    }
    const { months, days, micros } = interval;
    const parts = [BigInt(months), BigInt(days), micros].map((count) => literalOf(INT64, count * BigInt(sign)));
    return movedBy([point, ...parts], at);
  }

  /** `point + INTERVAL (count) UNIT` for a count that rows bring along. */
  #moveByColumn(
    interval: AstNode,
    point: Expression,
    subtract: boolean,
    next: (child: AstNode) => Expression,
    at: number | undefined,
  ): Expression {
    const unit = intervalUnit(interval);
    if (!unit) throw this.#fail('unsupported', 'this interval cannot be read', this.locate(interval) ?? at);
    const factor = BigInt(unit.months) + BigInt(unit.days) + unit.micros;
    const count = next(interval.children[0]!);
    const signed = literalOf(INT64, subtract ? -factor : factor);
    const total = callOf('multiply', [cast(count, INT64, at), signed], at);
    const parts = [unit.months !== 0, unit.days !== 0, unit.micros !== 0n];
    return movedBy([point, ...parts.map((counts) => (counts ? total : literalOf(INT64, 0n)))], at);
  }
}

const isPoint = ({ kind }: DataType): boolean => kind === 'date' || kind === 'timestamp';

const orderOf = (node: AstNode): readonly AstOrder[] => node.order_bys?.orders ?? [];

/** A timestamp moved by months, days and microseconds, each an int64. */
const movedBy = ([point, months, days, micros]: readonly Expression[], at: number | undefined): Expression =>
  callOf('add_interval', [point!, cast(months!, INT32, at), cast(days!, INT32, at), micros!], at);

const cast = (arg: Expression, to: DataType, at: number | undefined): Expression => ({
  kind: 'cast',
  to,
  arg,
  ...place(at),
});

const place = (at: number | undefined): { at?: number } => (at === undefined ? {} : { at });

const callOf = (name: string, args: readonly Expression[], at: number | undefined): Expression => ({
  kind: 'call',
  function: name,
  args,
  ...place(at),
});

function isConstant(expression: Expression): boolean {
  if (expression.kind === 'call') return expression.args.every(isConstant);
  return expression.kind === 'literal' || (expression.kind === 'cast' && isConstant(expression.arg));
}
