import type { Kernels } from './kernels.ts';
import type { EngineMemory } from './memory.ts';

/** Bytes of an element that holds a code. */
export type CodeWidth = 1 | 2 | 4;

const STATE_WORDS = 7;
const TABLE_BYTES = 128;
/** Beyond it codes are unpacked one by one, without a table. */
const WIDEST_TABLE = 24;

/** How kernels unpack codes, by their bits. */
export class UnpackTables {
  readonly #address: number;

  constructor(memory: EngineMemory) {
    this.#address = memory.allocate(TABLE_BYTES * (WIDEST_TABLE + 1));
    for (let width = 1; width <= WIDEST_TABLE; width++) memory.u8.set(unpackTable(width), this.of(width));
  }

  /** Address of the table for codes of `width` bits. */
  of(width: number): number {
    return this.#address + TABLE_BYTES * Math.min(width, WIDEST_TABLE);
  }
}

/**
 * Eight packed codes take `width` bytes. To unpack them, bytes are shuffled so that each code lies within a lane of 16 or
 * 32 bits, and multiplied so that its highest bit becomes the lane's; what is below is shifted out. The table holds
 * shuffle and factors for eight lanes of 16 bits, for the first four and the last four codes in lanes of 32, and
 * whether 16 bits suffice.
 */
function unpackTable(width: number): Uint8Array {
  const table = new Uint8Array(TABLE_BYTES);
  const words = new DataView(table.buffer);
  let suffices = 1;
  for (let i = 0; i < 8; i++) {
    const bit = i * width;
    const shift = 16 - width - (bit & 7);
    if (shift < 0) suffices = 0;
    table[2 * i] = bit >> 3;
    table[2 * i + 1] = (bit >> 3) + 1;
    words.setUint16(16 + 2 * i, shift < 0 ? 0 : 1 << shift, true);
  }
  for (let i = 0; i < 8; i++) {
    const half = i < 4 ? 0 : 32;
    // The last four codes begin at a whole byte or in its middle.
    const bit = i < 4 ? i * width : ((4 * width) & 7) + (i - 4) * width;
    for (let byte = 0; byte < 4; byte++) table[32 + half + 4 * (i & 3) + byte] = (bit >> 3) + byte;
    words.setUint32(48 + half + 4 * (i & 3), 2 ** (32 - width - (bit & 7)), true);
  }
  table[96] = suffices;
  return table;
}

/** Reads codes of dictionaries or levels one after the other (see engine/kernels/parquet-codes.ts). */
export class CodeReader {
  /** Bits of a code. */
  width = 0;
  /** Codes of so many bits are below it. */
  limit = 1;
  readonly #memory: EngineMemory;
  readonly #kernels: Kernels;
  readonly #tables: UnpackTables;
  readonly #state: number;
  /** By bytes of an element. */
  readonly #reads: Readonly<Record<CodeWidth, (state: number, count: number, out: number) => number>>;

  constructor(memory: EngineMemory, kernels: Kernels, tables: UnpackTables) {
    this.#memory = memory;
    this.#kernels = kernels;
    this.#tables = tables;
    this.#state = memory.allocate(4 * STATE_WORDS);
    this.#reads = { 1: kernels.readCodes1, 2: kernels.readCodes2, 4: kernels.readCodes4 };
  }

  /** Turns to the codes of `width` bits, at most 32, whose runs are the bytes [start, end). */
  open(width: number, start: number, end: number): void {
    this.width = width;
    this.limit = 2 ** width;
    this.#memory.u32.set([start, end, width, this.#tables.of(width), 0, 0, 0], this.#state >> 2);
  }

  /** Writes the next `count` codes, and up to 32 bytes behind them. False: there are fewer, or one is too large. */
  read(elements: CodeWidth, count: number, out: number): boolean {
    return this.#reads[elements](this.#state, count, out) !== 0;
  }

  /** Reads the codes of `rows` rows as the kernel `narrowPacked` does; below 0 where there are fewer, or other ones. */
  narrow(rows: number, picks: number, count: number, table: number, size: number): number {
    return this.#kernels.narrowPacked(this.#state, rows, picks, count, table, size);
  }

  /** Passes over `count` codes; false: there are fewer. */
  skip(count: number): boolean {
    return this.#kernels.skipCodes(this.#state, count) !== 0;
  }

  /** Where the reader is, to be returned to. */
  place(): Uint32Array {
    return this.#memory.u32.slice(this.#state >> 2, (this.#state >> 2) + STATE_WORDS);
  }

  returnTo(place: Uint32Array): void {
    this.#memory.u32.set(place, this.#state >> 2);
  }

  /** The one code, below 2^31, that the next `count` have because they lie in one run; undefined where they do not. */
  same(count: number): number | undefined {
    const code = this.#kernels.sameCode(this.#state, count);
    return code < 0 ? undefined : code;
  }
}
