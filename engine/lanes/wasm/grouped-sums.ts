import {
  compileGroupedSums,
  type GroupedSums as GroupedSumsPlan,
  RECORD_COPIES,
  sumsBlockWords,
} from '../../compile/to-wasm/grouped-sums.ts';
import { coarseBits } from '../../compile/to-wasm/simd-shape.ts';
import type { AdditiveState } from './aggregate-state.ts';
import type { GroupMemory } from './group-memory.ts';
import type { RunLoop, SimdInstances } from './simd-instances.ts';
import type { Vector } from './vector.ts';

/** With more groups, neighbouring rows seldom share one, and records would have to be cleared that few rows use. */
const MAX_GROUPS = 32;
/** After so many more doubtful batches than others, scalar code takes all. */
const MAX_DOUBTS = 8;

/** The states that a loop adds to. */
export interface SumTargets {
  /** By number of the plan's operands. */
  readonly sums: readonly AdditiveState[];
  readonly rows: AdditiveState | undefined;
}

/** Adds batches of rows to the sums of a few groups in one compiled loop: in 64 bits, then all at once to the states. */
export class GroupedSums {
  #group: GroupMemory;
  #instances: SimdInstances;
  #plan: GroupedSumsPlan;
  #vectors: readonly Vector[];
  #targets: SumTargets;
  #block: number;
  /** Address of the records: zeros but for the rows that have not been folded. */
  #records: number;
  #rows = 0;
  #groupCount = 0;
  /** By column, bounds that have held since the last doubt: the code depends on them, and so should seldom change. */
  #bits: number[];
  /** The code for these. */
  #loop: RunLoop | undefined;
  /** How many rows the records may hold when that code adds to them. */
  #maximumRows = 0;
  #doubts = 0;
  #measures = false;

  /** `vectors` are those of the fragment's columns. */
  constructor(
    group: GroupMemory,
    instances: SimdInstances,
    plan: GroupedSumsPlan,
    vectors: ReadonlyMap<number, Vector>,
    targets: SumTargets,
  ) {
    const { memory } = group;
    this.#group = group;
    this.#instances = instances;
    this.#plan = plan;
    this.#vectors = plan.columns.map(({ index }) => vectors.get(index) as Vector);
    this.#targets = targets;
    this.#block = memory.allocate(4 * sumsBlockWords(plan));
    this.#records = memory.allocateCleared(MAX_GROUPS * RECORD_COPIES * plan.layout.bytes);
    this.#bits = this.#anyBits();
    memory.i64.set(plan.literals.words, this.#block >> 3);
  }

  /** Whether it is worth trying: there are few groups, no NULLs, and batches before gave no reason to doubt. */
  canTake(groupCount: number): boolean {
    return groupCount <= MAX_GROUPS && this.#doubts < MAX_DOUBTS && !this.#vectors.some(({ hasNulls }) => hasNulls);
  }

  /**
   * Adds `count` rows, whose groups (u32, below `groupCount`) stand at `groups` with room for three more; false: nothing
   * has changed, and scalar code must take them. The states hear of rows by `fold`.
   */
  take(groups: number, count: number, groupCount: number): boolean {
    if (groupCount > MAX_GROUPS) return false;
    this.#setPointers(groups, count);
    const run = this.#loopFor(count);
    if (this.#rows > this.#maximumRows) this.fold();
    this.#groupCount = groupCount;
    const maximumRows = run(count, this.#block);
    if (maximumRows < 0) {
      this.#clearRecords();
      this.#doubts++;
      this.#bits = this.#anyBits();
      this.#loop = undefined;
      this.#measures = true;
      return false;
    }
    this.#doubts = Math.max(0, this.#doubts - 1);
    this.#maximumRows = maximumRows;
    this.#rows += count;
    return true;
  }

  /** Brings the states up to date. */
  fold(): void {
    if (this.#rows === 0) return;
    const { sums, rows, bytes } = this.#plan.layout;
    const common = { stride: bytes, copies: RECORD_COPIES, groups: this.#groupCount };
    this.#targets.sums.forEach((state, i) => {
      state.addSums({ ...common, sums: this.#records + (sums[i] as number) });
    });
    this.#targets.rows?.addSums({ ...common, sums: this.#records + rows });
    this.#clearRecords();
  }

  /** Forgets what batches before have shown; the states must be up to date. */
  reset(): void {
    this.#bits = this.#anyBits();
    this.#loop = undefined;
    this.#maximumRows = 0;
    this.#doubts = 0;
    this.#measures = false;
  }

  /**
   * The code for columns whose values are as small as those of the next `count` rows. Where nobody tells how small they
   * are, the code tests what it needs itself; only after a doubt it pays to look at all values first.
   */
  #loopFor(count: number): RunLoop {
    for (let i = 0; i < this.#vectors.length; i++) {
      const { type, values, magnitudeBits } = this.#vectors[i]!;
      if (type.kind !== 'int64' && type.kind !== 'decimal') continue;
      const isMeasured = this.#measures && magnitudeBits > 63;
      const bits = isMeasured ? this.#group.kernels.magnitudeBits(values, count) : magnitudeBits;
      const coarse = coarseBits(Math.min(63, bits));
      if (coarse <= this.#bits[i]!) continue;
      this.#bits[i] = coarse;
      this.#loop = undefined;
      this.#maximumRows = 0;
    }
    this.#loop ??= this.#instances.get(`${this.#plan.shape} ${this.#bits}`, () =>
      compileGroupedSums(this.#plan, this.#bits),
    );
    return this.#loop;
  }

  /** Bounds before any batch: none for columns whose values are not measured. */
  #anyBits(): number[] {
    return this.#vectors.map(({ type }) => (type.kind === 'int64' || type.kind === 'decimal' ? 0 : 63));
  }

  #setPointers(groups: number, count: number): void {
    const { u32 } = this.#group.memory;
    let at = (this.#block >> 2) + 2 * this.#plan.literals.literals.length;
    for (const { values, validity } of this.#vectors) {
      u32[at++] = values;
      u32[at++] = validity;
    }
    u32[at++] = groups;
    u32[at] = this.#records;
    for (let row = count; row < count + RECORD_COPIES - 1; row++) u32[(groups >> 2) + row] = 0;
  }

  #clearRecords(): void {
    const bytes = this.#groupCount * RECORD_COPIES * this.#plan.layout.bytes;
    this.#group.memory.u8.fill(0, this.#records, this.#records + bytes);
    this.#rows = 0;
  }
}
