import type { BoundOutput } from '../../query/fragment.ts';
import { partialSchema, stateFields } from '../../query/partial-states.ts';
import type { Schema } from '../../query/types.ts';
import type { Batch } from '../column.ts';
import type { AggregateState } from '../operators/aggregate-state.ts';
import { finishAggregate, openAggregate } from '../operators/aggregates.ts';
import { GroupTable } from '../operators/group-table.ts';

type GroupsOutput = Extract<BoundOutput, { kind: 'groups' }>;

/** An aggregate's states and where their columns stand in a partial batch. */
interface MergedState {
  readonly state: AggregateState;
  readonly from: number;
  readonly to: number;
}

/**
 * Merges batches of partial groups as they come, groups in the order of first appearance, states in the order of
 * batches. Without keys there is always one group.
 */
export class GroupMerger {
  readonly #schema: Schema;
  readonly #keys: number;
  readonly #table: GroupTable;
  readonly #states: readonly MergedState[];

  constructor(output: GroupsOutput) {
    this.#schema = partialSchema(output);
    this.#keys = output.keys.length;
    this.#table = new GroupTable(this.#schema.slice(0, this.#keys));
    let next = this.#keys;
    this.#states = output.aggregates.map((aggregate) => {
      const from = next;
      next += stateFields(aggregate).length;
      return { state: openAggregate(aggregate), from, to: next };
    });
  }

  /** Throws as `AggregateState.merge`. */
  add({ columns, length }: Batch): void {
    const groups = this.#keys > 0 ? this.#table.groupsOf(columns.slice(0, this.#keys), length) : undefined;
    for (const { state, from, to } of this.#states) state.merge(columns.slice(from, to), groups, length);
  }

  /** Groups so far. */
  get count(): number {
    return this.#keys > 0 ? this.#table.count : 1;
  }

  /** Approximate memory held. */
  get bytes(): number {
    return this.#states.reduce((sum, { state }) => sum + state.bytes, this.#table.bytes);
  }

  /** One batch with the output's partial schema. */
  finish(): Batch {
    const length = this.count;
    const columns = [...this.#table.columns(), ...this.#states.flatMap(({ state }) => state.partial(length))];
    return { schema: this.#schema, length, columns };
  }
}

/** Merges batches of partial groups into one, as `GroupMerger`. */
export function mergePartials(output: BoundOutput, batches: Iterable<Batch>): Batch {
  const merger = new GroupMerger(groupsOnly(output));
  for (const batch of batches) merger.add(batch);
  return merger.finish();
}

/** Turns merged partial groups into final values: the keys, then one column an aggregate, typed as the aggregate. */
export function finalizeGroups(output: BoundOutput, batch: Batch): Batch {
  const { keys, aggregates } = groupsOnly(output);
  const columns = batch.columns.slice(0, keys.length);
  let next = keys.length;
  for (const aggregate of aggregates) {
    const states = batch.columns.slice(next, next + stateFields(aggregate).length);
    columns.push(finishAggregate(aggregate, states, batch.length));
    next += states.length;
  }
  const schema = [
    ...keys.map(({ name, expression }) => ({ name, type: expression.type })),
    ...aggregates.map(({ name, type }) => ({ name, type })),
  ];
  return { schema, length: batch.length, columns };
}

function groupsOnly(output: BoundOutput): GroupsOutput {
  if (output.kind !== 'groups') throw new TypeError('rows have no partial groups to merge');
  return output;
}
