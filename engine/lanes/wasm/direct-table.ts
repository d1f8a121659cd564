import { VECTOR_SIZE } from '../../task.ts';
import type { GroupMemory } from './group-memory.ts';
import type { GroupTable } from './group-tables.ts';
import { GrowingArea } from './growing-area.ts';
import type { KeyRange, KeyValues } from './key-column.ts';

/** Cells a direct table has at most: beyond, clearing them would cost more than hashing. */
const MAXIMUM_CELLS = 1 << 21;
/** The codes of one batch. */
const CODE_BYTES = 4 * VECTOR_SIZE;

/** Keys within small ranges: an array of groups, indexed by the keys' distances from their ranges' bases. */
export class DirectTable implements GroupTable {
  #group: GroupMemory;
  #ranges: readonly KeyRange[];
  #cells: GrowingArea;
  #codes: number;

  constructor(group: GroupMemory, ranges: readonly KeyRange[]) {
    this.#group = group;
    this.#ranges = ranges;
    this.#cells = new GrowingArea(group.pool, 4 * cellsOf(ranges));
    this.#codes = group.pool.take(CODE_BYTES);
  }

  reserve(): void {}

  find(keys: readonly KeyValues[], count: number, groups: number, newRows: number, used: number): number | undefined {
    const { memory, kernels } = this.#group;
    memory.u8.fill(0, this.#codes, this.#codes + 4 * count);
    let stride = 1;
    for (let i = 0; i < keys.length; i++) {
      const range = this.#ranges[i]!;
      if (!keys[i]!.addCodes(range, count, stride, this.#codes)) return undefined;
      stride *= range.size + 1;
    }
    return kernels.findByCode(this.#codes, count, this.#cells.address, groups, newRows, used);
  }

  clear(): void {
    this.#cells.clear();
  }

  close(): void {
    this.#cells.close();
    this.#group.pool.giveBack(this.#codes, CODE_BYTES);
  }
}

/** NULL has a code of its own in each column. */
function cellsOf(ranges: readonly KeyRange[]): number {
  return ranges.reduce((cells, { size }) => cells * (size + 1), 1);
}

const LEAST_INT64 = -(1n << 63n);
const GREATEST_INT64 = (1n << 63n) - 1n;

/** The base, moved so far that the range from it on does not reach beyond the 64-bit integers. */
function withinInt64(base: bigint, size: number): bigint {
  const last = GREATEST_INT64 - BigInt(size - 1);
  return base < LEAST_INT64 ? LEAST_INT64 : base > last ? last : base;
}

/**
 * Ranges that hold the values of `count` rows and those of the ranges before, if there are any: at least twice as large
 * where they must be larger, so that few steps lead to the largest. Undefined when a table would become too large.
 */
export function widenRanges(
  group: GroupMemory,
  keys: readonly KeyValues[],
  count: number,
  before: readonly KeyRange[] | undefined,
): readonly KeyRange[] | undefined {
  const { memory, kernels, scratch } = group;
  const ranges: KeyRange[] = [];
  for (const [i, key] of keys.entries()) {
    const { address, validity, codeWidth } = key;
    if (codeWidth === undefined) return undefined;
    const known = before?.[i];
    const word = scratch >> 3;
    memory.i64[word] = known ? known.base : GREATEST_INT64;
    memory.i64[word + 1] = known ? known.base + BigInt(known.size - 1) : LEAST_INT64;
    kernels[`extendRange${codeWidth}`](address, validity, count, scratch);
    const least = memory.i64[word] as bigint;
    const greatest = memory.i64[word + 1] as bigint;
    const span = greatest - least + 1n;
    if (span > MAXIMUM_CELLS) return undefined;
    if (known && Number(span) === known.size) ranges.push(known);
    else if (span <= 0n) ranges.push({ base: 0n, size: 1 });
    else {
      const size = Math.max(16, 2 ** Math.ceil(Math.log2(Number(span))));
      const spare = BigInt(size) - span;
      const below =
        known && least === known.base ? 0n : known && greatest < known.base + BigInt(known.size) ? spare : spare / 2n;
      ranges.push({ base: withinInt64(least - below, size), size });
    }
  }
  return cellsOf(ranges) <= MAXIMUM_CELLS ? ranges : undefined;
}
