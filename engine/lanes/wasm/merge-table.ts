import type { BoundOutput } from '../../../query/fragment.ts';
import { partialSchema } from '../../../query/partial-states.ts';
import type { Schema } from '../../../query/types.ts';
import type { Batch } from '../../column.ts';
import { VECTOR_SIZE } from '../../task.ts';
import { ColumnLoader } from './column-loader.ts';
import { GroupKeys } from './group-keys.ts';
import { GroupMemory } from './group-memory.ts';
import type { EngineMemory } from './memory.ts';
import { MergeMemory } from './merge-memory.ts';
import { MergeStates } from './merge-states.ts';
import { allocateVector, type Vector } from './vector.ts';

/**
 * Merges batches of partial groups in a linear memory of its own, with the kernels that made the groups. Groups keep the
 * order of first appearance, states merge in the order of batches. Without keys there is one group.
 */
export class MergeTable {
  readonly #schema: Schema;
  readonly #room = MergeMemory.take();
  readonly #memory: EngineMemory = this.#room.memory;
  readonly #group: GroupMemory;
  readonly #keys: GroupKeys | undefined;
  readonly #states: MergeStates;
  /** One a column of the partial schema; what no kernel reads is never loaded. */
  readonly #vectors: readonly Vector[];
  readonly #loaded: readonly number[];
  readonly #loader: ColumnLoader;
  /** Group numbers of rows that all belong to group 0. */
  readonly #zeros: number;
  #capacity: number;
  #rows = 0;

  constructor(output: Extract<BoundOutput, { kind: 'groups' }>) {
    const { memory, kernels } = this.#room;
    const keys = output.keys.length;
    this.#schema = partialSchema(output);
    this.#group = new GroupMemory(memory, kernels);
    this.#states = new MergeStates(this.#group, output.aggregates, keys);
    this.#vectors = this.#schema.map(({ type }) => allocateVector(memory, type));
    this.#loaded = [...output.keys.keys(), ...this.#states.kernelColumns];
    this.#loader = new ColumnLoader(memory, kernels, new Map());
    const types = output.keys.map(({ expression }) => expression.type);
    this.#keys = keys > 0 ? new GroupKeys(this.#group, types) : undefined;
    this.#zeros = memory.allocateCleared(4 * VECTOR_SIZE);
    this.#capacity = keys > 0 ? 2 * VECTOR_SIZE : 1;
    this.#grow(this.#capacity);
  }

  /** Groups that have had a row. */
  get count(): number {
    return this.#keys?.count ?? Math.min(1, this.#rows);
  }

  /** Memory that the groups take; what is there for more of them does not count. */
  get bytes(): number {
    return (this.#group.pool.bytes * this.count) / this.#capacity + this.#states.hostBytes;
  }

  /** Memory for `rows` more groups than there are, with what stays free of it. */
  bytesWith(rows: number): number {
    const growth = this.#keys ? 2 ** Math.max(0, Math.ceil(Math.log2((this.count + rows) / this.#capacity))) : 1;
    return this.#group.pool.bytes * growth + this.#states.hostBytes;
  }

  /** Makes room for so many groups. */
  reserve(groups: number): void {
    if (this.#keys && groups > this.#capacity) this.#grow(groups);
  }

  /**
   * Throws `bad-value` when a sum leaves its type or the memory its bound, `bad-data` for a state that nobody can have
   * written.
   */
  add(batch: Batch): void {
    this.#loader.replace(new Map(this.#loaded.map((index) => [index, batch.columns[index]!])));
    const numbers = this.#keys && this.#states.needsHost ? new Uint32Array(batch.length) : undefined;
    for (let first = 0; first < batch.length; first += VECTOR_SIZE) {
      const count = Math.min(VECTOR_SIZE, batch.length - first);
      const groups = this.#merge(first, count);
      numbers?.set(this.#memory.u32.subarray(groups >> 2, (groups >> 2) + count), first);
    }
    this.#states.mergeOnHost(batch, numbers);
  }

  /** All groups, with the output's partial schema. */
  finish(): Batch {
    const { count } = this;
    const length = this.#keys ? count : 1;
    const columns = [...(this.#keys?.columns() ?? []), ...this.#states.columns(length, count)];
    return { schema: this.#schema, length, columns };
  }

  /** Forgets all groups; the memory stays for the next ones. */
  clear(): void {
    this.#keys?.clear();
    this.#states.clear();
    this.#rows = 0;
  }

  /** Gives its memory back, for other tables. It must not be used any more. */
  close(): void {
    this.#room.giveBack();
  }

  /** Merges `count` rows from `first` on; gives the address of their group numbers. */
  #merge(first: number, count: number): number {
    const vectors = this.#vectors;
    const groupsBefore = this.count;
    if (this.#keys && groupsBefore + count > this.#capacity) this.#grow(2 * this.#capacity);
    this.#loader.begin(first, count);
    for (const index of this.#loaded) this.#loader.load(index, vectors[index]!, 0, count);
    this.#keys?.assign(vectors, count);
    const groups = this.#keys?.groups ?? this.#zeros;
    this.#states.update({ count, groups, groupsBefore, vectors, copies: undefined });
    this.#rows += count;
    return groups;
  }

  #grow(capacity: number): void {
    this.#capacity = capacity;
    this.#keys?.reserve(capacity);
    this.#states.reserve(capacity);
  }
}
