import { SluiceError } from '../../query/error.ts';
import type { AggregateFunction } from '../../query/expression.ts';
import { FLOAT64, INT64 } from '../../query/types.ts';
import type { Column } from '../column.ts';
import { resized } from '../resized.ts';
import type { AggregateState, GroupNumbers } from './aggregate-state.ts';
import { fixed } from './words.ts';

/**
 * Count, mean and sum of squared differences from the mean: Welford's update; partial states merge as Chan, Golub and
 * LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances" (1979). Both as DuckDB writes
 * them.
 */
export class VarianceState implements AggregateState {
  #counts = new Float64Array(1);
  #means = new Float64Array(1);
  #squares = new Float64Array(1);

  get bytes(): number {
    return 3 * this.#counts.byteLength;
  }

  update([operand]: readonly Column[], groups: GroupNumbers, length: number): void {
    const { values, validity } = fixed(operand);
    const numbers = values as Float64Array;
    for (let row = 0; row < length; row++) {
      if (validity && validity[row] === 0) continue;
      const group = groups ? groups[row]! : 0;
      if (group >= this.#counts.length) this.#grow(group);
      const value = numbers[row]!;
      const count = this.#counts[group]! + 1;
      const mean = this.#means[group]!;
      const next = mean + (value - mean) / count;
      this.#counts[group] = count;
      this.#means[group] = next;
      this.#squares[group]! += (value - next) * (value - mean);
    }
  }

  merge([countColumn, meanColumn, squareColumn]: readonly Column[], groups: GroupNumbers, length: number): void {
    const counts = fixed(countColumn).values as BigInt64Array;
    const means = fixed(meanColumn).values as Float64Array;
    const squares = fixed(squareColumn).values as Float64Array;
    for (let row = 0; row < length; row++) {
      const added = Number(counts[row]!);
      if (added < 0) throw new SluiceError('bad-data', 'a partial state holds no count of rows');
      if (added === 0) continue;
      const group = groups ? groups[row]! : 0;
      if (group >= this.#counts.length) this.#grow(group);
      const known = this.#counts[group]!;
      if (known === 0) {
        this.#counts[group] = added;
        this.#means[group] = means[row]!;
        this.#squares[group] = squares[row]!;
        continue;
      }
      const count = known + added;
      const delta = means[row]! - this.#means[group]!;
      this.#means[group] = (added * means[row]! + known * this.#means[group]!) / count;
      this.#squares[group]! += squares[row]! + (delta * delta * added * known) / count;
      this.#counts[group] = count;
    }
  }

  partial(length: number): Column[] {
    const counts = BigInt64Array.from(resized(this.#counts, length), BigInt);
    return [
      { kind: 'fixed', type: INT64, length, values: counts },
      { kind: 'fixed', type: FLOAT64, length, values: resized(this.#means, length) },
      { kind: 'fixed', type: FLOAT64, length, values: resized(this.#squares, length) },
    ];
  }

  #grow(group: number): void {
    const length = Math.max(group + 1, 2 * this.#counts.length, 64);
    this.#counts = resized(this.#counts, length);
    this.#means = resized(this.#means, length);
    this.#squares = resized(this.#squares, length);
  }
}

/** NULL without values, and for the sample forms with one. Throws `bad-value` where the result is not finite. */
export function finishVariance(
  name: AggregateFunction,
  [countColumn, , squareColumn]: readonly Column[],
  length: number,
): Column {
  const counts = fixed(countColumn).values as BigInt64Array;
  const squares = fixed(squareColumn).values as Float64Array;
  const sample = name === 'var_samp' || name === 'stddev_samp';
  const deviation = name === 'stddev_samp' || name === 'stddev_pop';
  const values = new Float64Array(length);
  const validity = new Uint8Array(length);
  for (let row = 0; row < length; row++) {
    const count = Number(counts[row]!);
    if (count < (sample ? 2 : 1)) continue;
    validity[row] = 1;
    const variance = count === 1 ? 0 : squares[row]! / (sample ? count - 1 : count);
    const value = deviation ? Math.sqrt(variance) : variance;
    if (!Number.isFinite(value)) throw new SluiceError('bad-value', `the result of ${name} is out of range`);
    values[row] = value;
  }
  return { kind: 'fixed', type: FLOAT64, length, values, ...(validity.includes(0) && { validity }) };
}
