import { FLOAT64, INT64 } from '../../../query/types.ts';
import type { Column } from '../../column.ts';
import type { GroupBatch, GroupState } from './aggregate-state.ts';
import type { GroupMemory } from './group-memory.ts';
import { GrowingArea } from './growing-area.ts';
import type { Vector } from './vector.ts';

const STATE_BYTES = 24;

/** Count, mean and sum of squared differences of one float64 operand, by Welford's method. */
export class VarianceState implements GroupState {
  #group: GroupMemory;
  #argument: number;
  #area: GrowingArea;

  constructor(group: GroupMemory, argument: number) {
    this.#group = group;
    this.#argument = argument;
    this.#area = new GrowingArea(group.pool, STATE_BYTES);
  }

  reserve(capacity: number): void {
    this.#area.grow(STATE_BYTES * capacity);
  }

  update({ groups, vectors, count }: GroupBatch): void {
    const { values, validity, hasNulls } = vectors[this.#argument] as Vector;
    this.#group.kernels.variance(groups, values, hasNulls ? validity : 0, count, this.#area.address);
  }

  clear(): void {
    this.#area.clear();
  }

  columns(length: number): Column[] {
    const start = this.#area.address / 8;
    const states = this.#group.memory.f64.subarray(start, start + 3 * length);
    const counts = new Uint32Array(2 * length);
    const means = new Float64Array(length);
    const squares = new Float64Array(length);
    for (let group = 0; group < length; group++) {
      const count = states[3 * group] as number;
      counts[2 * group] = count;
      counts[2 * group + 1] = count / 2 ** 32;
      means[group] = states[3 * group + 1] as number;
      squares[group] = states[3 * group + 2] as number;
    }
    return [
      { kind: 'fixed', type: INT64, length, values: new BigInt64Array(counts.buffer) },
      { kind: 'fixed', type: FLOAT64, length, values: means },
      { kind: 'fixed', type: FLOAT64, length, values: squares },
    ];
  }
}
