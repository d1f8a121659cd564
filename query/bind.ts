import { type ArithmeticOperator, arithmeticTypes, isNumber } from './arithmetic-type.ts';
import { bindComparison, bindMembership, type ComparisonOperator } from './bind-comparison.ts';
import { SluiceError } from './error.ts';
import type {
  AggregateFunction,
  BoundAggregate,
  BoundExpression,
  Expression,
  NamedAggregate,
  Operator,
} from './expression.ts';
import { call, castTo, isNull, isText, literal } from './fold.ts';
import type { BoundFragment, BoundOutput, Fragment, FragmentOutput } from './fragment.ts';
import { findFunction } from './functions.ts';
import { literalScalar } from './literal.ts';
import { sumType } from './partial-states.ts';
import { BOOL, type DataType, FLOAT64, formatType, INT32, INT64, type Schema, sameType } from './types.ts';

/** Where names get their meaning, and what may be used. */
export interface Scope {
  /** What an expression stands for in this scope; asked before anything else, undefined to bind it by its parts. */
  readonly resolve: (expression: Expression) => BoundExpression | undefined;
  /** `lanes`: only the casts that scans compute; `all`: every cast of `castScalar`. */
  readonly casts: 'lanes' | 'all';
  /** The query's text, for the positions of errors. */
  readonly text?: string | undefined;
}

/** An expression over the columns of a schema, typed as DuckDB types it; parts without columns are folded. */
export function bindExpression(expression: Expression, schema: Schema, text?: string): BoundExpression {
  return bindScoped(expression, schemaScope(schema, text));
}

/** A fragment against its object's schema. Throws `unknown-name`, `type`, `bad-value`, `unsupported`. */
export function bindFragment(fragment: Fragment, schema: Schema, text?: string): BoundFragment {
  const scope = schemaScope(schema, text);
  const filter = fragment.filter && bindPredicate(fragment.filter, scope, 'WHERE');
  const conjuncts = filter ? conjunctsOf(filter) : [];
  return {
    conjuncts: conjuncts.filter((conjunct) => conjunct.kind !== 'literal' || conjunct.value !== true),
    output: bindOutput(fragment.output, scope),
  };
}

function bindOutput(output: FragmentOutput, scope: Scope): BoundOutput {
  const named = ({ name, expression }: { name: string; expression: Expression }) => ({
    name,
    expression: bindScoped(expression, scope),
  });
  if (output.kind === 'groups') {
    return {
      kind: 'groups',
      keys: output.keys.map(named),
      aggregates: output.aggregates.map((aggregate) => bindAggregate(aggregate, scope)),
    };
  }
  const { limit } = output;
  return { kind: 'rows', columns: output.columns.map(named), ...(limit !== undefined && { limit }) };
}

const conjunctsOf = (filter: BoundExpression): readonly BoundExpression[] =>
  filter.kind === 'call' && filter.operator === 'and' ? filter.args.flatMap(conjunctsOf) : [filter];

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
  return { resolve, casts: 'lanes', text };
}

/** Binds in any scope. Errors without a position get that of the innermost expression concerned. */
export function bindScoped(expression: Expression, scope: Scope): BoundExpression {
  return placing(expression.at, scope, () => scope.resolve(expression) ?? bindParts(expression, scope));
}

function placing<T>(at: number | undefined, { text }: Scope, bind: () => T): T {
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
      return literal(expression.type, literalScalar(expression));
    case 'cast':
      return bindCast(bindScoped(expression.arg, scope), expression.to, scope);
    case 'call':
      return bindCall(expression, scope);
  }
}

/** Casts that every lane computes: they lose nothing and fail for no value (but for 64-bit overflow of decimals). */
function isLaneCast(from: DataType, to: DataType): boolean {
  switch (from.kind) {
    case 'int32':
      return to.kind === 'int64' || to.kind === 'float64' || (to.kind === 'decimal' && to.precision - to.scale >= 10);
    case 'int64':
      return to.kind === 'float64' || (to.kind === 'decimal' && to.precision - to.scale >= 19);
    case 'decimal':
      if (to.kind === 'float64') return true;
      return to.kind === 'decimal' && to.scale >= from.scale && to.precision - to.scale >= from.precision - from.scale;
    case 'date':
      return to.kind === 'timestamp';
    default:
      return false;
  }
}

