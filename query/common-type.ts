import { asDecimal, isNumber } from './arithmetic-type.ts';
import { SluiceError } from './error.ts';
import type { BoundExpression } from './expression.ts';
import { isText, isUntypedNull } from './fold.ts';
import { type DataType, decimal, FLOAT64, formatType, INT32, INT64, sameType, TIMESTAMP, UTF8 } from './types.ts';

/**
 * The one type of values that may come from any of several expressions, as in DuckDB's CASE and COALESCE: text
 * constants and NULLs take the type of the others. Throws `type` where there is none, naming `clause`.
 */
export function commonType(expressions: readonly BoundExpression[], clause: string): DataType {
  const typed = expressions.filter((expression) => !isText(expression) && !isUntypedNull(expression));
  const [first, ...others] = typed.map(({ type }) => type);
  if (!first) return expressions.some(isText) ? UTF8 : INT32;
  return others.reduce((common, type) => {
    const next = unite(common, type);
    if (next) return next;
    throw new SluiceError(
      'type',
      `${clause} cannot mix ${formatType(common)} and ${formatType(type)} without a cast of one to the other`,
    );
  }, first);
}

function unite(a: DataType, b: DataType): DataType | undefined {
  if (sameType(a, b)) return a;
  const kinds = new Set([a.kind, b.kind]);
  if (kinds.has('bool')) {
    const other = a.kind === 'bool' ? b : a;
    return other.kind === 'int32' || other.kind === 'int64' ? other : undefined;
  }
  const wholeFirst = (whole: number, scale: number) =>
    whole + scale > 38 ? decimal(38, 38 - whole) : decimal(whole + scale, scale);
  return uniteValues(a, b, kinds, wholeFirst);
}

/** The type in which values of two types compare, as in DuckDB; undefined when they do not. */
export function comparisonType(a: DataType, b: DataType, equality: boolean): DataType | undefined {
  if (sameType(a, b)) return a;
  const kinds = new Set([a.kind, b.kind]);
  if (kinds.has('utf8')) return equality ? (a.kind === 'utf8' ? b : a) : undefined;
  if (kinds.has('bool')) {
    const other = a.kind === 'bool' ? b : a;
    const whole = other.kind === 'int32' || other.kind === 'int64';
    return whole || (equality && isNumber(other)) ? other : undefined;
  }
  const scaleFirst = (whole: number, scale: number) => decimal(Math.min(38, whole + scale), scale);
  return uniteValues(a, b, kinds, scaleFirst);
}

/** `fitting` says what gives way when a decimal needs more than 38 digits. */
function uniteValues(
  a: DataType,
  b: DataType,
  kinds: ReadonlySet<string>,
  fitting: (whole: number, scale: number) => DataType,
): DataType | undefined {
  if (kinds.has('date') && kinds.has('timestamp')) return TIMESTAMP;
  const x = asDecimal(a);
  const y = asDecimal(b);
  if (kinds.has('float64')) return x || y ? FLOAT64 : undefined;
  if (!x || !y) return undefined;
  if (!kinds.has('decimal')) return INT64;
  return fitting(Math.max(x.precision - x.scale, y.precision - y.scale), Math.max(x.scale, y.scale));
}
