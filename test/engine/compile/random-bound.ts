import { arithmeticTypes } from '../../../query/arithmetic-type.ts';
import type { BoundExpression, Operator } from '../../../query/expression.ts';
import { FUNCTIONS } from '../../../query/functions.ts';
import {
  BOOL,
  DATE,
  type DataType,
  decimal,
  FLOAT64,
  INT32,
  INT64,
  type Scalar,
  type Schema,
  sameType,
  TIMESTAMP,
  UTF8,
} from '../../../query/types.ts';

/** A deterministic sequence of numbers in [0, 1) (mulberry32). */
export function randomSource(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export const SCHEMA: Schema = [
  { name: 'b', type: BOOL },
  { name: 'i', type: INT32 },
  { name: 'j', type: INT32 },
  { name: 'l', type: INT64 },
  { name: 'x', type: FLOAT64 },
  { name: 'y', type: FLOAT64 },
  { name: 'd', type: decimal(9, 2) },
  { name: 'e', type: decimal(18, 4) },
  { name: 'w', type: decimal(30, 5) },
  { name: 'v', type: decimal(38, 0) },
  { name: 'day', type: DATE },
  { name: 'ts', type: TIMESTAMP },
  { name: 's', type: UTF8 },
  { name: 't', type: UTF8 },
];

const EDGES: Partial<Record<DataType['kind'], readonly Scalar[]>> = {
  bool: [true, false],
  int32: [0, 1, -1, 2, 7, 2147483647, -2147483648, 100],
  int64: [0n, 1n, -1n, 3n, 2n ** 53n, -(2n ** 53n), 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n), 86_400_000_000n],
  float64: [
    0,
    -0,
    1,
    -1.5,
    2.5,
    0.5,
    Number.NaN,
    Infinity,
    -Infinity,
    1e300,
    123456789.123,
    9007199254740994,
    -2147483648.5,
  ],
  date: [0, -1, 18262, -719468, 2932896, 11016],
  timestamp: [0n, -1n, 1_577_836_800_000_000n, 951_782_400_000_000n, -62_135_596_800_000_000n],
  utf8: [
    '',
    'a',
    'abc',
    'Größe',
    'GRÖSSE',
    '😀x',
    '12',
    '-7',
    '3.5',
    'true',
    '2020-02-29',
    'x'.repeat(60),
    'a%b',
    'nan',
    '１',
  ],
};

/** Values of all types with NULLs, edges first among them. */
export class RandomBound {
  readonly #random: () => number;
  readonly #functions: boolean;

  /** `functions`: expressions also call the library. */
  constructor(random: () => number, { functions = false } = {}) {
    this.#random = random;
    this.#functions = functions;
  }

