import { asDecimal } from './arithmetic-type.ts';
import { bindOperator } from './bind-operator.ts';
import { SluiceError } from './error.ts';
import type { BoundExpression, Operator } from './expression.ts';
import { call, cast, castTo, folded, isNull, isText, isUntypedNull, literal, untypedNull } from './fold.ts';
import type { ExpressionBuilder, LibraryFunction, Overload, ParameterKind } from './function-entry.ts';
import { findFunction, isStrict } from './functions.ts';
import { BOOL, DATE, type DataType, decimal, FLOAT64, formatType, INT32, INT64, TIMESTAMP, UTF8 } from './types.ts';

/**
 * A call of anything but an aggregate, by a name of the function table. Throws `unknown-name`, `type`, `unsupported`.
 */
export function bindNamed(name: string, args: readonly BoundExpression[]): BoundExpression {
  const entry = findFunction(name);
  if (!entry) throw new SluiceError('unknown-name', `there is no function "${name}"`);
  if (entry.kind === 'aggregate') throw new SluiceError('type', `the aggregate ${entry.name} cannot be used here`);
  if (entry.kind === 'function') return bindFunction(entry, args);
  if (args.length < entry.minArgs || args.length > entry.maxArgs) {
    throw new SluiceError('type', `${entry.signature} does not take ${args.length} operands`);
  }
  return bindOperator(entry.name as Operator, args);
}

function bindFunction(entry: LibraryFunction, args: readonly BoundExpression[]): BoundExpression {
  const expanded = entry.expand?.(args, BUILDER);
  if (expanded) return entry.nulls === 'strict' ? forgetful(expanded) : expanded;
  const overload = chooseOverload(entry, args);
  const operands = args.map((arg, index) => castTo(arg, parameterType(parameterAt(overload, index)!, arg)));
  const type = typeof overload.result === 'function' ? overload.result(operands) : overload.result;
  return overloadCall(overload.id, operands, type);
}

/** As decimal arithmetic, DuckDB's || forgets its type over a NULL constant. */
const CONCATENATION = '||(varchar, varchar)';

/** A decimal function's result that is NULL whatever the row has no type. */
const forgetful = (result: BoundExpression): BoundExpression =>
  isNull(result) && result.type.kind === 'decimal' ? untypedNull() : result;

function overloadCall(overload: string, args: readonly BoundExpression[], type: DataType): BoundExpression {
  if (isStrict(overload) && args.some(isNull))
    return overload === CONCATENATION ? untypedNull() : forgetful(literal(type, null));
  return folded({ kind: 'function', overload, args, type });
}

const BUILDER: ExpressionBuilder = { call, named: bindNamed, cast, literal, overload: overloadCall };

/**
 * The overload whose parameters are nearest to the operands' types. Constants of text and NULLs may become anything, so
 * they do not count; where a text leaves a choice, there is none.
 */
function chooseOverload(entry: LibraryFunction, args: readonly BoundExpression[]): Overload {
  const callable = entry.overloads.filter(({ internal }) => !internal);
  const rated = callable
    .map((overload) => ({ overload, cost: overloadCost(overload, args) }))
    .filter(({ cost }) => cost < Number.POSITIVE_INFINITY);
  const least = Math.min(...rated.map(({ cost }) => cost));
  const [best, second] = rated.filter(({ cost }) => cost === least);
  if (best && !(second && args.some(isText))) return best.overload;
  const types = args.map((arg) => (isUntypedNull(arg) ? 'NULL' : formatType(arg.type))).join(', ');
  const forms = callable.map(({ id, variadic }) => (variadic ? id.replace(/\)$/, ', …)') : id)).join(', ');
  const problem = best ? `${entry.name} could take a text as several types` : `${entry.name} does not take (${types})`;
  throw new SluiceError('type', `${problem}; there is ${forms || entry.signature}`);
}

function overloadCost(overload: Overload, args: readonly BoundExpression[]): number {
  const { parameters, variadic } = overload;
  if (args.length < parameters.length - (variadic ? 1 : 0)) return Number.POSITIVE_INFINITY;
  return args.reduce((sum, arg, index) => {
    const parameter = parameterAt(overload, index);
    return parameter ? sum + conversionCost(arg, parameter) : Number.POSITIVE_INFINITY;
  }, 0);
}

const parameterAt = ({ parameters, variadic }: Overload, index: number): ParameterKind | undefined =>
  parameters[index] ?? (variadic ? parameters.at(-1) : undefined);

/** Implicit casts by their cost: DuckDB's order of preference. */
const IMPLICIT: Partial<Record<ParameterKind, Partial<Record<ParameterKind, number>>>> = {
  int32: { int64: 101, float64: 102, decimal: 104 },
  int64: { float64: 102, decimal: 104 },
  decimal: { float64: 102 },
  date: { timestamp: 120 },
};
const FROM_TEXT = 20;

/** What a NULL without a type becomes where a function takes several. */
const FROM_NULL: Partial<Record<ParameterKind, number>> = { int64: 101, float64: 102, int32: 103, decimal: 104 };

function conversionCost(arg: BoundExpression, parameter: ParameterKind): number {
  if (isUntypedNull(arg)) return FROM_NULL[parameter] ?? 120;
  if (arg.type.kind === parameter) return 0;
  if (isText(arg)) return FROM_TEXT;
  return IMPLICIT[arg.type.kind]?.[parameter] ?? Number.POSITIVE_INFINITY;
}

const PLAIN_TYPES: Partial<Record<ParameterKind, DataType>> = {
  bool: BOOL,
  int32: INT32,
  int64: INT64,
  float64: FLOAT64,
  date: DATE,
  timestamp: TIMESTAMP,
  utf8: UTF8,
};

function parameterType(parameter: ParameterKind, arg: BoundExpression): DataType {
  if (parameter !== 'decimal') return PLAIN_TYPES[parameter] ?? arg.type;
  const digits = isUntypedNull(arg) ? undefined : asDecimal(arg.type);
  return digits ? decimal(digits.precision, digits.scale) : decimal(18, 3);
}
