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
import { NdjsonLineReader } from './ndjson-line-reader.ts';
import { NdjsonShape } from './ndjson-shape.ts';
import type { SimdInstances } from './simd-instances.ts';

const READ_BYTES = 1 << 20;
/** Bytes indexed at a time: they and their marks are still in a near cache when the lines are walked. */
const STEP_BYTES = 1 << 16;
/** The same where only lines are indexed that are not of the usual form. */
const SHORT_STEP_BYTES = 1 << 11;
/** Longer lines are not looked at for their form. */
const LONGEST_USUAL_LINE = 1 << 14;
/** Bytes read at a time while the last line's end is looked for, behind the chunk's end. */
const TAIL_BYTES = 1 << 14;
/** Marks of a line that are followed. */
const MOST_MARKS = 1 << 16;
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
 * Reads chunks of NDJSON into linear memory and locates the wanted values of their lines, batch by batch. Lines of the
 * usual form are read by code that is compiled for it; others are indexed and left to the kernels, and what these do not
 * understand goes line by line to the scanner, which gives the same values or says what is wrong.
 */
export class NdjsonBatches {
  readonly #memory: EngineMemory;
  readonly #kernels: Kernels;
  readonly #shape: NdjsonShape;
  readonly #scanner: JsonScanner;
  readonly #reader: NdjsonLineReader;
  /** Of the kernel that lists marks; its fifth word is the list's end. */
  readonly #state: number;
  readonly #marks: number;
  readonly #listsCommas: number;
  readonly #ends: number;
  readonly #doubts: number;
  readonly #rowStarts: number;
  readonly #out: number;
  #base = 0;
  #capacity = 0;
  #scratch = 0;
  #row = 0;

