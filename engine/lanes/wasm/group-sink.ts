import type { BoundAggregate, BoundExpression } from '../../../query/expression.ts';
import type { BoundOutput } from '../../../query/fragment.ts';
import { partialSchema } from '../../../query/partial-states.ts';
import type { Schema } from '../../../query/types.ts';
import type { Batch } from '../../column.ts';
import { isSummand, planGroupedSums } from '../../compile/to-wasm/grouped-sums.ts';
import { VECTOR_SIZE } from '../../task.ts';
import type { AdditiveState, GroupState } from './aggregate-state.ts';
import type { BatchCompiler } from './batch-compiler.ts';
import { GroupKeys } from './group-keys.ts';
import { GroupMemory } from './group-memory.ts';
import { GroupStates } from './group-states.ts';
import { GroupedSums } from './grouped-sums.ts';
import type { Kernels } from './kernels.ts';
import type { EngineMemory } from './memory.ts';
import { OutputVectors } from './output-vectors.ts';
import { StateCopies } from './state-copies.ts';
import type { Vector } from './vector.ts';

/** Bytes that the groups of one worker take before they are given out as a batch of partial groups. */
const GROUP_BYTES = 1 << 28;
/** Of a small memory, such a part: a table that doubles leaves behind all that it was before. */
const GROUP_SHARE = 4;
/** Rows after which groups are given out too, so that 64-bit sums of 32-bit values and 32-bit stamps stay exact. */
const GROUP_ROWS = 2 ** 31;

/** Bounds of a grouping: beyond them groups are given out as one more batch, and the memory is used again. */
export interface GroupBounds {
  readonly bytes?: number;
  readonly rows?: number;
}

/** Folds surviving rows into groups. Without keys there is one group, even when no row comes. */
export class GroupSink {
  /** Of partial groups. */
  #schema: Schema;
  #group: GroupMemory;
  #keys: GroupKeys | undefined;
  /** Of the keys and operands, one each. */
  #vectors: readonly Vector[];
  /** Computes the keys, and operands that are needed for more than sums. */
  #computed: OutputVectors;
  /** Computes the other operands, where the loop for sums does not take a batch. */
  #summands: OutputVectors;
  #sums: GroupedSums | undefined;
  /** The states that `#sums` does not add to. */
  #notSummed: readonly GroupState[] = [];
  #states: GroupStates;
  #copies: StateCopies;
  /** Group numbers of rows that all belong to group 0. */
  #zeros = 0;
  #capacity: number;
  #rows = 0;
  #maximumBytes: number;
  #maximumRows: number;
  #batches: Batch[] = [];
  /** Bytes that are held before the first row. */
  #startBytes: number;

  constructor(
    memory: EngineMemory,
    kernels: Kernels,
    compiler: BatchCompiler,
    output: Extract<BoundOutput, { kind: 'groups' }>,
    columns: ReadonlyMap<number, Vector>,
    bounds: GroupBounds = {},
  ) {
    this.#schema = partialSchema(output);
    this.#maximumBytes = bounds.bytes ?? Math.min(GROUP_BYTES, memory.maximum / GROUP_SHARE);
    this.#maximumRows = bounds.rows ?? GROUP_ROWS;
    this.#group = new GroupMemory(memory, kernels);
    this.#copies = new StateCopies(this.#group);
    const keys = output.keys.map(({ expression }) => expression);
    const operands = new DistinctExpressions(keys);
    this.#states = new GroupStates(this.#group, output.aggregates, (operand) => operands.indexOf(operand));
    const onlySummed = keys.length > 0 ? operandsOfSumsOnly(output.aggregates, operands) : new Set<number>();
    const vectorsOf = (isSummand: boolean) => {
      const expressions = operands.expressions.filter((_, i) => onlySummed.has(i) === isSummand);
      return new OutputVectors(memory, compiler, expressions, columns);
    };
    this.#summands = vectorsOf(true);
    this.#computed = vectorsOf(false);
    const [summands, computed] = [this.#summands.vectors.values(), this.#computed.vectors.values()];
    this.#vectors = operands.expressions.map(
      (_, i) => (onlySummed.has(i) ? summands : computed).next().value as Vector,
    );
    if (keys.length > 0) {
      const types = keys.map(({ type }) => type);
      this.#keys = new GroupKeys(this.#group, types);
      this.#sums = this.#openSums(compiler, operands.expressions, columns);
    } else this.#zeros = memory.allocateCleared(4 * VECTOR_SIZE);
    this.#capacity = this.#keys ? 2 * VECTOR_SIZE : 1;
    this.#reserve();
    this.#startBytes = this.#bytes;
  }

  /**
   * Whether it holds no more than a new one would. One that does would give its groups out at other rows than a new one,
   * which shows in the last bits of sums of doubles.
   */
  get isAsNew(): boolean {
    return this.#groupCount === 0 && this.#bytes === this.#startBytes;
  }

