import { type BoundExpression, operandsOf } from '../../../query/expression.ts';
import { type DataType, formatType } from '../../../query/types.ts';

// SIMD code works on pairs of rows in two lanes of 64 bits: whole numbers as i64, floats as f64, truth as masks.

export type Literal = Extract<BoundExpression, { kind: 'literal' }>;
type Call = Extract<BoundExpression, { kind: 'call' }>;
type Cast = Extract<BoundExpression, { kind: 'cast' }>;

/** Beyond so many nodes a loop has more locals than registers many times over, and scalar code is as good. */
const MAX_NODES = 300;
/** More members of an `in` are better looked up. */
const MAX_MEMBERS = 8;

/** Whether SIMD code exists for all of these expressions together. */
export function isVectorizable(expressions: readonly BoundExpression[]): boolean {
  let nodes = 0;
  const visit = (expression: BoundExpression): boolean =>
    ++nodes <= MAX_NODES && hasLanes(expression.type) && hasCode(expression) && operandsOf(expression).every(visit);
  return expressions.every(visit);
}

/** The number of nodes in expressions. */
export function sizeOf(expressions: readonly BoundExpression[]): number {
  return expressions.reduce((sum, expression) => sum + 1 + sizeOf(operandsOf(expression)), 0);
}

/** Types whose values fill a lane of 64 bits. */
export function hasLanes(type: DataType): boolean {
  if (type.kind === 'decimal') return type.precision <= 18;
  return type.kind !== 'utf8' && type.kind !== 'binary';
}

/** Bytes of a value in a vector. */
export function laneBytes(type: DataType): 1 | 4 | 8 {
  if (type.kind === 'bool') return 1;
  return type.kind === 'int32' || type.kind === 'date' ? 4 : 8;
}

/** The columns that expressions name, by ascending index. */
export function columnsOf(expressions: readonly BoundExpression[]): { index: number; type: DataType }[] {
  const columns = new Map<number, DataType>();
  const collect = (expression: BoundExpression): void => {
    if (expression.kind === 'column') columns.set(expression.index, expression.type);
    else operandsOf(expression).forEach(collect);
  };
  expressions.forEach(collect);
  return [...columns].sort(([a], [b]) => a - b).map(([index, type]) => ({ index, type }));
}

export function isFloat(type: DataType): boolean {
  return type.kind === 'float64';
}

function isWhole(type: DataType): boolean {
  return hasLanes(type) && !isFloat(type) && type.kind !== 'bool';
}

/** Functions of the library that are one instruction over f64. */
export const FLOAT_FUNCTIONS: Readonly<Record<string, string>> = {
  'abs(double)': 'f64x2.abs',
  'ceil(double)': 'f64x2.ceil',
  'floor(double)': 'f64x2.floor',
  'trunc(double)': 'f64x2.trunc',
};

function hasCode(expression: BoundExpression): boolean {
  switch (expression.kind) {
    case 'column':
    case 'literal':
      return true;
    case 'function':
      return Object.hasOwn(FLOAT_FUNCTIONS, expression.overload);
    case 'cast':
      return isCastable(expression);
    case 'call':
      return isCallable(expression);
  }
}

function isCallable({ operator, args, type }: Call): boolean {
  switch (operator) {
    case 'and':
    case 'or':
    case 'not':
    case 'eq':
    case 'ne':
    case 'lt':
    case 'le':
    case 'gt':
    case 'ge':
    case 'is_distinct_from':
    case 'is_not_distinct_from':
    case 'is_null':
    case 'is_not_null':
    case 'case':
    case 'coalesce':
      return true;
    case 'in':
      return args.length <= 1 + MAX_MEMBERS;
    case 'add':
    case 'subtract':
    case 'multiply':
      return isFloat(type) ? args.every((arg) => isFloat(arg.type)) : args.every((arg) => isWhole(arg.type));
    case 'negate':
      return isFloat(type) || isWhole(type);
    case 'divide':
      return isFloat(type);
    default:
      return false;
  }
}

/** Casts that lose nothing: integers and decimals to floats, to wider integers, to decimals of no smaller scale. */
function isCastable({ arg: { type: from }, type: to, try: tries }: Cast): boolean {
  if (tries) return false;
  if (from.kind === to.kind && from.kind !== 'decimal') return true;
  if (to.kind === 'float64') return from.kind === 'int32' || from.kind === 'int64' || from.kind === 'decimal';
  if (to.kind === 'timestamp') return from.kind === 'date';
  if (from.kind !== 'int32' && from.kind !== 'int64' && from.kind !== 'decimal') return false;
  if (to.kind === 'decimal') return to.scale >= (from.kind === 'decimal' ? from.scale : 0);
  return from.kind !== 'decimal' && (to.kind === 'int32' || to.kind === 'int64');
}

/** The distinct literals of expressions by number, as they are handed to compiled code. */
export class LaneLiterals {
  readonly literals: Literal[] = [];
  #numbers = new Map<string, number>();

  numberOf(literal: Literal): number {
    const key = `${formatType(literal.type)} ${typeof literal.value} ${Object.is(literal.value, -0) ? '-0' : literal.value}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.literals.length);
    return this.literals.push(literal) - 1;
  }

  /** What code depends on beside the expressions' shapes: what is known of each literal but its value. */
  get shape(): string {
    return this.literals
      .map((literal) => `${formatType(literal.type)}${literal.value === null ? ' null' : ''}${factsOf(literal)}`)
      .join();
  }

  /** Each literal as the bits of a lane. */
  get words(): bigint[] {
    return this.literals.map(({ type, value }) => {
      if (value === null) return 0n;
      if (type.kind === 'float64') return floatBits(Number(value));
      return type.kind === 'bool' ? -BigInt(value as boolean) : BigInt(value as number | bigint);
    });
  }
}

/** The bits of a float. */
export function floatBits(value: number): bigint {
  return new BigInt64Array(Float64Array.of(value).buffer)[0] as bigint;
}

function factsOf(literal: Literal): string {
  return isFloat(literal.type) ? (Number.isNaN(literal.value) ? ' nan' : '') : ` ${literalBits(literal)}`;
}

/** A bound on a whole number: |value| <= 2^bits. Bounds are coarse below 2^31, so that small numbers share code. */
export function literalBits({ value }: Literal): number {
  if (typeof value === 'boolean' || value === null) return 31;
  const magnitude = BigInt(value) < 0n ? -BigInt(value) : BigInt(value);
  return coarseBits(magnitude.toString(2).length);
}

/** So many bits or somewhat more: numbers of 31 bits can be multiplied at once. */
export function coarseBits(bits: number): number {
  return bits <= 31 ? Math.min(31, 8 * Math.max(1, Math.ceil(bits / 8))) : bits;
}

/** Expressions of one shape are computed by the same code, up to what `LaneLiterals.shape` says. */
export function shapeOf(expression: BoundExpression, literals: LaneLiterals): string {
  switch (expression.kind) {
    case 'column':
      return `c${expression.index}`;
    case 'literal':
      return `?${literals.numberOf(expression)}`;
    case 'cast':
      return `${formatType(expression.type)}(${shapeOf(expression.arg, literals)})`;
    case 'call':
    case 'function': {
      const name = expression.kind === 'call' ? expression.operator : expression.overload;
      return `${name}:${formatType(expression.type)}(${expression.args.map((arg) => shapeOf(arg, literals)).join()})`;
    }
  }
}
