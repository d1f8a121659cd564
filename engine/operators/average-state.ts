import { type DataType, FLOAT64, TIMESTAMP } from '../../query/types.ts';
import { type Column, isWide } from '../column.ts';
import { wideAt } from '../scalars.ts';
import type { AggregateState, GroupNumbers } from './aggregate-state.ts';
import { exactAverage, quickAverage } from './average.ts';
import { CountState } from './count.ts';
import { openSum } from './sum.ts';
import { fixed, valueWords, wholeAt } from './words.ts';

/** avg(x): a sum and a count. */
export class AverageState implements AggregateState {
  readonly #sum: AggregateState;
  readonly #count = new CountState();

  constructor(name: string, sumType: DataType) {
    this.#sum = openSum(name, sumType);
  }

  get bytes(): number {
    return this.#sum.bytes + this.#count.bytes;
  }

  update(args: readonly Column[], groups: GroupNumbers, length: number): void {
    this.#sum.update(args, groups, length);
    this.#count.update(args, groups, length);
  }

  merge([sums, counts]: readonly Column[], groups: GroupNumbers, length: number): void {
    this.#sum.merge([sums!], groups, length);
    this.#count.merge([counts!], groups, length);
  }

  partial(length: number): Column[] {
    return [...this.#sum.partial(length), ...this.#count.partial(length)];
  }
}

/** Sums over counts, as DuckDB rounds them; `scale` is the operand's. NULL for no values. */
export function finishAverage([sumColumn, countColumn]: readonly Column[], length: number, scale: number): Column {
  const sums = fixed(sumColumn);
  const counts = fixed(countColumn);
  const countWords = valueWords(counts);
  const sumWords = isWide(sums.type) ? valueWords(sums) : undefined;
  const unit = 10 ** scale;
  const values = new Float64Array(length);
  const validity = new Uint8Array(length);
  for (let row = 0; row < length; row++) {
    const count = wholeAt(countWords, row, 2);
    if (count === 0) continue;
    validity[row] = 1;
    values[row] = sumWords
      ? (quickAverage(wholeAt(sumWords, row, 4), count * unit) ??
        exactAverage(wideAt(sums.values as BigInt64Array, row), (counts.values as BigInt64Array)[row]!, scale))
      : (sums.values[row] as number) / count;
  }
  return { kind: 'fixed', type: FLOAT64, length, values, ...(validity.includes(0) && { validity }) };
}

/** The mean moment, to the nearest µs; halves go towards 1970, as in DuckDB. NULL for no values. */
export function finishMeanTimestamp([sumColumn, countColumn]: readonly Column[], length: number): Column {
  const sums = fixed(sumColumn).values as BigInt64Array;
  const counts = fixed(countColumn).values as BigInt64Array;
  const values = new BigInt64Array(length);
  const validity = new Uint8Array(length);
  for (let row = 0; row < length; row++) {
    const count = counts[row]!;
    if (count === 0n) continue;
    validity[row] = 1;
    const sum = wideAt(sums, row);
    const magnitude = ((sum < 0n ? -sum : sum) * 2n + count - 1n) / (2n * count);
    values[row] = sum < 0n ? -magnitude : magnitude;
  }
  return { kind: 'fixed', type: TIMESTAMP, length, values, ...(validity.includes(0) && { validity }) };
}
