import type { BoundAggregate } from '../../../query/expression.ts';
import type { Column } from '../../column.ts';
import type { AggregateState } from '../../operators/aggregate-state.ts';
import { openAggregate } from '../../operators/aggregates.ts';
import { VECTOR_SIZE } from '../../task.ts';
import type { GroupBatch, GroupState } from './aggregate-state.ts';
import type { GroupMemory } from './group-memory.ts';
import { fixedColumn } from './group-values.ts';
import type { Vector } from './vector.ts';

/** An aggregate without a kernel: JavaScript folds the vectors, looked at as columns, into states of its own. */
export class HostState implements GroupState {
  #group: GroupMemory;
  #aggregate: BoundAggregate;
  #arguments: readonly number[];
  #state: AggregateState;

  constructor(group: GroupMemory, aggregate: BoundAggregate, args: readonly number[]) {
    this.#group = group;
    this.#aggregate = aggregate;
    this.#arguments = args;
    this.#state = openAggregate(aggregate);
  }

  get bytes(): number {
    return this.#state.bytes;
  }

  reserve(): void {}

  update({ groups, vectors, count }: GroupBatch): void {
    const { memory } = this.#group;
    const mark = memory.mark();
    const args = this.#arguments.map((argument) => this.#columnOf(vectors[argument] as Vector, count));
    const numbers = memory.u32.subarray(groups >> 2, (groups >> 2) + count);
    this.#state.update(args, numbers, count);
    memory.release(mark);
  }

  clear(): void {
    this.#state = openAggregate(this.#aggregate);
  }

  columns(length: number): Column[] {
    return this.#state.partial(length);
  }

  #columnOf({ type, values, validity, hasNulls }: Vector, length: number): Column {
    const { memory, kernels } = this.#group;
    const nulls = hasNulls ? { validity: memory.u8.slice(validity, validity + length) } : {};
    if (type.kind !== 'utf8') return { ...fixedColumn(memory, type, values, length), ...nulls };
    const lengths = values + 4 * VECTOR_SIZE;
    const ends = memory.allocate(4 * VECTOR_SIZE);
    const bytes = Number(kernels.totalLength(lengths, length));
    const text = memory.allocate(bytes);
    kernels.concatenateUtf8(values, lengths, length, text, ends);
    const offsets = new Int32Array(length + 1);
    offsets.set(memory.i32.subarray(ends >> 2, (ends >> 2) + length), 1);
    return { kind: 'utf8', type, length, offsets, bytes: memory.u8.slice(text, text + bytes), ...nulls };
  }
}