  /** A value a column, NULL with the given probability. */
  row(nulls = 0.15): Scalar[] {
    return SCHEMA.map(({ type }) => (this.#random() < nulls ? null : this.scalar(type)));
  }

  scalar(type: DataType): Scalar {
    if (type.kind === 'decimal') return this.#decimal(type.precision);
    const edges = EDGES[type.kind] ?? [];
    if (this.#random() < 0.6) return this.pick(edges);
    switch (type.kind) {
      case 'bool':
        return this.#random() < 0.5;
      case 'int32':
      case 'date':
        return Math.floor((this.#random() - 0.5) * 2000);
      case 'float64':
        return (this.#random() - 0.5) * 1000;
      case 'utf8':
        return Array.from({ length: Math.floor(this.#random() * 6) }, () =>
          this.pick(['a', 'b', 'B', 'é', '%', '_', ' ']),
        ).join('');
      default:
        return BigInt(Math.floor((this.#random() - 0.5) * 1e6));
    }
  }

  pick<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.#random() * choices.length)] as T;
  }

  /** An expression of a type, at most `depth` operators deep. */
  expression(type: DataType, depth: number): BoundExpression {
    const leaf = depth <= 0 || this.#random() < 0.15;
    if (leaf) return this.#leaf(type, depth);
    const choice = this.#random();
    const same = () => this.expression(type, depth - 1);
    const condition = () => this.expression(BOOL, depth - 1);
    if (choice < 0.12) return call('case', [condition(), same(), condition(), same(), same()], type);
    if (choice < 0.2) return call('coalesce', [same(), same(), same()], type);
    if (choice < 0.3) return this.#cast(type, depth);
    if (choice < 0.45 && this.#functions) return this.#function(type, depth) ?? this.#cast(type, depth);
    switch (type.kind) {
      case 'bool':
        return this.#predicate(depth);
      case 'date':
        return call(this.pick(['add', 'subtract']), [same(), this.expression(INT32, depth - 1)], type);
      case 'int32':
      case 'int64':
      case 'float64':
        return this.#arithmetic(type, depth);
      case 'decimal':
        return this.#decimalArithmetic(type, depth) ?? this.#leaf(type, depth);
      case 'timestamp':
      case 'utf8':
        return this.#cast(type, depth);
      default:
        return this.#leaf(type, depth);
    }
  }

  #leaf(type: DataType, depth: number): BoundExpression {
    const columns = SCHEMA.flatMap((field, index) => (sameType(field.type, type) ? [{ ...field, index }] : []));
    if (columns.length > 0 && this.#random() < 0.75) return { kind: 'column', ...this.pick(columns) };
    if (columns.length === 0 && depth > -2 && this.#random() < 0.7) return this.#cast(type, depth);
    return { kind: 'literal', type, value: this.#random() < 0.1 ? null : this.scalar(type) };
  }

  #arithmetic(type: DataType, depth: number): BoundExpression {
    const operators: Operator[] = ['add', 'subtract', 'multiply', 'modulo', 'integer_divide', 'negate'];
    const operator = this.pick(type.kind === 'float64' ? [...operators, 'divide' as const] : operators);
    const operand = () => this.expression(type, depth - 1);
    return call(operator, operator === 'negate' ? [operand()] : [operand(), operand()], type);
  }

  /** An operation over decimals whose result has this type; sums and remainders have one scale on all sides. */
  #decimalArithmetic(type: DataType & { kind: 'decimal' }, depth: number): BoundExpression | undefined {
    const operator = this.pick(['add', 'subtract', 'multiply', 'modulo', 'negate'] as const);
    if (operator === 'negate') return call(operator, [this.expression(type, depth - 1)], type);
    const decimals = SCHEMA.map((field) => field.type).filter(({ kind }) => kind === 'decimal');
    const [a, b] = [this.pick(decimals), this.pick(decimals)];
    const types = arithmeticTypes(operator, a, b);
    if (!types) return undefined;
    // As the binder has it: the casts leave room for the digits of the result.
    const operand = (from: DataType, to: DataType): BoundExpression => {
      const arg = this.expression(from, depth - 1);
      return sameType(from, to) ? arg : { kind: 'cast', arg, type: to };
    };
    const made = call(operator, [operand(a, types.left), operand(b, types.right)], types.result);
    return sameType(types.result, type)
      ? made
      : { kind: 'cast', arg: made, type, ...(this.#random() < 0.5 && { try: true }) };
  }

  #predicate(depth: number): BoundExpression {
    const operator = this.pick<Operator>([
      'and',
      'or',
      'not',
      'eq',
      'ne',
      'lt',
      'le',
      'gt',
      'ge',
      'is_distinct_from',
      'is_not_distinct_from',
      'in',
      'is_null',
      'is_not_null',
      'like',
      'ilike',
    ]);
    const condition = () => this.expression(BOOL, depth - 1);
    if (operator === 'not') return call(operator, [condition()], BOOL);
    if (operator === 'and' || operator === 'or') return call(operator, [condition(), condition(), condition()], BOOL);
    if (operator === 'like' || operator === 'ilike') {
      const pattern: BoundExpression =
        this.#random() < 0.7
          ? {
              kind: 'literal',
              type: UTF8,
              value: this.pick(['%a%', 'a%', '%c', 'abc', '_b_', '%r__e', '%', '', 'a%b', '%é%a']),
            }
          : this.expression(UTF8, depth - 1);
      return call(
        operator,
        [
          this.expression(UTF8, depth - 1),
          pattern,
          { kind: 'literal', type: UTF8, value: this.pick(['', '', '%', 'a']) },
        ],
        BOOL,
      );
    }
    const { type } = this.pick(SCHEMA);
    const operand = () => this.expression(type, depth - 1);
    if (operator === 'is_null' || operator === 'is_not_null') return call(operator, [operand()], BOOL);
    if (operator !== 'in') return call(operator, [operand(), operand()], BOOL);
    const length = this.pick([1, 3, 12]);
    const constants = Array.from({ length }, () => ({ kind: 'literal', type, value: this.scalar(type) }) as const);
    return call('in', [operand(), ...constants, ...(this.#random() < 0.4 ? [operand()] : [])], BOOL);
  }

  #function(type: DataType, depth: number): BoundExpression | undefined {
    const known = OVERLOADS.filter(({ result }) => typeof result === 'object' && sameType(result, type));
    if (known.length === 0) return undefined;
    const { id, parameters, variadic } = this.pick(known);
    const kinds = variadic ? [...parameters, ...parameters.slice(-1)] : parameters;
    const args = kinds.map((kind) => {
      const types = SCHEMA.map((field) => field.type).filter((other) => other.kind === kind);
      return this.expression(this.pick(types), depth - 1);
    });
    return { kind: 'function', overload: id, args, type };
  }

  #cast(type: DataType, depth: number): BoundExpression {
    const sources = SCHEMA.map((field) => field.type).filter((from) => castable(from, type));
    const arg = this.expression(this.pick(sources), depth - 1);
    return sameType(arg.type, type) ? arg : { kind: 'cast', arg, type, ...(this.#random() < 0.5 && { try: true }) };
  }

  #decimal(precision: number): bigint {
    const limit = 10n ** BigInt(precision);
    const edges = [0n, 1n, -1n, 5n, 50n, 150n, -250n, limit - 1n, 1n - limit, 2n ** 53n, 2n ** 64n, -(2n ** 63n)];
    if (this.#random() < 0.5) return this.pick(edges.filter((value) => value > -limit && value < limit));
    return BigInt(Math.floor((this.#random() - 0.5) * 1e5));
  }
}

const call = (operator: Operator, args: readonly BoundExpression[], type: DataType): BoundExpression => ({
  kind: 'call',
  operator,
  args,
  type,
});

/** Without those whose result grows with a number, since random numbers are large, and those that only the binder calls. */
const OVERLOADS = FUNCTIONS.flatMap((entry) =>
  entry.kind === 'function' && !['repeat', 'lpad', 'rpad'].includes(entry.name) ? entry.overloads : [],
).filter(({ parameters, internal }) => parameters.length > 0 && !internal);

const NUMERIC = ['bool', 'int32', 'int64', 'float64', 'decimal'];

function castable(from: DataType, to: DataType): boolean {
  if (from.kind === 'utf8' || to.kind === 'utf8') return true;
  if (NUMERIC.includes(from.kind)) return NUMERIC.includes(to.kind);
  return to.kind === 'date' || to.kind === 'timestamp';
}
