import { asDecimal, isNumber } from './arithmetic-type.ts';
import { toBoolean } from './bind-operator.ts';
import { SluiceError } from './error.ts';
import type { AggregateFunction, BoundAggregate, BoundExpression } from './expression.ts';
import { call, cast, isLiteral, isNull, isUntypedNull, literal } from './fold.ts';
import { findFunction } from './functions.ts';
import { sumType } from './partial-states.ts';
import {
  BOOL,
  type DataType,
  decimal,
  FLOAT64,
  formatType,
  INT32,
  INT64,
  type Scalar,
  TIMESTAMP,
  UTF8,
} from './types.ts';

/** An aggregate whose operands and condition are bound. */
export interface AggregateCall {
  readonly name: string;
  readonly function: AggregateFunction;
  readonly args: readonly BoundExpression[];
  readonly distinct: boolean;
  readonly filter?: BoundExpression | undefined;
}

/** What an aggregate computes: possibly another one, over operands in types that it takes. */
interface Typed {
  readonly function: AggregateFunction;
  readonly args: readonly BoundExpression[];
  readonly parameters?: readonly Scalar[];
  readonly type: DataType;
}

/** Finds an aggregate's types as DuckDB's, its constants, and makes its FILTER part of the operands. */
export function typeAggregate({ name, function: fn, args, distinct, filter }: AggregateCall): BoundAggregate {
  const { minArgs, maxArgs, signature } = findFunction(fn) as { minArgs: number; maxArgs: number; signature: string };
  if (args.length < minArgs || args.length > maxArgs) {
    throw new SluiceError('type', `${signature} does not take ${args.length} operands`);
  }
  const typed = typeCall(fn, args);
  const counted = filter ? filtered(typed, toBoolean(filter)) : typed;
  const matters = distinct && DISTINCT_MATTERS.has(counted.function);
  return { name, ...counted, parameters: counted.parameters ?? [], distinct: matters };
}

/** The aggregates that differ when equal values count more than once. */
const DISTINCT_MATTERS: ReadonlySet<AggregateFunction> = new Set<AggregateFunction>([
  'count',
  'sum',
  'avg',
  'last',
  'var_samp',
  'var_pop',
  'stddev_samp',
  'stddev_pop',
  'median',
  'quantile_cont',
  'quantile_disc',
  'approx_quantile',
  'string_agg',
]);

function typeCall(fn: AggregateFunction, args: readonly BoundExpression[]): Typed {
  const [operand, second] = args as [BoundExpression, BoundExpression | undefined];
  const refuse = (): never => {
    throw new SluiceError('type', `there is no ${fn} of ${formatType(operand.type)}`);
  };
  switch (fn) {
    case 'count_star':
      return { function: fn, args: [], type: INT64 };
    case 'count':
    case 'approx_count_distinct':
      return { function: fn, args: [operand], type: INT64 };
    case 'min':
    case 'max':
    case 'first':
    case 'last':
    case 'any_value':
      return { function: fn, args: [operand], type: operand.type };
    case 'arg_min':
    case 'arg_max':
      return { function: fn, args, type: operand.type };
    case 'bool_and':
    case 'bool_or':
      if (operand.type.kind !== 'bool' && !isUntypedNull(operand)) refuse();
      return { function: fn, args: [cast(operand, BOOL)], type: BOOL };
    case 'sum': {
      const arg = operand.type.kind === 'bool' ? cast(operand, INT32) : operand;
      return isNumber(arg.type) ? { function: fn, args: [arg], type: sumType(arg.type) } : refuse();
    }
    case 'avg':
      if (isNumber(operand.type)) return { function: fn, args: [operand], type: FLOAT64 };
      return isPoint(operand.type) ? { function: fn, args: [cast(operand, TIMESTAMP)], type: TIMESTAMP } : refuse();
    case 'var_samp':
    case 'var_pop':
    case 'stddev_samp':
    case 'stddev_pop':
      return isNumber(operand.type) ? { function: fn, args: [cast(operand, FLOAT64)], type: FLOAT64 } : refuse();
    case 'median':
      if (operand.type.kind === 'bool' || operand.type.kind === 'utf8') {
        return { function: 'quantile_disc', args: [operand], parameters: [0.5], type: operand.type };
      }
      return { function: fn, ...interpolated(operand) };
    case 'quantile_cont':
      if (!isNumber(operand.type) && !isPoint(operand.type)) refuse();
      return { function: fn, ...interpolated(operand), parameters: [fraction(fn, second)] };
    case 'quantile_disc':
      return { function: fn, args: [operand], parameters: [fraction(fn, second)], type: operand.type };
    case 'approx_quantile': {
      if (!isNumber(operand.type) && !isPoint(operand.type)) refuse();
      const arg = operand.type.kind === 'decimal' ? cast(operand, wholeType(operand.type)) : operand;
      return { function: fn, args: [arg], parameters: [fraction(fn, second)], type: arg.type };
    }
    case 'string_agg': {
      const separator = second ? textConstant(second) : ',';
      const arg = separator === null ? literal(UTF8, null) : cast(operand, UTF8);
      return { function: fn, args: [arg], parameters: [separator ?? ''], type: UTF8 };
    }
  }
}

