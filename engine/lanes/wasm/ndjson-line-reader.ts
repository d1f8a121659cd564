import { compileNdjsonRows, NDJSON_ROW_BLOCK } from '../../compile/to-wasm/ndjson-row-code.ts';
import { LineForm } from '../../formats/ndjson/line-form.ts';
import type { PathNode } from '../../formats/ndjson/paths.ts';
import { VECTOR_SIZE } from '../../task.ts';
import type { Kernels } from './kernels.ts';
import type { EngineMemory } from './memory.ts';
import type { NdjsonShape } from './ndjson-shape.ts';
import type { RunLoop, SimdInstances } from './simd-instances.ts';

const LF = 10;
/** Lines that the form is learnt from at first, and how many of them there must be. */
const SAMPLE = 64;
const LEAST_SAMPLE = 8;
/** Of so many lines one may be of another form; but that is not asked before there were a few. */
const LINES_A_MISS = 8;
const FEW_MISSES = 64;
/** The code is made anew once so many lines were missed since, if they brought something new, and only so often. */
const MISSES_TO_RENEW = 4;
const MOST_RENEWALS = 16;

/** Reads lines of the form that most lines of the file have, by code that is compiled for it. */
export class NdjsonLineReader {
  readonly #memory: EngineMemory;
  readonly #kernels: Kernels;
  readonly #instances: SimdInstances;
  readonly #shape: NdjsonShape;
  readonly #form: LineForm;
  readonly #block: number;
  #run: RunLoop | undefined;
  #isUsed: boolean;
  #read = 0;
  #misses = 0;
  #missesSince = 0;
  #hasNews = false;
  #renewals = 0;

  /** `rowStarts`: the address of the list of rows' starts. */
  constructor(
    memory: EngineMemory,
    kernels: Kernels,
    instances: SimdInstances,
    shape: NdjsonShape,
    tree: PathNode,
    rowStarts: number,
  ) {
    this.#memory = memory;
    this.#kernels = kernels;
    this.#instances = instances;
    this.#shape = shape;
    this.#form = new LineForm(tree);
    // Where no member is wanted an index with braces only costs less.
    this.#isUsed = tree.members.size > 0;
    this.#block = memory.allocateCleared(NDJSON_ROW_BLOCK.bytes);
    memory.u32.set([shape.address, shape.bounds, rowStarts], this.#block >> 2);
  }

  /** False where it would gain nothing, and once lines have turned out to differ too much. */
  get isUsed(): boolean {
    return this.#isUsed;
  }

  /** The first line that the last call of `read` has not read. */
  get stoppedAt(): number {
    return this.#memory.u32[(this.#block + NDJSON_ROW_BLOCK.at) >> 2] as number;
  }

  /**
   * Reads lines from `start` on, as rows from number `row`; gives the number of the next row. Stops before a line of
   * another form, one that begins behind `lastStart`, one that does not end before `end`, where a line feed stands, and
   * when the batch is full.
   */
  read(start: number, end: number, lastStart: number, row: number): number {
    const { u32 } = this.#memory;
    u32.set([row, start, lastStart, end], (this.#block + NDJSON_ROW_BLOCK.row) >> 2);
    if (!this.#run && !this.#learnSample(start, end)) return row;
    this.#run ??= this.#compile();
    const next = this.#run(VECTOR_SIZE, this.#block);
    this.#read += next - row;
    if (next < VECTOR_SIZE) this.#shape.clear(next);
    return next;
  }

  /** Learns from the line [start, end) before which `read` has stopped. */
  learn(start: number, end: number): void {
    this.#misses++;
    this.#missesSince++;
    this.#learnLine(start, end);
    if (this.#misses > FEW_MISSES && this.#misses * LINES_A_MISS > this.#read) this.#isUsed = false;
    if (!this.#hasNews || this.#missesSince < MISSES_TO_RENEW || this.#renewals === MOST_RENEWALS) return;
    this.#renewals++;
    this.#run = undefined;
  }

  /** False when there are not enough lines. */
  #learnSample(start: number, end: number): boolean {
    if (this.#form.root.close !== undefined) return true;
    let lines = 0;
    for (let at = start; lines < SAMPLE; lines++) {
      const length = this.#memory.u8.subarray(at, end).indexOf(LF);
      if (length < 0) break;
      this.#learnLine(at, at + length);
      at += length + 1;
    }
    this.#isUsed = lines >= LEAST_SAMPLE && this.#form.root.close !== undefined;
    return this.#isUsed;
  }

  #learnLine(start: number, end: number): void {
    const line = Buffer.from(this.#memory.memory.buffer, start, end - start);
    if (this.#form.learn(line.toString('latin1'))) this.#hasNews = true;
  }

  #compile(): RunLoop {
    this.#hasNews = false;
    this.#missesSince = 0;
    const { ndjsonTextEnd, ndjsonReadText, ndjsonNumberEnd, ndjsonNestedEnd } = this.#kernels;
    const kernels = { ndjsonTextEnd, ndjsonReadText, ndjsonNumberEnd, ndjsonNestedEnd };
    return this.#instances.get(`ndjson ${this.#form.key}`, () => compileNdjsonRows(this.#form), kernels);
  }
}
