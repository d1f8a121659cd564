import type { BoundAggregate } from '../../../query/expression.ts';
import type { BoundOutput } from '../../../query/fragment.ts';
import { partialSchema, stateFields } from '../../../query/partial-states.ts';
import type { Batch } from '../../column.ts';
import { AggregateState, type StateFunction } from './aggregate-state.ts';
import type { BatchCompiler } from './batch-compiler.ts';
import { GroupKeys } from './group-keys.ts';
import type { Kernels } from './kernels.ts';
import type { EngineMemory } from './memory.ts';
import { OutputVectors } from './output-vectors.ts';
import type { Vector } from './vector.ts';

/** Folds surviving rows into groups. Without keys there is one group, even when no row comes. */
export class GroupSink {
  #output: Extract<BoundOutput, { kind: 'groups' }>;
  #keys: GroupKeys | undefined;
  #vectors: OutputVectors;
  /** State columns in the order of `partialSchema`, each with the position of its argument among the vectors. */
  #states: { state: AggregateState; argument: number | undefined }[];

  constructor(
    memory: EngineMemory,
    kernels: Kernels,
    compiler: BatchCompiler,
    output: Extract<BoundOutput, { kind: 'groups' }>,
    columns: ReadonlyMap<number, Vector>,
  ) {
    this.#output = output;
    const keys = output.keys.map(({ expression }) => expression);
    const args = output.aggregates.flatMap(({ args }) => args);
    this.#vectors = new OutputVectors(memory, compiler, [...keys, ...args], columns);
    if (keys.length > 0)
      this.#keys = new GroupKeys(
        memory,
        kernels,
        keys.map(({ type }) => type),
      );
    let next = keys.length;
    this.#states = output.aggregates.flatMap((aggregate) => {
      const argument = aggregate.args.length > 0 ? next++ : undefined;
      return stateFields(aggregate).map((field, i) => ({
        state: new AggregateState(memory, kernels, stateFunction(aggregate, i), field.type, aggregate.args[0]?.type),
        argument,
      }));
    });
  }

  take(count: number): boolean {
    this.#vectors.compute(count);
    const keys = this.#keys;
    keys?.assign(this.#vectors.vectors.slice(0, this.#output.keys.length), count);
    for (const { state, argument } of this.#states) {
      if (keys) state.reserve(keys.capacity);
      const vector = argument === undefined ? undefined : this.#vectors.vectors[argument];
      state.update(keys ? keys.groups : 0, vector, count);
    }
    return true;
  }

  finish(): readonly Batch[] {
    const length = this.#keys ? this.#keys.count : 1;
    if (length === 0) return [];
    const columns = [...(this.#keys?.columns() ?? []), ...this.#states.map(({ state }) => state.column(length))];
    return [{ schema: partialSchema(this.#output), length, columns }];
  }
}

/** The state columns of an average are a sum, then a count. */
function stateFunction(aggregate: BoundAggregate, position: number): StateFunction {
  if (aggregate.function === 'avg') return position === 0 ? 'sum' : 'count';
  return aggregate.function === 'count_star' ? 'count' : (aggregate.function as StateFunction);
}
