import type { BoundExpression, Operator } from '../../../query/expression.ts';
import {
  BOOL,
  DATE,
  type DataType,
  decimal,
  FLOAT64,
  INT32,
  INT64,
  type Scalar,
  TIMESTAMP,
} from '../../../query/types.ts';

export const DECIMAL = decimal(12, 2);
/** The types of the columns c0, c1, … of random expressions. */
export const TYPES: readonly DataType[] = [FLOAT64, FLOAT64, INT32, INT64, DECIMAL, BOOL, DATE, TIMESTAMP];
const SPECIAL: Record<string, readonly Scalar[]> = {
  float64: [Number.NaN, -0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e300, 5e-324],
  int32: [-(2 ** 31), 2 ** 31 - 1, 0, -1],
  int64: [-(2n ** 63n), 2n ** 63n - 1n, 2n ** 53n + 1n, -(2n ** 32n), 0n],
  decimal: [999_999_999_999n, -999_999_999_999n, 0n],
  date: [-719_162, 2_932_896],
  timestamp: [-62_135_596_800_000_000n, 253_402_300_799_999_999n],
};

/** Deterministic random numbers (mulberry32). */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  below(count: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * count);
  }

  chance(probability: number): boolean {
    return this.below(1000) < probability * 1000;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }
}

function randomScalar(dice: Dice, type: DataType, wild: boolean): Scalar {
  if (wild && dice.chance(0.05) && SPECIAL[type.kind]) return dice.pick(SPECIAL[type.kind] as readonly Scalar[]);
  switch (type.kind) {
    case 'bool':
      return dice.chance(0.5);
    case 'float64':
      return dice.below(16) / 2 - 4;
    case 'int32':
    case 'date':
      return dice.below(20) - 10;
    default:
      return BigInt(dice.below(20) - 10);
  }
}

/** Random expressions of the kinds that have SIMD code. */
export class Expressions {
  readonly #dice: Dice;

  constructor(dice: Dice) {
    this.#dice = dice;
  }

  of(type: DataType, depth: number): BoundExpression {
    const dice = this.#dice;
    if (depth === 0 || dice.chance(0.15)) return this.#leaf(type);
    const call = (operator: Operator, ...args: BoundExpression[]): BoundExpression => ({
      kind: 'call',
      operator,
      args,
      type,
    });
    const same = () => this.of(type, depth - 1);
    if (dice.chance(0.15)) return call('case', this.of(BOOL, depth - 1), same(), same());
    if (dice.chance(0.1)) return call('coalesce', same(), same());
    switch (type.kind) {
      case 'bool':
        return this.#truth(depth, call);
      case 'float64': {
        if (dice.chance(0.2))
          return { kind: 'cast', arg: this.of(dice.pick([INT32, INT64, DECIMAL]), depth - 1), type };
        if (dice.chance(0.1)) return call('negate', same());
        return call(dice.pick(['add', 'subtract', 'multiply', 'divide'] as const), same(), same());
      }
      case 'int32':
        return call(dice.pick(['add', 'subtract', 'multiply'] as const), same(), same());
      case 'int64':
        if (dice.chance(0.3)) return { kind: 'cast', arg: this.of(INT32, depth - 1), type };
        return call(dice.pick(['add', 'subtract', 'multiply'] as const), same(), same());
      default:
        return this.#leaf(type);
    }
  }

  #leaf(type: DataType): BoundExpression {
    const dice = this.#dice;
    if (dice.chance(0.3))
      return { kind: 'literal', type, value: dice.chance(0.1) ? null : randomScalar(dice, type, true) };
    const columns = TYPES.flatMap((candidate, index) => (candidate.kind === type.kind ? [index] : []));
    const index = dice.pick(columns);
    return { kind: 'column', index, name: `c${index}`, type };
  }

  #truth(depth: number, call: (operator: Operator, ...args: BoundExpression[]) => BoundExpression): BoundExpression {
    const dice = this.#dice;
    const bool = () => this.of(BOOL, depth - 1);
    switch (dice.below(8)) {
      case 0:
        return call('and', bool(), bool(), bool());
      case 1:
        return call('or', bool(), bool());
      case 2:
        return call('not', bool());
    }
    const type = dice.pick(TYPES);
    // Columns and literals are equal now and then, which the edges of comparisons need.
    const operand = () => this.of(type, dice.chance(0.5) ? 0 : depth - 1);
    if (dice.chance(0.15)) return call(dice.pick(['is_null', 'is_not_null'] as const), operand());
    if (dice.chance(0.15)) return call('in', operand(), this.#leaf(type), this.#leaf(type));
    const operators = ['eq', 'ne', 'lt', 'le', 'gt', 'ge', 'is_distinct_from', 'is_not_distinct_from'] as const;
    return call(dice.pick(operators), operand(), operand());
  }
}

/** Rows of the columns, with a share of NULLs; some with the edges of each type. */
export function randomRows(dice: Dice, count: number): Scalar[][] {
  const nulls = dice.pick([0, 0, 0.2, 1]);
  const wild = dice.chance(0.3);
  return Array.from({ length: count }, () =>
    TYPES.map((type) => (dice.chance(nulls) ? null : randomScalar(dice, type, wild))),
  );
}
