import type { GroupMemory } from './group-memory.ts';
import type { GroupTable } from './group-tables.ts';
import { GrowingArea } from './growing-area.ts';
import type { KeyRange, KeyValues } from './key-column.ts';

/** Words of texts of one byte; see `shortTextWord` in engine/kernels. */
export const ONE_BYTE_TEXTS: KeyRange = { base: 256n, size: 256 };

/** Keys of one or two texts of one byte each, as flags are, for up to 255 groups: an array, indexed by those bytes. */
export class ByteTable implements GroupTable {
  #group: GroupMemory;
  #cells: GrowingArea;

  /** Whether it is worth trying, by the first row of a batch. */
  static mayHold({ memory }: GroupMemory, keys: readonly KeyValues[]): boolean {
    const isByte = ({ texts, validity }: KeyValues) => texts && validity === 0 && memory.u32[texts.lengths >> 2] === 1;
    return keys.length <= 2 && keys.every(isByte);
  }

  constructor(group: GroupMemory) {
    this.#group = group;
    this.#cells = new GrowingArea(group.pool, 1 << 16);
  }

  reserve(): void {}

  find(keys: readonly KeyValues[], count: number, groups: number, newRows: number, used: number): number | undefined {
    const [first, second = first] = keys;
    if (!first?.texts || !second?.texts || first.validity !== 0 || second.validity !== 0) return undefined;
    const { starts: a, lengths: aLengths } = first.texts;
    const { starts: b, lengths: bLengths } = second.texts;
    const { findByBytes } = this.#group.kernels;
    const now = findByBytes(a, aLengths, b, bLengths, count, this.#cells.address, groups, newRows, used);
    return now < 0 ? undefined : now;
  }

  clear(): void {
    this.#cells.clear();
  }

  close(): void {
    this.#cells.close();
  }
}
