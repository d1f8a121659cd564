import { SluiceError } from '../../../query/error.ts';
import { INT64 } from '../../../query/types.ts';
import type { Column } from '../../column.ts';
import { VECTOR_SIZE } from '../../task.ts';
import type { AdditiveState, GroupBatch, GroupState, PartialSums } from './aggregate-state.ts';
import type { GroupMemory } from './group-memory.ts';
import { fixedColumn } from './group-values.ts';
import { GrowingArea } from './growing-area.ts';
import type { Vector } from './vector.ts';

/** Counts the rows of each group, 64 bits. */
export class RowCounts implements AdditiveState {
  readonly area: GrowingArea;
  #group: GroupMemory;

  constructor(group: GroupMemory) {
    this.#group = group;
    this.area = new GrowingArea(group.pool, 8);
  }

  reserve(capacity: number): void {
    this.area.grow(8 * capacity);
  }

  update({ groups, count, copies }: GroupBatch): void {
    const { kernels } = this.#group;
    const { address } = this.area;
    if (!copies) kernels.countRows(groups, count, address);
    else
      copies.add(
        8,
        (spread, counts) => kernels.countRows(spread, count, counts),
        (owners, counts, length) => kernels.sumWords(owners, counts, length, address),
      );
  }

  addSums({ sums, stride, copies, groups }: PartialSums): void {
    this.#group.kernels.addSumsInt64(sums, stride, copies, groups, this.area.address);
  }

  clear(): void {
    this.area.clear();
  }

  column(length: number): Column {
    return fixedColumn(this.#group.memory, INT64, this.area.address, length);
  }
}

/** Sums of counts that partial states hold, 64 bits. */
export class CountSums implements GroupState {
  readonly #area: GrowingArea;
  readonly #group: GroupMemory;
  readonly #argument: number;

  constructor(group: GroupMemory, argument: number) {
    this.#group = group;
    this.#argument = argument;
    this.#area = new GrowingArea(group.pool, 8);
  }

  reserve(capacity: number): void {
    this.#area.grow(8 * capacity);
  }

  /** Throws `bad-data` for what is no count of rows. */
  update({ groups, vectors, count }: GroupBatch): void {
    const { values } = vectors[this.#argument] as Vector;
    if (this.#group.kernels.addCounts(groups, values, count, this.#area.address))
      throw new SluiceError('bad-data', 'a partial state holds no count of rows');
  }

  clear(): void {
    this.#area.clear();
  }

  columns(length: number): Column[] {
    return [fixedColumn(this.#group.memory, INT64, this.#area.address, length)];
  }
}

/** An array of states that only exists once the operand has been NULL in some row. */
abstract class NullState implements GroupState {
  protected readonly group: GroupMemory;
  protected readonly argument: number;
  protected area: GrowingArea | undefined;
  #width: number;
  #capacity = 1;

  constructor(group: GroupMemory, argument: number, width: number) {
    this.group = group;
    this.argument = argument;
    this.#width = width;
  }

  reserve(capacity: number): void {
    this.#capacity = capacity;
    this.area?.grow(this.#width * capacity);
  }

  update(batch: GroupBatch): void {
    const vector = batch.vectors[this.argument] as Vector;
    if (!this.area && vector.hasNulls) {
      this.area = new GrowingArea(this.group.pool, this.#width * this.#capacity);
      this.start(this.area.address, batch.groupsBefore);
    }
    if (this.area) this.note(batch, vector.hasNulls ? vector.validity : 0, this.area.address);
  }

  clear(): void {
    this.area?.close();
    this.area = undefined;
  }

  /** Sets the states of the groups so far, in which the operand was never NULL. */
  protected abstract start(states: number, groups: number): void;
  protected abstract note(batch: GroupBatch, validity: number, states: number): void;
}

/** How often an operand was NULL: what a count of the operand differs by from that of the rows. */
export class NullCounts extends NullState {
  #rows: RowCounts;

  constructor(group: GroupMemory, argument: number, rows: RowCounts) {
    super(group, argument, 8);
    this.#rows = rows;
  }

  /** The number of rows where the operand is not NULL. */
  column(length: number): Column {
    const { memory, kernels, scratch } = this.group;
    const { area } = this;
    if (!area) return this.#rows.column(length);
    const values = new BigInt64Array(length);
    for (let first = 0; first < length; first += VECTOR_SIZE) {
      const count = Math.min(VECTOR_SIZE, length - first);
      kernels.subtractWords(this.#rows.area.address + 8 * first, area.address + 8 * first, count, scratch);
      values.set(memory.i64.subarray(scratch >> 3, (scratch >> 3) + count), first);
    }
    return { kind: 'fixed', type: INT64, length, values };
  }

  protected start(): void {}

  protected note({ groups, count }: GroupBatch, validity: number, states: number): void {
    if (validity !== 0) this.group.kernels.countNulls(groups, validity, count, states);
  }
}

/** Which groups have had a row where an operand is not NULL. */
export class Presence extends NullState {
  constructor(group: GroupMemory, argument: number) {
    super(group, argument, 1);
  }

  /** Validity of states over the operand; `present` groups have had a row. Undefined when all are valid. */
  validity(length: number, present: number): Uint8Array | undefined {
    const { memory } = this.group;
    if (this.area) return memory.u8.slice(this.area.address, this.area.address + length);
    return present < length ? new Uint8Array(length).fill(1, 0, present) : undefined;
  }

  protected start(states: number, groups: number): void {
    this.group.memory.u8.fill(1, states, states + groups);
  }

  protected note({ groups, count }: GroupBatch, validity: number, states: number): void {
    this.group.kernels.markSeen(groups, validity, count, states);
  }
}
