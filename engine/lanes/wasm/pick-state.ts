import { BOOL, type DataType } from '../../../query/types.ts';
import { type Column, isWide } from '../../column.ts';
import type { GroupBatch, GroupState } from './aggregate-state.ts';
import { nameOf } from './extreme-state.ts';
import type { GroupMemory } from './group-memory.ts';
import { GroupValues } from './group-values.ts';
import { GrowingArea } from './growing-area.ts';
import type { Vector } from './vector.ts';

/** Aggregates that keep the value of one row a group. */
abstract class PickState implements GroupState {
  protected readonly group: GroupMemory;
  /** What says of each group whether it has a row by now. */
  protected readonly seen: GrowingArea;
  readonly #seenWidth: number;
  readonly #argument: number;
  readonly #values: GroupValues;

  constructor(group: GroupMemory, argument: number, type: DataType, seenWidth: number) {
    this.group = group;
    this.#argument = argument;
    this.#values = new GroupValues(group, type);
    this.#seenWidth = seenWidth;
    this.seen = new GrowingArea(group.pool, seenWidth);
  }

  reserve(capacity: number): void {
    this.#values.reserve(capacity);
    this.seen.grow(this.#seenWidth * capacity);
  }

  update(batch: GroupBatch): void {
    const value = batch.vectors[this.#argument] as Vector;
    const picked = this.pick(batch, value);
    if (picked > 0) this.keep(batch, value, picked);
  }

  clear(): void {
    this.#values.clear();
    this.seen.clear();
  }

  abstract columns(length: number): Column[];

  /** Lists the rows to keep at the group memory's picks. */
  protected abstract pick(batch: GroupBatch, value: Vector): number;

  protected keep({ groups }: GroupBatch, value: Vector, picked: number): void {
    this.#values.scatter(value, this.group.picks, picked, groups);
  }

  protected valueColumn(length: number, validity: Uint8Array): Column {
    return this.#values.column(length, validity);
  }

  protected bytesOf({ address }: GrowingArea, length: number): Uint8Array<ArrayBuffer> {
    return this.group.memory.u8.slice(address, address + length);
  }
}

/** any_value: the first that is not NULL. */
export class AnyValueState extends PickState {
  constructor(group: GroupMemory, argument: number, type: DataType) {
    super(group, argument, type, 1);
  }

  columns(length: number): Column[] {
    return [this.valueColumn(length, this.bytesOf(this.seen, length))];
  }

  protected pick({ groups, count }: GroupBatch, value: Vector): number {
    const { kernels, picks } = this.group;
    return kernels.pickFirst(groups, value.hasNulls ? value.validity : 0, count, this.seen.address, picks);
  }
}

/** first and last, where NULL is a value; an operand of type bool may say which rows take part. */
export class EndState extends PickState {
  #isLast: boolean;
  #takesPart: number | undefined;
  #validity: GrowingArea;
  #batches = 0;

  constructor(
    group: GroupMemory,
    argument: number,
    type: DataType,
    end: 'first' | 'last',
    takesPart: number | undefined,
  ) {
    super(group, argument, type, end === 'last' ? 4 : 1);
    this.#isLast = end === 'last';
    this.#takesPart = takesPart;
    this.#validity = new GrowingArea(group.pool, 1);
  }

  override reserve(capacity: number): void {
    super.reserve(capacity);
    this.#validity.grow(capacity);
  }

  override clear(): void {
    super.clear();
    this.#validity.clear();
    this.#batches = 0;
  }

  columns(length: number): Column[] {
    const value = this.valueColumn(length, this.bytesOf(this.#validity, length));
    return [value, { kind: 'fixed', type: BOOL, length, values: this.#seenBytes(length) }];
  }

  protected pick({ groups, vectors, count }: GroupBatch): number {
    const { kernels, picks, mask } = this.group;
    const takesPart = this.#takesPart === undefined ? undefined : (vectors[this.#takesPart] as Vector);
    if (takesPart) kernels.bothBytes(takesPart.values, takesPart.hasNulls ? takesPart.validity : 0, count, mask);
    const taking = takesPart ? mask : 0;
    // Stamps do not wrap: a grouping is flushed before it has taken 2^32 rows.
    if (this.#isLast) return kernels.pickLast(groups, taking, count, this.seen.address, ++this.#batches, picks);
    return kernels.pickFirst(groups, taking, count, this.seen.address, picks);
  }

  protected override keep(batch: GroupBatch, value: Vector, picked: number): void {
    const { memory, kernels, picks, mask } = this.group;
    super.keep(batch, value, picked);
    if (!value.hasNulls) memory.u8.fill(1, mask, mask + batch.count);
    kernels.scatter1(value.hasNulls ? value.validity : mask, picks, picked, batch.groups, this.#validity.address);
  }

  #seenBytes(length: number): Uint8Array<ArrayBuffer> {
    if (!this.#isLast) return this.bytesOf(this.seen, length);
    const at = this.seen.address >> 2;
    return Uint8Array.from(this.group.memory.u32.subarray(at, at + length), (stamp) => Math.min(stamp, 1));
  }
}

/** Whether `ArgExtremeState` can compare keys of the type. */
export function isExtremeKey(type: DataType): boolean {
  return type.kind !== 'utf8' && !isWide(type);
}

/** arg_min and arg_max: the value of the first row with the least or greatest key; neither may be NULL. */
export class ArgExtremeState extends PickState {
  #key: number;
  #keys: GroupValues;
  #sign: 1 | -1;

  constructor(
    group: GroupMemory,
    argument: number,
    type: DataType,
    key: number,
    keyType: DataType,
    extreme: 'least' | 'greatest',
  ) {
    super(group, argument, type, 1);
    this.#key = key;
    this.#keys = new GroupValues(group, keyType);
    this.#sign = extreme === 'least' ? 1 : -1;
  }

  override reserve(capacity: number): void {
    super.reserve(capacity);
    this.#keys.reserve(capacity);
  }

  columns(length: number): Column[] {
    const validity = this.bytesOf(this.seen, length);
    return [this.valueColumn(length, validity), this.#keys.column(length, validity)];
  }

  protected pick({ groups, vectors, count }: GroupBatch, value: Vector): number {
    const { kernels, mask, picks } = this.group;
    const key = vectors[this.#key] as Vector;
    const masks = [value, key].flatMap((vector) => (vector.hasNulls ? [vector.validity] : []));
    const [first = 0, second = 0] = masks;
    if (second !== 0) kernels.bothBytes(first, second, count, mask);
    const pick = kernels[`pickExtreme${nameOf(key.type) as 'Int64'}`];
    const { address } = this.#keys.area;
    return pick(groups, key.values, second !== 0 ? mask : first, count, this.seen.address, address, this.#sign, picks);
  }
}