const isPoint = ({ kind }: DataType): boolean => kind === 'date' || kind === 'timestamp';

/** Between two integers lies a double, between two dates a timestamp. */
function interpolated(operand: BoundExpression): Pick<Typed, 'args' | 'type'> {
  const { type } = operand;
  if (isPoint(type)) return { args: [cast(operand, TIMESTAMP)], type: TIMESTAMP };
  return { args: [operand], type: type.kind === 'decimal' ? type : FLOAT64 };
}

/** DuckDB estimates quantiles of decimals over whole numbers. */
const wholeType = (type: DataType): DataType => ((asDecimal(type)?.precision ?? 0) > 18 ? decimal(38, 0) : INT64);

/** The constant fraction of a quantile. */
function fraction(fn: AggregateFunction, arg: BoundExpression | undefined): number {
  const number = arg && (isNumber(arg.type) || isNull(arg)) ? cast(arg, FLOAT64) : undefined;
  if (!number || !isLiteral(number) || number.value === null) {
    throw new SluiceError('type', `the fraction of ${fn} must be a constant number`);
  }
  const value = number.value as number;
  if (value >= 0 && value <= 1) return value;
  const inDuckDb = fn !== 'approx_quantile' && value >= -1 && value < 0;
  throw new SluiceError(
    inDuckDb ? 'unsupported' : 'bad-value',
    `the fraction of ${fn} must lie between 0 and 1, ${value} does not`,
  );
}

function textConstant(arg: BoundExpression): string | null {
  if (arg.type.kind !== 'utf8' && !isUntypedNull(arg)) {
    throw new SluiceError('type', `the separator of string_agg must be text, not a ${formatType(arg.type)}`);
  }
  if (!isLiteral(arg)) throw new SluiceError('type', 'the separator of string_agg must be a constant');
  return arg.value as string | null;
}

/**
 * Operands become NULL where the condition is not true; `first` and `last`, which see NULLs, learn which rows count.
 */
function filtered(typed: Typed, condition: BoundExpression): Typed {
  const where = (arg: BoundExpression) => call('case', [condition, arg, literal(arg.type, null)], arg.type);
  switch (typed.function) {
    case 'count_star':
      return { function: 'count', args: [where(literal(BOOL, true))], type: INT64 };
    case 'first':
    case 'last': {
      const takesPart = call('coalesce', [condition, literal(BOOL, false)], BOOL);
      return { ...typed, args: [...typed.args.map(where), takesPart] };
    }
    default:
      return { ...typed, args: typed.args.map(where) };
  }
}
