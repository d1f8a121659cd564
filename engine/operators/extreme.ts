import type { DataType } from '../../query/types.ts';
import type { Column } from '../column.ts';
import type { AggregateState, GroupNumbers } from './aggregate-state.ts';
import type { GroupValues } from './group-values.ts';
import { openGroupValues } from './open-group-values.ts';

/**
 * min (sign -1) and max (sign 1), bool_and and bool_or: the first of the least or greatest values that are not NULL.
 */
export class ExtremeState implements AggregateState {
  readonly #sign: -1 | 1;
  readonly #values: GroupValues;

  constructor(type: DataType, sign: -1 | 1) {
    this.#sign = sign;
    this.#values = openGroupValues(type);
  }

  get bytes(): number {
    return this.#values.bytes;
  }

  update([operand]: readonly Column[], groups: GroupNumbers, length: number): void {
    this.#values.keepExtremes(operand!, groups, length, this.#sign);
  }

  merge(states: readonly Column[], groups: GroupNumbers, length: number): void {
    this.update(states, groups, length);
  }

  partial(length: number): Column[] {
    return [this.#values.column(length)];
  }
}

/**
 * arg_min and arg_max: the value of the first row with the least or greatest key; rows with a NULL in either do not
 * count.
 */
export class ArgExtremeState implements AggregateState {
  readonly #sign: -1 | 1;
  readonly #values: GroupValues;
  readonly #keys: GroupValues;

  constructor(valueType: DataType, keyType: DataType, sign: -1 | 1) {
    this.#sign = sign;
    this.#values = openGroupValues(valueType);
    this.#keys = openGroupValues(keyType);
  }

  get bytes(): number {
    return this.#values.bytes + this.#keys.bytes;
  }

  update([value, key]: readonly Column[], groups: GroupNumbers, length: number): void {
    const keys = this.#keys;
    keys.read(key!);
    this.#values.read(value!);
    for (let row = 0; row < length; row++) {
      if (value!.validity?.[row] === 0 || key!.validity?.[row] === 0) continue;
      const group = groups ? groups[row]! : 0;
      if (keys.has(group) && this.#sign * keys.compare(row, group) <= 0) continue;
      keys.put(group, row);
      this.#values.put(group, row);
    }
  }

  merge(states: readonly Column[], groups: GroupNumbers, length: number): void {
    this.update(states, groups, length);
  }

  partial(length: number): Column[] {
    return [this.#values.column(length), this.#keys.column(length)];
  }
}
