import type { BoundAggregate } from '../../query/expression.ts';
import type { BoundOutput } from '../../query/fragment.ts';
import { partialSchema, stateFields } from '../../query/partial-states.ts';
import { FLOAT64, type Schema } from '../../query/types.ts';
import { type Batch, type Column, isWide } from '../column.ts';
import { wideAt } from '../scalars.ts';
import { exactAverage } from './average.ts';
import { GroupTable } from './group-table.ts';
import { openState, type StateColumn, type StateField } from './state-column.ts';

type GroupsOutput = Extract<BoundOutput, { kind: 'groups' }>;

/**
 * Merges batches of partial groups as they come, groups in the order of first appearance, sums in the order of
 * batches. Without keys there is always one group.
 */
export class GroupMerger {
  readonly #schema: Schema;
  readonly #keys: number;
  readonly #table: GroupTable;
  readonly #states: readonly StateColumn[];
  readonly #fields: readonly StateField[];

  constructor(output: GroupsOutput) {
    this.#schema = partialSchema(output);
    this.#keys = output.keys.length;
    this.#table = new GroupTable(this.#schema.slice(0, this.#keys));
    this.#fields = output.aggregates.flatMap((aggregate) =>
      stateFields(aggregate).map((field) => ({
        ...field,
        rule: aggregate.function === 'min' || aggregate.function === 'max' ? aggregate.function : ('sum' as const),
      })),
    );
    this.#states = this.#fields.map(openState);
  }

  /** Throws `bad-value` when a sum leaves its type. */
  add({ columns, length }: Batch): void {
    const groups = this.#keys > 0 ? this.#table.groupsOf(columns.slice(0, this.#keys), length) : new Int32Array(length);
    this.#states.forEach((state, index) => {
      state.add(columns[this.#keys + index]!, groups);
    });
  }

  /** One batch with the output's partial schema. */
  finish(): Batch {
    const length = this.#keys > 0 ? this.#table.count : 1;
    const states = this.#states.map((state, index) => {
      const column = state.column(length);
      return isCount(this.#fields[index]!) ? withoutNulls(column) : column;
    });
    return { schema: this.#schema, length, columns: [...this.#table.columns(), ...states] };
  }
}

/** Counts are the only int64 states that add up; they are never NULL. */
function isCount({ rule, type }: { readonly rule: string; readonly type: { readonly kind: string } }): boolean {
  return rule === 'sum' && type.kind === 'int64';
}

function withoutNulls(column: Column): Column {
  const { validity: _, ...counts } = column;
  return counts;
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
    columns.push(aggregate.function === 'avg' ? average(aggregate, states) : states[0]!);
    next += states.length;
  }
  const schema = [
    ...keys.map(({ name, expression }) => ({ name, type: expression.type })),
    ...aggregates.map(({ name, type }) => ({ name, type })),
  ];
  return { schema, length: batch.length, columns };
}

function average({ args: [arg] }: BoundAggregate, [sums, counts]: readonly Column[]): Column {
  if (sums?.kind !== 'fixed' || counts?.kind !== 'fixed') throw new TypeError('avg has no sum or no count');
  const { length } = sums;
  const scale = arg?.type.kind === 'decimal' ? arg.type.scale : 0;
  const values = new Float64Array(length);
  const validity = new Uint8Array(length);
  for (let row = 0; row < length; row++) {
    const count = counts.values[row] as bigint;
    if (count === 0n) continue;
    validity[row] = 1;
    values[row] = isWide(sums.type)
      ? exactAverage(wideAt(sums.values as BigInt64Array, row), count, scale)
      : (sums.values[row] as number) / Number(count);
  }
  return { kind: 'fixed', type: FLOAT64, length, values, ...(validity.includes(0) && { validity }) };
}

function groupsOnly(output: BoundOutput): GroupsOutput {
  if (output.kind !== 'groups') throw new TypeError('rows have no partial groups to merge');
  return output;
}
