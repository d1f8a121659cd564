import type { DataType } from '../../../query/types.ts';
import type { Column } from '../../column.ts';
import { VECTOR_SIZE } from '../../task.ts';
import { ByteTable, ONE_BYTE_TEXTS } from './byte-table.ts';
import { CodedKeys } from './coded-keys.ts';
import { DirectTable, widenRanges } from './direct-table.ts';
import type { GroupMemory } from './group-memory.ts';
import { type GroupTable, RowTable, WordTable } from './group-tables.ts';
import { KeyColumn, type KeyRange, type KeyValues } from './key-column.ts';
import type { Vector } from './vector.ts';

/**
 * Gives each row its group's number, in order of first appearance. Starts with direct indexing where the keys are bytes
 * or their ranges are small, widens them as needed, and goes over to hashing when they become too large.
 */
export class GroupKeys {
  /** Address of the current batch's group numbers, u32. */
  readonly groups: number;
  #group: GroupMemory;
  #columns: readonly KeyColumn[];
  /** Where keys come with codes, most batches need nothing else. */
  readonly #coded: CodedKeys;
  #newRows: number;
  #table: GroupTable | undefined;
  #ranges: readonly KeyRange[] | undefined;
  #capacity = 1;
  #count = 0;

  constructor(group: GroupMemory, types: readonly DataType[]) {
    this.#group = group;
    this.#coded = new CodedKeys(group);
    this.#columns = types.map((type) => new KeyColumn(group, type));
    this.groups = group.memory.allocate(4 * VECTOR_SIZE);
    this.#newRows = group.memory.allocate(4 * VECTOR_SIZE);
  }

  get count(): number {
    return this.#count;
  }

  /** Makes room for `capacity` groups. */
  reserve(capacity: number): void {
    this.#capacity = capacity;
    for (const column of this.#columns) column.reserve(capacity);
    this.#table?.reserve(capacity);
  }

  /** Assigns groups to the `count` rows of the key vectors; there must be room for as many new groups. */
  assign(vectors: readonly Vector[], count: number): void {
    const coded = this.#coded;
    if (!coded.turnTo(vectors, this.#columns.length)) {
      for (const vector of vectors) vector.codes?.load();
      this.#assignValues(vectors, count);
      return;
    }
    if (coded.find(count, this.groups)) return;
    const unknown = coded.listUnknown(count);
    this.#assignValues(coded.examples(unknown), unknown);
    coded.enter(unknown, this.groups);
    coded.find(count, this.groups);
  }

  #assignValues(vectors: readonly Vector[], count: number): void {
    const keys = this.#columns.map((column, i) => column.read(vectors[i] as Vector, count));
    const used = this.#count;
    let now = this.#table?.find(keys, count, this.groups, this.#newRows, used);
    while (now === undefined) {
      this.#openTable(keys, count);
      now = this.#table?.find(keys, count, this.groups, this.#newRows, used);
    }
    this.#count = now;
    if (now > used)
      this.#columns.forEach((column, i) => {
        column.append(keys[i] as KeyValues, this.#newRows, now - used, this.groups, used);
      });
  }

  /** The key columns of all groups. */
  columns(): Column[] {
    return this.#columns.map((column) => column.column(this.#count));
  }

  /** Forgets all groups; the areas stay for the next ones. */
  clear(): void {
    this.#coded.clear();
    this.#table?.clear();
    for (const column of this.#columns) column.clear();
    this.#count = 0;
  }

  /** As `clear`; what the table learnt of the keys' ranges is forgotten too. */
  reset(): void {
    this.#table?.close();
    this.#table = this.#ranges = undefined;
    this.clear();
  }

  /** Replaces the table by one that can hold these keys too, with all groups in it. */
  #openTable(keys: readonly KeyValues[], count: number): void {
    const isFirst = this.#table === undefined;
    this.#table?.close();
    if (isFirst && ByteTable.mayHold(this.#group, keys)) {
      this.#ranges = keys.map(() => ONE_BYTE_TEXTS);
      this.#table = new ByteTable(this.#group);
      return;
    }
    this.#ranges = isFirst || this.#ranges ? widenRanges(this.#group, keys, count, this.#ranges) : undefined;
    if (this.#ranges) {
      this.#table = new DirectTable(this.#group, this.#ranges);
      if (this.#refill()) return;
      this.#table.close();
      this.#ranges = undefined;
    }
    const isOneWord = keys.length === 1 && keys[0]?.wordCount === 1;
    this.#table = isOneWord ? new WordTable(this.#group) : new RowTable(this.#group, keys);
    this.#table.reserve(this.#capacity);
    this.#refill();
  }

  /** Enters the keys that are held: as they are distinct and come in order, they get their numbers again. */
  #refill(): boolean {
    for (let first = 0; first < this.#count; first += VECTOR_SIZE) {
      const rows = Math.min(VECTOR_SIZE, this.#count - first);
      const held = this.#columns.map((column) => column.heldFrom(first));
      if (this.#table?.find(held, rows, this.groups, this.#newRows, first) === undefined) return false;
    }
    return true;
  }
}
