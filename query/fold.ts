import { castExists } from './cast-value.ts';
import { SluiceError } from './error.ts';
import { evaluate } from './evaluate.ts';
import { type BoundExpression, type Operator, operandsOf } from './expression.ts';
import { BOOL, type DataType, formatType, INT32, type Scalar, sameType } from './types.ts';

export type BoundLiteral = Extract<BoundExpression, { kind: 'literal' }>;

export const literal = (type: DataType, value: Scalar): BoundLiteral => ({ kind: 'literal', type, value });

export const isLiteral = (expression: BoundExpression): expression is BoundLiteral => expression.kind === 'literal';

/** What is left of a NULL whose type does not matter to DuckDB: it takes the type of what it meets, integer at last. */
export const untypedNull = (): BoundLiteral => ({ kind: 'literal', type: INT32, value: null, untyped: true });

export const isNull = (expression: BoundExpression): boolean => isLiteral(expression) && expression.value === null;

/** A NULL without a type of its own. */
export const isUntypedNull = (expression: BoundExpression): boolean =>
  isLiteral(expression) && expression.untyped === true && expression.value === null;

/** A text constant as the query wrote it: it takes the type of what it meets. */
export const isText = (expression: BoundExpression): expression is BoundLiteral =>
  isLiteral(expression) && expression.untyped === true && expression.type.kind === 'utf8' && expression.value !== null;

/** Operators that give NULL for any NULL operand. */
const STRICT: ReadonlySet<Operator> = new Set<Operator>([
  'not',
  'eq',
  'ne',
  'lt',
  'le',
  'gt',
  'ge',
  'like',
  'ilike',
  'add',
  'subtract',
  'multiply',
  'divide',
  'integer_divide',
  'modulo',
  'negate',
]);

/** A call, or its value where its operands say it already. */
export function call(operator: Operator, args: readonly BoundExpression[], type: DataType): BoundExpression {
  if (STRICT.has(operator) && args.some(isNull)) return literal(type, null);
  if (operator === 'and' || operator === 'or') return connection(operator, args);
  if (operator === 'case') return firstBranches(args, type);
  if (operator === 'coalesce') return firstOperands(args, type);
  return folded({ kind: 'call', operator, args, type });
}

/**
 * An expression, or its value where all operands are constants. One that fails stays as it is: whether any row gets
 * there is not known here (`constantFailure` tells).
 */
export function folded(expression: BoundExpression): BoundExpression {
  if (isLiteral(expression) || expression.kind === 'column' || !operandsOf(expression).every(isLiteral)) {
    return expression;
  }
  try {
    return literal(expression.type, evaluate(expression, []));
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'bad-value') return expression;
    throw error;
  }
}

/** Expressions without a constant part that fails. */
const sound = new WeakSet<BoundExpression>();

/** The error of a constant part that every row would evaluate; undefined when there is none. */
export function constantFailure(expression: BoundExpression): SluiceError | undefined {
  const operands = operandsOf(expression);
  if (operands.length === 0 || sound.has(expression)) return undefined;
  if (operands.every(isLiteral)) {
    try {
      evaluate(expression, []);
      return undefined;
    } catch (error) {
      if (error instanceof SluiceError) return error;
      throw error;
    }
  }
  for (const operand of stopsEarly(expression) ? operands.slice(0, 1) : operands) {
    const failure = constantFailure(operand);
    if (failure) return failure;
  }
  sound.add(expression);
  return undefined;
}

/** Whether operands after the first are evaluated for some rows only. */
function stopsEarly(expression: BoundExpression): boolean {
  return expression.kind === 'call' && ['and', 'or', 'case', 'coalesce'].includes(expression.operator);
}

/** AND and OR without operands that do not matter; of operands that are themselves such, only the operands. */
function connection(operator: 'and' | 'or', args: readonly BoundExpression[]): BoundExpression {
  const decisive = operator === 'or';
  const flat = args.flatMap((arg) => (arg.kind === 'call' && arg.operator === operator ? arg.args : [arg]));
  const open = flat.filter((arg) => !isLiteral(arg) || arg.value !== !decisive);
  if (open.some((arg) => isLiteral(arg) && arg.value === decisive)) return literal(BOOL, decisive);
  if (open.length === 0) return literal(BOOL, !decisive);
  return open.length === 1 ? open[0]! : folded({ kind: 'call', operator, args: open, type: BOOL });
}

/** CASE without conditions that are never true, and without anything behind one that always is. */
function firstBranches(args: readonly BoundExpression[], type: DataType): BoundExpression {
  const kept: BoundExpression[] = [];
  for (let i = 0; i + 1 < args.length; i += 2) {
    const condition = args[i]!;
    if (!isLiteral(condition)) kept.push(condition, args[i + 1]!);
    else if (condition.value === true) return branches([...kept, args[i + 1]!], type);
  }
  return branches([...kept, args.at(-1)!], type);
}

function branches(args: readonly BoundExpression[], type: DataType): BoundExpression {
  return args.length === 1 ? args[0]! : folded({ kind: 'call', operator: 'case', args, type });
}

/** COALESCE without NULLs, and without anything behind a constant. */
function firstOperands(args: readonly BoundExpression[], type: DataType): BoundExpression {
  const open = args.filter((arg) => !isNull(arg));
  const constant = open.findIndex(isLiteral);
  const kept = constant < 0 ? open : open.slice(0, constant + 1);
  if (kept.length === 0) return literal(type, null);
  return kept.length === 1 ? kept[0]! : { kind: 'call', operator: 'coalesce', args: kept, type };
}

/** Decimals up to 18 digits are held in 64 bits, longer ones in 128. */
const isWide = (type: DataType): boolean => type.kind === 'decimal' && type.precision > 18;

/**
 * The expression in a type that holds all its values; a constant is cast here and now. Decimals of one scale and width
 * need no cast, since their precision is not part of their values.
 */
export function castTo(arg: BoundExpression, type: DataType): BoundExpression {
  const sameUnits =
    arg.type.kind === 'decimal' &&
    type.kind === 'decimal' &&
    arg.type.scale === type.scale &&
    arg.type.precision <= type.precision &&
    isWide(arg.type) === isWide(type);
  return sameUnits && !isLiteral(arg) ? arg : cast(arg, type);
}

/** CAST, or TRY_CAST; a constant is cast here and now where that does not fail. */
export function cast(arg: BoundExpression, type: DataType, attempt = false): BoundExpression {
  if (isUntypedNull(arg)) return literal(type, null);
  // Even where nothing changes, a text that was cast has its type.
  if (sameType(arg.type, type)) return isText(arg) ? literal(type, arg.value) : arg;
  if (!castExists(arg.type, type)) {
    throw new SluiceError('type', `a ${formatType(arg.type)} cannot be cast to ${formatType(type)}`);
  }
  return folded({ kind: 'cast', arg, type, ...(attempt && { try: true }) });
}
