import type { BoundExpression } from '../../../query/expression.ts';
import type { BoundOutput } from '../../../query/fragment.ts';
import { partialSchema } from '../../../query/partial-states.ts';
import type { Batch } from '../../column.ts';
import { VECTOR_SIZE } from '../../task.ts';
import type { BatchCompiler } from './batch-compiler.ts';
import { GroupKeys } from './group-keys.ts';
import { GroupMemory } from './group-memory.ts';
import { GroupStates } from './group-states.ts';
import type { Kernels } from './kernels.ts';
import type { EngineMemory } from './memory.ts';
import { OutputVectors } from './output-vectors.ts';
import { StateCopies } from './state-copies.ts';
import type { Vector } from './vector.ts';

/** Bytes that the groups of one worker take before they are given out as a batch of partial groups. */
const GROUP_BYTES = 1 << 28;
/** Rows after which groups are given out too, so that 64-bit sums of 32-bit values and 32-bit stamps stay exact. */
const GROUP_ROWS = 2 ** 31;

/** Bounds of a grouping: beyond them groups are given out as one more batch, and the memory is used again. */
export interface GroupBounds {
  readonly bytes?: number;
  readonly rows?: number;
}

/** Folds surviving rows into groups. Without keys there is one group, even when no row comes. */
export class GroupSink {
  #output: Extract<BoundOutput, { kind: 'groups' }>;
  #group: GroupMemory;
  #keys: GroupKeys | undefined;
  #vectors: OutputVectors;
  #states: GroupStates;
  #copies: StateCopies;
  /** Group numbers of rows that all belong to group 0. */
  #zeros = 0;
  #capacity: number;
  #rows = 0;
  #maximumBytes: number;
  #maximumRows: number;
  #batches: Batch[] = [];

  constructor(
    memory: EngineMemory,
    kernels: Kernels,
    compiler: BatchCompiler,
    output: Extract<BoundOutput, { kind: 'groups' }>,
    columns: ReadonlyMap<number, Vector>,
    bounds: GroupBounds = {},
  ) {
    this.#output = output;
    this.#maximumBytes = bounds.bytes ?? GROUP_BYTES;
    this.#maximumRows = bounds.rows ?? GROUP_ROWS;
    this.#group = new GroupMemory(memory, kernels);
    this.#copies = new StateCopies(this.#group);
    const keys = output.keys.map(({ expression }) => expression);
    const operands = new DistinctExpressions(keys);
    this.#states = new GroupStates(this.#group, output.aggregates, (operand) => operands.indexOf(operand));
    this.#vectors = new OutputVectors(memory, compiler, operands.expressions, columns);
    if (keys.length > 0) {
      const types = keys.map(({ type }) => type);
      this.#keys = new GroupKeys(this.#group, types);
    } else this.#zeros = memory.allocateCleared(4 * VECTOR_SIZE);
    this.#capacity = this.#keys ? 2 * VECTOR_SIZE : 1;
    this.#reserve();
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
    this.#vectors.compute(count);
    const { vectors } = this.#vectors;
    this.#keys?.assign(vectors, count);
    const groups = this.#keys?.groups ?? this.#zeros;
    const copies = this.#copies.read(groups, count, this.#keys?.count ?? 1);
    this.#states.update({ count, groups, groupsBefore, vectors, copies });
    this.#rows += count;
    return true;
  }

  /** All batches of partial groups. A group may come in several of them. */
  finish(): readonly Batch[] {
    if (this.#groupCount > 0 || (!this.#keys && this.#batches.length === 0)) this.#emit();
    return this.#batches;
  }

  /** Groups that have had a row. */
  get #groupCount(): number {
    if (this.#keys) return this.#keys.count;
    return this.#rows > 0 ? 1 : 0;
  }

  get #bytes(): number {
    return this.#group.pool.bytes + this.#states.bytes;
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
    const present = this.#groupCount;
    const length = this.#keys ? present : 1;
    const columns = [...(this.#keys?.columns() ?? []), ...this.#states.columns(length, present)];
    this.#batches.push({ schema: partialSchema(this.#output), length, columns });
  }
}

/** The expressions of a grouping: the keys, and behind them each operand once, unless it is a key. */
class DistinctExpressions {
  readonly expressions: BoundExpression[];
  #indexes = new Map<string, number>();

  constructor(keys: readonly BoundExpression[]) {
    this.expressions = [...keys];
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

function identityOf(expression: BoundExpression): string {
  return JSON.stringify(expression, (_, value) => (typeof value === 'bigint' ? `${value}n` : value));
}
