import { SluiceError } from '../../../query/error.ts';
import { badRow } from '../../formats/csv/row-errors.ts';
import { JsonScanner, JsonSyntaxError, type JsonToken, unescapeJson } from '../../formats/ndjson/json-scanner.ts';
import { LONGEST_LINE, lineTooLong } from '../../formats/ndjson/line-reader.ts';
import { type NdjsonPath, pathTree } from '../../formats/ndjson/paths.ts';
import { type ByteSource, type TaskPart, VECTOR_SIZE } from '../../task.ts';
import type { LocatedFields } from './field-parser.ts';
import { QUOTED } from './field-vectors.ts';
import type { Kernels } from './kernels.ts';
import type { EngineMemory } from './memory.ts';
import { NdjsonShape } from './ndjson-shape.ts';

const READ_BYTES = 1 << 20;
/** Bytes read, and indexed, at a time while the last line's end is looked for, behind the chunk's end. */
const STEP_BYTES = 1 << 14;
const BLOCK = 64;
const LF = 10;
const SPACE = 32;

/** Up to VECTOR_SIZE rows whose wanted values are located. */
export interface NdjsonRows {
  readonly count: number;
  /** Addresses of where rows start, u32. */
  readonly starts: number;
  /** What to add to an address to get the byte's offset in the object. */
  readonly offset: number;
}

/**
 * Reads chunks of NDJSON into linear memory and locates the wanted values of their lines, batch by batch. What the
 * kernels do not understand goes line by line to the scanner, which gives the same values or says what is wrong.
 */
export class NdjsonBatches {
  readonly #memory: EngineMemory;
  readonly #kernels: Kernels;
  readonly #shape: NdjsonShape;
  readonly #scanner: JsonScanner;
  readonly #state: number;
  readonly #line: number;
  readonly #ends: number;
  readonly #doubts: number;
  readonly #rowStarts: number;
  readonly #cell: number;
  #base = 0;
  #capacity = 0;
  #structure = 0;
  #scratch = 0;
  #scratchBytes = 0;
  #row = 0;

  constructor(memory: EngineMemory, kernels: Kernels, paths: readonly NdjsonPath[]) {
    this.#memory = memory;
    this.#kernels = kernels;
    this.#shape = new NdjsonShape(memory, kernels, pathTree(paths), paths.length);
    this.#scanner = new JsonScanner(paths, this);
    this.#state = memory.allocateCleared(16);
    this.#line = memory.allocate(kernels.ndjsonLineBytes());
    this.#ends = memory.allocate(4 * VECTOR_SIZE);
    this.#doubts = memory.allocate(4 * VECTOR_SIZE);
    this.#rowStarts = memory.allocate(4 * VECTOR_SIZE);
    this.#cell = memory.allocate(4);
    this.#reserve(2 * READ_BYTES);
  }

  /** Where the values of a path stand in the batch that was handed out last. */
  fields(slot: number): LocatedFields {
    return this.#shape.fields(slot);
  }

