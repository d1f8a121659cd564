import { BOOL, type DataType } from '../../query/types.ts';
import type { Column } from '../column.ts';
import { resized } from '../resized.ts';
import type { AggregateState, GroupNumbers } from './aggregate-state.ts';
import type { GroupValues } from './group-values.ts';
import { openGroupValues } from './open-group-values.ts';
import { fixed } from './words.ts';

/**
 * first and last: the value of the first or last row, also NULL. A second operand says which rows take part; in a
 * partial state it says whether a row was seen, so that merging is the same as updating.
 */
export class FirstState implements AggregateState {
  readonly #last: boolean;
  readonly #values: GroupValues;
  #seen = new Uint8Array(1);

  constructor(type: DataType, which: 'first' | 'last') {
    this.#last = which === 'last';
    this.#values = openGroupValues(type);
  }

  get bytes(): number {
    return this.#values.bytes + this.#seen.byteLength;
  }

  update([value, takesPart]: readonly Column[], groups: GroupNumbers, length: number): void {
    this.#values.read(value!);
    const flags = takesPart && fixed(takesPart).values;
    for (let row = 0; row < length; row++) {
      if (takesPart && (flags?.[row] === 0 || takesPart.validity?.[row] === 0)) continue;
      const group = groups ? groups[row]! : 0;
      if (group >= this.#seen.length) this.#seen = resized(this.#seen, Math.max(group + 1, 2 * this.#seen.length, 64));
      if (this.#seen[group] && !this.#last) continue;
      this.#seen[group] = 1;
      this.#values.put(group, row);
    }
  }

  merge(states: readonly Column[], groups: GroupNumbers, length: number): void {
    this.update(states, groups, length);
  }

  partial(length: number): Column[] {
    const seen: Column = { kind: 'fixed', type: BOOL, length, values: resized(this.#seen, length) };
    return [this.#values.column(length), seen];
  }
}

/** any_value: the first value that is not NULL. */
export class AnyValueState implements AggregateState {
  readonly #values: GroupValues;

  constructor(type: DataType) {
    this.#values = openGroupValues(type);
  }

  get bytes(): number {
    return this.#values.bytes;
  }

  update([operand]: readonly Column[], groups: GroupNumbers, length: number): void {
    const values = this.#values;
    const validity = operand!.validity;
    values.read(operand!);
    for (let row = 0; row < length; row++) {
      if (validity && validity[row] === 0) continue;
      const group = groups ? groups[row]! : 0;
      if (!values.has(group)) values.put(group, row);
    }
  }

  merge(states: readonly Column[], groups: GroupNumbers, length: number): void {
    this.update(states, groups, length);
  }

  partial(length: number): Column[] {
    return [this.#values.column(length)];
  }
}