function bindCast(arg: BoundExpression, to: DataType, scope: Scope): BoundExpression {
  if (arg.kind === 'literal' || sameType(arg.type, to)) return castTo(arg, to);
  if (scope.casts === 'lanes' && !isLaneCast(arg.type, to)) {
    throw new SluiceError(
      'unsupported',
      `a cast from ${formatType(arg.type)} to ${formatType(to)} cannot be pushed to a scan`,
    );
  }
  return { kind: 'cast', arg, type: to };
}

function bindCall(expression: Extract<Expression, { kind: 'call' }>, scope: Scope): BoundExpression {
  const entry = findFunction(expression.function);
  if (!entry) throw new SluiceError('unknown-name', `there is no function "${expression.function}"`);
  if (entry.kind === 'aggregate') throw new SluiceError('type', `the aggregate ${entry.name} cannot be used here`);
  const args = expression.args.map((arg) => bindScoped(arg, scope));
  if (entry.kind === 'function') throw new SluiceError('unsupported', `${entry.name} cannot be bound yet`);
  const count = args.length;
  if (count < entry.minArgs || count > entry.maxArgs) {
    throw new SluiceError('type', `${entry.signature} does not take ${count} operands`);
  }
  const operator = entry.name as Operator;
  const [a, b] = args as [BoundExpression, BoundExpression];
  switch (operator) {
    case 'and':
    case 'or':
      return count === 1
        ? toBoolean(a, operator)
        : call(
            operator,
            args.map((arg) => toBoolean(arg, operator)),
            BOOL,
          );
    case 'not':
      return call('not', [toBoolean(a, 'not')], BOOL);
    case 'eq':
    case 'ne':
    case 'lt':
    case 'le':
    case 'gt':
    case 'ge':
      return bindComparison(operator satisfies ComparisonOperator, a, b);
    case 'in':
      return bindMembership(a, args.slice(1));
    case 'is_null':
    case 'is_not_null':
      return call(operator, [a], BOOL);
    case 'like':
      return bindLike(a, b);
    case 'negate':
      return bindNegate(a);
    case 'is_distinct_from':
    case 'is_not_distinct_from':
    case 'ilike':
    case 'case':
    case 'coalesce':
      throw new SluiceError('unsupported', `${operator} cannot be bound yet`);
    default:
      return bindArithmetic(operator satisfies ArithmeticOperator, a, b);
  }
}

/** A condition, in WHERE or HAVING. */
export function bindPredicate(expression: Expression, scope: Scope, clause: string): BoundExpression {
  return placing(expression.at, scope, () => toBoolean(bindScoped(expression, scope), clause));
}

function toBoolean(arg: BoundExpression, where: string): BoundExpression {
  if (arg.type.kind === 'bool' || isNull(arg) || isText(arg)) return castTo(arg, BOOL);
  throw new SluiceError('type', `${where.toUpperCase()} needs a boolean, not a ${formatType(arg.type)}`);
}

function bindLike(text: BoundExpression, pattern: BoundExpression): BoundExpression {
  if (isNull(text) || isNull(pattern)) return literal(BOOL, null);
  if (text.type.kind !== 'utf8' || pattern.type.kind !== 'utf8') {
    const wrong = text.type.kind === 'utf8' ? pattern : text;
    throw new SluiceError('type', `LIKE needs text, not a ${formatType(wrong.type)}`);
  }
  if (pattern.kind !== 'literal') throw new SluiceError('unsupported', 'the pattern of LIKE must be a constant');
  return call('like', [text, pattern], BOOL);
}