  /**
   * Calls `take` with each batch of rows that the chunk owns, until it answers false; gives the number of bytes read.
   * Throws `bad-data` with the place of the line.
   */
  async scan(
    source: ByteSource,
    { start, end }: Extract<TaskPart, { kind: 'ndjson-chunk' }>,
    dataStart: number,
    aborted: () => boolean,
    take: (rows: NdjsonRows) => boolean,
  ): Promise<number> {
    this.#memory.u8.fill(0, this.#state, this.#state + 16);
    // Addresses: [base, filled) holds bytes of the object, whose byte 0 would stand at `origin`; lines that end before
    // `indexed` are known, and those that begin before `lineStart` done.
    let origin = this.#base - start;
    let filled = this.#base;
    let indexed = this.#base;
    let lineStart = this.#base;
    let skipping = start > dataStart;
    let bytesRead = 0;
    let ended = false;
    for (;;) {
      const whole = filled - ((filled - this.#base) % BLOCK);
      while (indexed < whole) {
        const chunkEnd = origin + end;
        const step = indexed < chunkEnd ? chunkEnd - indexed : STEP_BYTES;
        indexed = this.#index(indexed, Math.min(whole, indexed + Math.ceil(step / BLOCK) * BLOCK));
        const found = this.#memory.u32[this.#cell >> 2] as number;
        if (found === 0) continue;
        const ends = this.#memory.u32.subarray(this.#ends >> 2, (this.#ends >> 2) + found);
        const first = skipping ? 1 : 0;
        if (skipping) {
          skipping = false;
          lineStart = (ends[0] as number) + 1;
          if ((ends[0] as number) >= chunkEnd) return bytesRead;
        }
        let last = found;
        while (last > first && (ends[last - 1] as number) >= chunkEnd) last--;
        const isLast = last < found;
        if (isLast) last++;
        const next = (ends[last - 1] as number) + 1;
        if (last > first && !this.#takeLines(source.name, first, last, lineStart, origin, take)) return bytesRead;
        if (isLast) return bytesRead;
        lineStart = next;
      }
      if (ended) return bytesRead;
      if (aborted()) throw new SluiceError('cancelled', `the scan of ${source.name} was cancelled`);
      const keep = skipping ? indexed : lineStart;
      if (filled - keep > LONGEST_LINE) throw badRow(source.name, keep - origin, lineTooLong());
      const moved = this.#makeRoom(keep, indexed, filled);
      [origin, filled, indexed, lineStart] = [origin + moved, filled + moved, indexed + moved, lineStart + moved];
      // Behind the chunk's end only the rest of its last line is wanted.
      const offset = filled - origin;
      const wanted = Math.min(READ_BYTES, Math.max(end - offset, 0) + STEP_BYTES, source.size - offset);
      const reading = wanted > 0 ? source.read(offset, this.#memory.u8.subarray(filled, filled + wanted)) : 0;
      const got = typeof reading === 'number' ? reading : await reading;
      bytesRead += got;
      filled += got;
      if (got > 0) continue;
      // The end of the object also ends its last line.
      ended = true;
      const padded = filled + BLOCK - ((filled - this.#base) % BLOCK);
      this.#memory.u8[filled] = LF;
      this.#memory.u8.fill(SPACE, filled + 1, padded);
      filled = padded;
    }
  }

  /** Takes a value from the scanner: the row is one that the kernels gave up. */
  value(slot: number, { kind, start, end, escaped }: JsonToken): void {
    if (kind === 'null') return;
    if (kind !== 'string') this.#shape.set(slot, this.#row, start, end);
    else if (!escaped) this.#shape.set(slot, this.#row, ((start + 1) | QUOTED) >>> 0, end - 1);
    else {
      const { u8 } = this.#memory;
      const { scratch } = this.#shape;
      const text = Buffer.from(unescapeJson(u8, start, end));
      u8.set(text, scratch);
      this.#shape.set(slot, this.#row, (scratch | QUOTED) >>> 0, scratch + text.length);
      this.#shape.scratch = scratch + text.length;
    }
  }

  /** Indexes the blocks [from, to); gives where it stopped, and in the cell the number of lines. */
  #index(from: number, to: number): number {
    const structure = this.#structure + (from - this.#base) / 8;
    const { ndjsonIndexLines } = this.#kernels;
    return ndjsonIndexLines(this.#state, from, to, structure, this.#ends, this.#doubts, VECTOR_SIZE, this.#cell);
  }

  /** Takes lines [first, last) of those found last, the first of which begins at `start`; as `take` says. */
  #takeLines(
    object: string,
    first: number,
    last: number,
    start: number,
    origin: number,
    take: (rows: NdjsonRows) => boolean,
  ): boolean {
    this.#shape.begin(last - first, this.#scratchFor(this.#endOf(last - 1) - start));
    this.#row = 0;
    for (let line = first; ; line++) {
      const begin = line === first ? start : this.#endOf(line - 1) + 1;
      line = this.#locate(line, last, begin);
      this.#row = this.#memory.u32[this.#cell >> 2] as number;
      if (line === last) break;
      this.#readCarefully(object, line === first ? start : this.#endOf(line - 1) + 1, this.#endOf(line), origin);
    }
    return this.#row === 0 || take({ count: this.#row, starts: this.#rowStarts, offset: -origin });
  }

  #locate(from: number, to: number, begin: number): number {
    return this.#kernels.ndjsonLocateValues(
      this.#shape.address,
      this.#line,
      this.#structure - this.#base / 8,
      this.#ends,
      this.#doubts,
      begin,
      from,
      to,
      this.#row,
      VECTOR_SIZE,
      this.#rowStarts,
      this.#cell,
    );
  }

  #readCarefully(object: string, start: number, end: number, origin: number): void {
    this.#shape.clear(this.#row);
    try {
      if (!this.#scanner.line(this.#memory.u8, start, end)) return;
    } catch (error) {
      if (!(error instanceof JsonSyntaxError)) throw error;
      throw badRow(object, start - origin, error.message);
    }
    this.#memory.u32[(this.#rowStarts >> 2) + this.#row] = start;
    this.#row++;
  }

  #endOf(line: number): number {
    return this.#memory.u32[(this.#ends >> 2) + line] as number;
  }

  /** An area for `bytes` of unescaped text, which is never longer than what it was. */
  #scratchFor(bytes: number): number {
    if (bytes > this.#scratchBytes) {
      this.#scratchBytes = Math.max(bytes, READ_BYTES);
      this.#scratch = this.#memory.allocate(this.#scratchBytes);
    }
    return this.#scratch;
  }

  /** Moves what is at `keep` and behind to the front, in whole blocks; gives by how much. There is room to read then. */
  #makeRoom(keep: number, indexed: number, filled: number): number {
    const from = keep - ((keep - this.#base) % BLOCK);
    const structure = this.#structure + (from - this.#base) / 8;
    const structureEnd = this.#structure + (indexed - this.#base) / 8;
    const bytes = filled - from + READ_BYTES + BLOCK;
    if (bytes > this.#capacity) this.#reserve(2 * bytes);
    const { u8 } = this.#memory;
    u8.copyWithin(this.#base, from, filled);
    u8.copyWithin(this.#structure, structure, structureEnd);
    return this.#base - from;
  }

  #reserve(bytes: number): void {
    // A block before the first byte stays readable: numbers are loaded by the 8 bytes that end them.
    this.#base = this.#memory.allocate(BLOCK + bytes) + BLOCK;
    this.#structure = this.#memory.allocate(bytes / 8 + 16);
    this.#capacity = bytes;
  }
}