  constructor(memory: EngineMemory, kernels: Kernels, instances: SimdInstances, paths: readonly NdjsonPath[]) {
    const tree = pathTree(paths);
    this.#memory = memory;
    this.#kernels = kernels;
    this.#shape = new NdjsonShape(memory, kernels, tree, paths.length);
    this.#scanner = new JsonScanner(paths, this);
    this.#listsCommas = Number(tree.members.size > 0);
    this.#state = memory.allocate(40);
    this.#marks = memory.allocate(4 * (MOST_MARKS + STEP_BYTES + 4));
    this.#ends = memory.allocate(4 * VECTOR_SIZE);
    this.#doubts = memory.allocate(4 * VECTOR_SIZE);
    this.#rowStarts = memory.allocate(4 * VECTOR_SIZE);
    this.#reader = new NdjsonLineReader(memory, kernels, instances, this.#shape, tree, this.#rowStarts);
    this.#out = memory.allocate(8);
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
    // Addresses: [base, filled) holds bytes of the object, whose byte 0 would stand at `origin`; lines that end before
    // `indexed` are known, and those that begin before `lineStart` done.
    let origin = this.#base - start;
    let filled = this.#base;
    let indexed = this.#base;
    let lineStart = this.#base;
    let skipping = start > dataStart;
    let bytesRead = 0;
    let ended = false;
    this.#beginIndex();
    this.#beginBatch();
    for (;;) {
      const chunkEnd = origin + end;
      // So that looking for the end of a text ends.
      this.#memory.u8[filled] = LF;
      // Lines that end behind it wait for more bytes, however lines are read: batches end at the same rows in any lane,
      // and so sums of doubles are the same.
      const lastEnd = filled - BLOCK;
      while (indexed + BLOCK <= filled) {
        if (this.#row === VECTOR_SIZE && !this.#finishBatch(origin, take)) return bytesRead;
        const isRead = this.#reader.isUsed;
        if (isRead && !skipping && indexed === lineStart) {
          const before = this.#row;
          this.#row = this.#reader.read(lineStart, filled, chunkEnd, before);
          indexed = lineStart = this.#giveBackRows(before, this.#reader.stoppedAt, lastEnd);
          if (lineStart > chunkEnd) {
            this.#finishBatch(origin, take);
            return bytesRead;
          }
          if (this.#row === VECTOR_SIZE) continue;
          if (lineStart !== this.#reader.stoppedAt) break;
          const rest = this.#memory.u8.subarray(lineStart, Math.min(filled, lineStart + LONGEST_USUAL_LINE));
          const length = rest.indexOf(LF);
          if (length >= 0) this.#reader.learn(lineStart, lineStart + length);
          else if (rest.length < LONGEST_USUAL_LINE) break;
        }
        if (indexed + BLOCK > filled) break;
        const whole = filled - ((filled - indexed) % BLOCK);
        indexed = this.#index(indexed, Math.min(whole, indexed + (isRead ? SHORT_STEP_BYTES : STEP_BYTES)));
        const found = this.#word(this.#out);
        let first = 0;
        if (skipping && found > 0) {
          skipping = false;
          first = 1;
          lineStart = this.#endOf(0) + 1;
          if (lineStart > chunkEnd) return bytesRead;
        }
        // The last line of the chunk is that in which, or right behind which, it ends.
        let usable = found;
        while (usable > first && this.#endOf(usable - 1) > lastEnd) usable--;
        let last = usable;
        while (last > first && this.#endOf(last - 1) >= chunkEnd) last--;
        const isLast = last < usable;
        if (isLast) last++;
        if (last > first) {
          if (!this.#locateLines(source.name, first, last, lineStart, origin, take)) return bytesRead;
          lineStart = this.#endOf(last - 1) + 1;
        }
        if (isLast) {
          this.#finishBatch(origin, take);
          return bytesRead;
        }
        if (usable < found || (isRead && found > 0 && !skipping)) {
          indexed = lineStart;
          this.#beginIndex();
        } else this.#keepMarksFrom(lineStart);
        if (usable < found) break;
      }
      if (ended) {
        this.#finishBatch(origin, take);
        return bytesRead;
      }
      if (aborted()) throw new SluiceError('cancelled', `the scan of ${source.name} was cancelled`);
      const keep = skipping ? indexed : lineStart;
      if (filled - keep > LONGEST_LINE) throw badRow(source.name, keep - origin, lineTooLong());
      if (keep > this.#base || filled + READ_BYTES + BLOCK > this.#base + this.#capacity) {
        if (!this.#finishBatch(origin, take)) return bytesRead;
        const moved = this.#makeRoom(keep, filled);
        [origin, filled, lineStart] = [origin + moved, filled + moved, this.#base];
        indexed = this.#base;
        this.#beginIndex();
      }
      // Behind the chunk's end only the rest of its last line is wanted.
      const offset = filled - origin;
      const wanted = Math.min(READ_BYTES, Math.max(end - offset, 0) + TAIL_BYTES, source.size - offset);
      const reading = wanted > 0 ? source.read(offset, this.#memory.u8.subarray(filled, filled + wanted)) : 0;
      const got = typeof reading === 'number' ? reading : await reading;
      bytesRead += got;
      filled += got;
      if (got > 0) continue;
      // The end of the object also ends its last line.
      ended = true;
      this.#memory.u8[filled] = LF;
      this.#memory.u8.fill(SPACE, filled + 1, filled + BLOCK);
      filled += BLOCK;
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

  /** Drops rows from `before` on that end behind `lastEnd`; the last one ends right before `stop`. Gives what comes after those left. */
  #giveBackRows(before: number, stop: number, lastEnd: number): number {
    let next = stop;
    while (this.#row > before && next - 1 > lastEnd) {
      this.#row--;
      this.#shape.clear(this.#row);
      next = this.#word(this.#rowStarts + 4 * this.#row);
    }
    return next;
  }

  /** What is indexed next begins a line. */
  #beginIndex(): void {
    this.#memory.u32.fill(0, this.#state >> 2, (this.#state >> 2) + 4);
    this.#memory.u32[(this.#state >> 2) + 4] = this.#marks;
  }

  #beginBatch(): void {
    this.#row = 0;
    this.#shape.begin(this.#scratch);
  }

  /** Hands out the rows that are located, if there are any; false when no more are wanted. */
  #finishBatch(origin: number, take: (rows: NdjsonRows) => boolean): boolean {
    if (this.#row === 0) return true;
    const wantsMore = take({ count: this.#row, starts: this.#rowStarts, offset: -origin });
    this.#beginBatch();
    return wantsMore;
  }

  /** Indexes the blocks [from, to); gives where it stopped, and the number of lines as what the kernel puts out. */
  #index(from: number, to: number): number {
    const { ndjsonIndexLines } = this.#kernels;
    return ndjsonIndexLines(this.#state, from, to, this.#listsCommas, this.#ends, this.#doubts, VECTOR_SIZE, this.#out);
  }

  /** Drops marks before an address, the start of the open line; that line is read with care if it has too many. */
  #keepMarksFrom(start: number): void {
    const { u32 } = this.#memory;
    const state = this.#state >> 2;
    const first = this.#marks >> 2;
    const end = u32[state + 4]! >> 2;
    let kept = end;
    while (kept > first && u32[kept - 1]! >= start) kept--;
    if (end - kept > MOST_MARKS) {
      kept = end;
      u32[state + 1] = 1;
    }
    if (kept > first) u32.copyWithin(first, kept, end);
    u32[state + 4] = (first + end - kept) << 2;
  }

  /**
   * Locates the values of lines [first, last) of those found last, the first of which begins at `start`. Hands out
   * batches that are full before the last line; false when no more rows are wanted.
   */
  #locateLines(
    object: string,
    first: number,
    last: number,
    start: number,
    origin: number,
    take: (rows: NdjsonRows) => boolean,
  ): boolean {
    let marks = this.#marks;
    let begin = start;
    for (let line = first; line < last; ) {
      if (this.#row === VECTOR_SIZE && !this.#finishBatch(origin, take)) return false;
      const end = Math.min(last, line + VECTOR_SIZE - this.#row);
      const stopped = this.#kernels.ndjsonLocateValues(
        this.#shape.address,
        marks,
        this.#ends,
        this.#doubts,
        begin,
        line,
        end,
        this.#row,
        this.#rowStarts,
        this.#out,
      );
      this.#row = this.#word(this.#out);
      marks = this.#word(this.#out + 4);
      if (stopped > line) begin = this.#endOf(stopped - 1) + 1;
      line = stopped;
      if (line === end) continue;
      this.#readCarefully(object, begin, this.#endOf(line), origin);
      begin = this.#endOf(line) + 1;
      line++;
    }
    return true;
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
    return this.#word(this.#ends + 4 * line);
  }

  #word(address: number): number {
    return this.#memory.u32[address >> 2]!;
  }

  /** Moves [keep, filled) to the front, where there is room to read behind it; gives by how much. */
  #makeRoom(keep: number, filled: number): number {
    const bytes = filled - keep + READ_BYTES + BLOCK;
    if (bytes > this.#capacity) this.#reserve(2 * bytes);
    this.#memory.u8.copyWithin(this.#base, keep, filled);
    return this.#base - keep;
  }

  #reserve(bytes: number): void {
    // A block before the first byte stays readable: numbers are loaded by the 8 bytes that end them.
    this.#base = this.#memory.allocate(BLOCK + bytes) + BLOCK;
    // Unescaped text is never longer than what it was.
    this.#scratch = this.#memory.allocate(bytes);
    this.#shape.scratch = this.#scratch;
    this.#capacity = bytes;
  }
}
