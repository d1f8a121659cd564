import { VECTOR_SIZE } from '../../task.ts';
import type { CodeWidth } from './code-reader.ts';
import type { GroupMemory } from './group-memory.ts';
import type { Kernels } from './kernels.ts';
import { allocateVector, LONGEST_BATCH, type Vector, type VectorCodes } from './vector.ts';

/** Combinations of codes at most: beyond, few rows of a chunk would share one. */
const MAXIMUM_CELLS = 1 << 16;

/**
 * Groups of rows whose keys all come by codes of dictionaries: an array, indexed by the codes, of what the keys' values have
 * told for the first row of each combination. Values mean the same for all dictionaries, codes only for their own.
 */
export class CodedKeys {
  readonly #group: GroupMemory;
  /** A group + 1 (u32) a combination, 0 where it is not known; made when it is first needed. */
  #cells = 0;
  #keys: readonly VectorCodes[] = [];
  /** What the cells are for. */
  #dictionaries: readonly object[] = [];
  #cellCount = 0;
  /** Combined codes of the rows of the batch. */
  readonly #combined: number;
  #codes = 0;
  #codeWidth: CodeWidth = 1;
  /** Rows whose combinations are not known, and as rows of the batch. */
  readonly #picks: number;
  readonly #rows: number;
  #examples: readonly Vector[] | undefined;
  /** By bytes of a code; looked up once, not for each batch. */
  readonly #finds: Readonly<Record<CodeWidth, Kernels['findByCode1']>>;

  constructor(group: GroupMemory) {
    const { memory, kernels } = group;
    this.#group = group;
    this.#finds = { 1: kernels.findByCode1, 2: kernels.findByCode2, 4: kernels.findByCode4 };
    this.#combined = memory.allocate(4 * LONGEST_BATCH);
    this.#picks = memory.allocate(4 * VECTOR_SIZE);
    this.#rows = memory.allocate(4 * VECTOR_SIZE);
  }

  /** Turns to a batch, whose keys are the first `keyCount` vectors; false where not all have codes, or there are too many. */
  turnTo(vectors: readonly Vector[], keyCount: number): boolean {
    const keys: VectorCodes[] = [];
    let isKnown = this.#dictionaries.length === keyCount;
    for (let i = 0; i < keyCount; i++) {
      const { codes } = vectors[i] as Vector;
      if (!codes) return false;
      if (codes.dictionary !== this.#dictionaries[i]) isKnown = false;
      keys.push(codes);
    }
    if (!isKnown) this.#open(keys);
    if (this.#cellCount === 0) return false;
    this.#keys = keys;
    this.#examples ??= keys.map((_, i) => allocateVector(this.#group.memory, (vectors[i] as Vector).type));
    this.#combine();
    return true;
  }

  /** Writes the groups (u32) of the batch's `count` rows; false where not all are known. */
  find(count: number, groups: number): boolean {
    return (
      this.#finds[this.#codeWidth](this.#codes, this.#selection, count, this.#cells, this.#cellCount, groups) !== 0
    );
  }

  /**
   * Lists the rows whose values must tell the group: one for each combination that has not been met before, in the order of
   * the rows. Gives how many. Their groups must be entered before any are looked for again.
   */
  listUnknown(count: number): number {
    const list = this.#group.kernels[`listUnknown${this.#codeWidth}`];
    return list(this.#codes, this.#selection, count, this.#cells, this.#picks);
  }

  /** The keys of those `count` rows. */
  examples(count: number): readonly Vector[] {
    const examples = this.#examples as readonly Vector[];
    if (this.#selection !== 0) this.#group.kernels.gather4To4(this.#selection, this.#picks, 0, count, this.#rows);
    this.#keys.forEach((key, i) => {
      key.loadRows(examples[i] as Vector, this.#selection === 0 ? this.#picks : this.#rows, count);
    });
    return examples;
  }

  /** Learns their groups (u32). */
  enter(count: number, groups: number): void {
    const enter = this.#group.kernels[`enterCodes${this.#codeWidth}`];
    enter(this.#codes, this.#selection, this.#picks, count, groups, this.#cells);
  }

  /** Forgets all groups. */
  clear(): void {
    this.#dictionaries = [];
    this.#cellCount = 0;
  }

  get #selection(): number {
    return this.#keys[0]?.selection ?? 0;
  }

  #open(keys: readonly VectorCodes[]): void {
    const { memory } = this.#group;
    this.#dictionaries = keys.map(({ dictionary }) => dictionary);
    const combinations = keys.reduce((product, { size }) => product * size, 1);
    this.#cellCount = combinations <= MAXIMUM_CELLS ? combinations : 0;
    if (this.#cellCount === 0) return;
    if (this.#cells === 0) this.#cells = memory.allocate(4 * MAXIMUM_CELLS);
    memory.u8.fill(0, this.#cells, this.#cells + 4 * this.#cellCount);
  }

  #combine(): void {
    const { memory, kernels } = this.#group;
    const [first, ...others] = this.#keys as [VectorCodes, ...VectorCodes[]];
    if (others.length === 0) {
      this.#codes = first.address;
      this.#codeWidth = first.width;
      return;
    }
    this.#codes = this.#combined;
    this.#codeWidth = this.#cellCount <= 1 << 8 ? 1 : 4;
    memory.u8.fill(0, this.#codes, this.#codes + this.#codeWidth * first.rows);
    let stride = 1;
    for (const { address, rows, size, width } of this.#keys) {
      const combine = this.#codeWidth === 1 ? kernels.combineCodes : kernels[`combineWideCodes${width}`];
      combine(address, rows, stride, this.#codes);
      stride *= size;
    }
  }
}