  /** Takes the rows that stand in the vectors. Always true: no row can be left out. */
  take(count: number): true {
    if (this.#isFull(count)) this.#flush();
    const groupsBefore = this.#groupCount;
    const growth = this.#growth(count);
    if (growth > 1) {
      this.#capacity *= growth;
      this.#reserve();
    }
    const sums = this.#sums?.canTake(groupsBefore) ? this.#sums : undefined;
    if (!sums) this.#summands.compute(count);
    this.#computed.compute(count);
    const vectors = this.#vectors;
    this.#keys?.assign(vectors, count);
    const groups = this.#keys?.groups ?? this.#zeros;
    this.#rows += count;
    if (sums?.take(groups, count, this.#groupCount)) {
      this.#summands.assumeKnown();
      this.#states.update({ count, groups, groupsBefore, vectors, copies: undefined }, this.#notSummed);
      return true;
    }
    if (sums) {
      // What the other run has made of texts ends with the next run: so that comes last once more.
      this.#summands.compute(count);
      this.#computed.compute(count);
    }
    const copies = this.#copies.read(groups, count, this.#groupCount);
    this.#states.update({ count, groups, groupsBefore, vectors, copies });
    return true;
  }

  /** All batches of partial groups. A group may come in several of them. Then it starts anew, without any group. */
  finish(): readonly Batch[] {
    if (this.#groupCount > 0 || (!this.#keys && this.#batches.length === 0)) this.#emit();
    const batches = this.#batches;
    this.#keys?.reset();
    this.#sums?.reset();
    this.#states.clear();
    this.#rows = 0;
    this.#batches = [];
    return batches;
  }

  /** Groups that have had a row. */
  get #groupCount(): number {
    if (this.#keys) return this.#keys.count;
    return this.#rows > 0 ? 1 : 0;
  }

  get #bytes(): number {
    return this.#group.pool.bytes + this.#states.bytes;
  }

  /** Plans the loop for all operands that it can add up. */
  #openSums(
    compiler: BatchCompiler,
    operands: readonly BoundExpression[],
    columns: ReadonlyMap<number, Vector>,
  ): GroupedSums | undefined {
    const summed = operands.flatMap((operand, i) => {
      const state = isSummand(operand) ? this.#states.sumsOf(i) : undefined;
      return state ? [{ operand, state }] : [];
    });
    const plan = planGroupedSums(summed.map(({ operand }) => operand));
    const rows = this.#states.rowCounts;
    if (!plan || (summed.length === 0 && !rows)) return undefined;
    const sums = summed.map(({ state }): AdditiveState => state);
    this.#notSummed = this.#states.without(new Set([...sums, ...(rows ? [rows] : [])]));
    return new GroupedSums(this.#group, compiler.simdInstances, plan, columns, { sums, rows });
  }

  #reserve(): void {
    this.#keys?.reserve(this.#capacity);
    this.#states.reserve(this.#capacity);
  }

  /** How many times as many groups there must be room for with `count` more rows: faster where most rows are new groups. */
  #growth(count: number): 1 | 2 | 4 {
    const groups = this.#groupCount;
    if (!this.#keys || groups + count <= this.#capacity) return 1;
    return 2 * groups > this.#rows && 4 * this.#bytes <= this.#maximumBytes ? 4 : 2;
  }

  /** Whether the next batch of rows would go beyond a bound. */
  #isFull(count: number): boolean {
    const groups = this.#groupCount;
    if (groups === 0) return false;
    if (this.#rows + count > this.#maximumRows) return true;
    if (!this.#keys) return false;
    return this.#bytes * this.#growth(count) > this.#maximumBytes;
  }

  #flush(): void {
    this.#emit();
    this.#keys?.clear();
    this.#states.clear();
    this.#rows = 0;
  }

  #emit(): void {
    this.#sums?.fold();
    const present = this.#groupCount;
    const length = this.#keys ? present : 1;
    const columns = [...(this.#keys?.columns() ?? []), ...this.#states.columns(length, present)];
    this.#batches.push({ schema: this.#schema, length, columns });
  }
}

/** Positions of operands that a loop can add up, and that are needed for sums and averages, maybe counts, only. */
function operandsOfSumsOnly(aggregates: readonly BoundAggregate[], operands: DistinctExpressions): Set<number> {
  const positionsOf = (isWanted: (name: BoundAggregate['function']) => boolean) =>
    aggregates
      .filter(({ function: name, distinct }) => isWanted(distinct ? 'any_value' : name))
      .flatMap(({ args }) => args.map((arg) => operands.indexOf(arg)));
  const others = new Set(positionsOf((name) => name !== 'sum' && name !== 'avg' && name !== 'count'));
  const summed = positionsOf((name) => name === 'sum' || name === 'avg');
  return new Set(
    summed.filter(
      (position) =>
        position >= operands.keyCount &&
        !others.has(position) &&
        isSummand(operands.expressions[position] as BoundExpression),
    ),
  );
}

/** The expressions of a grouping: the keys, and behind them each operand once, unless it is a key. */
class DistinctExpressions {
  readonly expressions: BoundExpression[];
  readonly keyCount: number;
  #indexes = new Map<string, number>();

  constructor(keys: readonly BoundExpression[]) {
    this.expressions = [...keys];
    this.keyCount = keys.length;
    keys.forEach((key, i) => {
      this.#indexes.set(identityOf(key), i);
    });
  }

  indexOf(expression: BoundExpression): number {
    const identity = identityOf(expression);
    const known = this.#indexes.get(identity);
    if (known !== undefined) return known;
    this.#indexes.set(identity, this.expressions.length);
    return this.expressions.push(expression) - 1;
  }
}

/** Expressions live as long as their plan, and each of its tasks asks again. */
const identities = new WeakMap<BoundExpression, string>();

function identityOf(expression: BoundExpression): string {
  let identity = identities.get(expression);
  if (identity === undefined) {
    identity = JSON.stringify(expression, (_, value) => (typeof value === 'bigint' ? `${value}n` : value));
    identities.set(expression, identity);
  }
  return identity;
}
