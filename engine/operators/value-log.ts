import type { DataType } from '../../query/types.ts';
import type { Column } from '../column.ts';
import { resized } from '../resized.ts';
import type { GroupNumbers } from './aggregate-state.ts';
import { type ColumnBuilder, openColumnBuilder } from './column-builder.ts';
import { type GroupOrder, orderByGroup } from './group-order.ts';

/**
 * The values of all groups, one behind the other as they came, and the group of each: compact for any number of groups.
 */
export class ValueLog {
  readonly values: ColumnBuilder;
  #groups = new Int32Array(64);

  constructor(type: DataType) {
    this.values = openColumnBuilder(type);
  }

  get bytes(): number {
    return this.values.bytes + this.#groups.byteLength;
  }

  /** Appends the values that are not NULL. */
  append(column: Column, groups: GroupNumbers, length: number): void {
    const { validity } = column;
    for (let row = 0; row < length; row++) {
      if (validity && validity[row] === 0) continue;
      this.values.append(column, row);
      this.#mark(groups ? groups[row]! : 0);
    }
  }

  /** Appends the value that stands at `at` in a state of `group`, see `ColumnBuilder.decode`. */
  decode(group: number, view: DataView, at: number, end: number): number {
    const next = this.values.decode(view, at, end);
    this.#mark(group);
    return next;
  }

  /** Positions of the values of groups 0 .. length - 1. */
  byGroup(length: number): GroupOrder {
    return orderByGroup(this.#groups, this.values.length, length);
  }

  /** The group of the value just appended. */
  #mark(group: number): void {
    const last = this.values.length - 1;
    if (last >= this.#groups.length) this.#groups = resized(this.#groups, 2 * this.#groups.length);
    this.#groups[last] = group;
  }
}