function bindNegate(arg: BoundExpression): BoundExpression {
  if (isNull(arg)) return literal(INT64, null);
  if (isNumber(arg.type)) return call('negate', [arg], arg.type);
  throw new SluiceError('type', `a ${formatType(arg.type)} has no negative`);
}

const SYMBOLS: Record<ArithmeticOperator, string> = {
  add: '+',
  subtract: '-',
  multiply: '*',
  divide: '/',
  integer_divide: '//',
  modulo: '%',
};

function bindArithmetic(operator: ArithmeticOperator, a: BoundExpression, b: BoundExpression): BoundExpression {
  if (isNull(a) || isNull(b)) return nullArithmetic(operator, a, b);
  const dates = dateArithmetic(operator, a, b);
  if (dates) return dates;
  const types = arithmeticTypes(operator, a.type, b.type);
  if (!types) {
    const known = (isNumber(a.type) || isText(a)) && (isNumber(b.type) || isText(b));
    throw new SluiceError(
      known ? 'unsupported' : 'type',
      `there is no ${formatType(a.type)} ${SYMBOLS[operator]} ${formatType(b.type)}${isText(a) || isText(b) ? '; write a cast' : ''}`,
    );
  }
  return call(operator, [castTo(a, types.left), castTo(b, types.right)], types.result);
}

function dateArithmetic(
  operator: ArithmeticOperator,
  a: BoundExpression,
  b: BoundExpression,
): BoundExpression | undefined {
  const [x, y] = [a.type.kind, b.type.kind];
  if (operator === 'add' && x === 'int32' && y === 'date') return call('add', [b, a], b.type);
  if ((operator === 'add' || operator === 'subtract') && x === 'date' && y === 'int32')
    return call(operator, [a, b], a.type);
  if (operator === 'subtract' && x === 'date' && y === 'date') return call('subtract', [a, b], INT64);
  return undefined;
}

/** NULL of the type that the other operand would have given. */
function nullArithmetic(operator: ArithmeticOperator, a: BoundExpression, b: BoundExpression): BoundExpression {
  if (isNull(a) && isNull(b)) return literal(operator === 'divide' ? FLOAT64 : INT64, null);
  const { type } = isNull(a) ? b : a;
  if (type.kind === 'date' && operator === 'subtract') return literal(isNull(a) ? INT64 : type, null);
  if (type.kind === 'date' && operator === 'add') return literal(type, null);
  if (!isNumber(type))
    throw new SluiceError('type', `there is no ${SYMBOLS[operator]} of ${formatType(type)} and NULL`);
  if (operator === 'divide') return literal(FLOAT64, null);
  if (type.kind !== 'decimal') return literal(type, null);
  return literal(operator === 'integer_divide' ? FLOAT64 : INT32, null);
}

/** An aggregate with the type of its result. */
export function bindAggregate(aggregate: NamedAggregate, scope: Scope): BoundAggregate {
  const { name, function: fn } = aggregate;
  if (fn === 'count_star') return { name, function: fn, args: [], parameters: [], distinct: false, type: INT64 };
  const [first] = aggregate.args;
  if (!first) throw new SluiceError('type', `${fn} needs an argument`);
  return placing(first.at, scope, () => {
    const arg = bindScoped(first, scope);
    return { name, function: fn, args: [arg], parameters: [], distinct: false, type: aggregateType(fn, arg.type) };
  });
}

function aggregateType(fn: AggregateFunction, operand: DataType): DataType {
  switch (fn) {
    case 'count_star':
    case 'count':
      return INT64;
    case 'min':
    case 'max':
      return operand;
    default:
      if (isNumber(operand)) return fn === 'sum' ? sumType(operand) : FLOAT64;
  }
  const inDuckDb = fn === 'sum' ? operand.kind === 'bool' : operand.kind === 'date' || operand.kind === 'timestamp';
  throw new SluiceError(inDuckDb ? 'unsupported' : 'type', `there is no ${fn} of ${formatType(operand)}`);
}
