import { SluiceError } from '../../query/error.ts';
import { INT64 } from '../../query/types.ts';
import type { Column } from '../column.ts';
import { resized } from '../resized.ts';
import { type AggregateState, type GroupNumbers, groupsIn } from './aggregate-state.ts';
import { fixed, valueWords } from './words.ts';

const WORD = 2 ** 32;

/** count(*) and count(x): rows, or those where the operand is not NULL. */
export class CountState implements AggregateState {
  /** Whole numbers far below 2^53. */
  #counts = new Float64Array(1);

  get bytes(): number {
    return this.#counts.byteLength;
  }

  update([operand]: readonly Column[], groups: GroupNumbers, length: number): void {
    const validity = operand?.validity;
    if (!groups) {
      let count = length;
      if (validity) for (let row = 0; row < length; row++) if (validity[row] === 0) count--;
      this.#counts[0]! += count;
      return;
    }
    const counts = this.#reserve(groupsIn(groups, length));
    for (let row = 0; row < length; row++) if (validity?.[row] !== 0) counts[groups[row]!]! += 1;
  }

  merge([states]: readonly Column[], groups: GroupNumbers, length: number): void {
    const words = valueWords(fixed(states));
    const counts = this.#reserve(groupsIn(groups, length));
    for (let row = 0; row < length; row++) {
      const high = words[2 * row + 1]!;
      // Beyond 2^52 it is no count of rows: nothing below would be exact.
      if (high < 0 || high >= 1 << 20) throw new SluiceError('bad-data', 'a partial state holds no count of rows');
      counts[groups ? groups[row]! : 0]! += high * WORD + (words[2 * row]! >>> 0);
    }
  }

  partial(length: number): Column[] {
    const words = new Int32Array(2 * length);
    const known = Math.min(length, this.#counts.length);
    for (let group = 0; group < known; group++) {
      const count = this.#counts[group]!;
      words[2 * group] = count;
      words[2 * group + 1] = count / WORD;
    }
    return [{ kind: 'fixed', type: INT64, length, values: new BigInt64Array(words.buffer) }];
  }

  #reserve(groups: number): Float64Array {
    const { length } = this.#counts;
    if (groups > length) this.#counts = resized(this.#counts, Math.max(groups, 2 * length, 64));
    return this.#counts;
  }
}
