import type { BoundOutput } from '../../query/fragment.ts';
import { partialSchema, stateFields } from '../../query/partial-states.ts';
import { type Batch, batchBytes } from '../column.ts';
import { MergeTable } from '../lanes/wasm/merge-table.ts';
import { finishAggregate } from '../operators/aggregates.ts';
import { hashRows } from '../operators/hash-values.ts';
import { concatBatches, takeRows } from '../take-rows.ts';

type GroupsOutput = Extract<BoundOutput, { kind: 'groups' }>;

/**
 * Bytes of one table beyond which groups are divided among several by the hashes of their keys. A linear memory has at
 * most 2 GiB, and takes up to twice of what is in use while it grows; several small ones are given out, and back, one by
 * one.
 */
const TABLE_BYTES = 256 * 1024 * 1024;
const PARTITION_BITS = 4;
/** Of the hashes of keys. */
const SEED = 0x9747b28c;

/**
 * Merges batches of partial groups as they come, states in the order of batches; a batch holds a group at most once.
 * Groups have the order of first appearance, in each partition where they are so many that they are divided. Without
 * keys there is always one group.
 */
export class GroupMerger {
  readonly #output: GroupsOutput;
  readonly #tableBytes: number;
  /** As long as there is only one batch, there is nothing to merge. */
  #only: Batch | undefined;
  #tables: readonly MergeTable[] = [];

  /** `tableBytes`: see `TABLE_BYTES`; for tests. */
  constructor(output: BoundOutput, tableBytes = TABLE_BYTES) {
    this.#output = groupsOnly(output);
    this.#tableBytes = tableBytes;
  }

  /** Throws as `MergeTable.add`. */
  add(batch: Batch): void {
    if (batch.length === 0) return;
    if (this.count === 0) {
      this.#only = batch;
      return;
    }
    const first = this.#only;
    this.#only = undefined;
    if (first) this.#merge(first, first.length + batch.length);
    this.#merge(batch, batch.length);
  }

  /** Groups that batches have brought so far. */
  get count(): number {
    return this.#tables.reduce((sum, { count }) => sum + count, this.#only?.length ?? 0);
  }

  /** Memory that the groups take. */
  get bytes(): number {
    return this.#tables.reduce((sum, { bytes }) => sum + bytes, this.#only ? batchBytes(this.#only) : 0);
  }

  /** The groups so far, with the output's partial schema, in one batch for each partition; then starts anew. */
  *flush(): Generator<Batch, void, undefined> {
    const only = this.#only;
    this.#only = undefined;
    if (only) yield only;
    for (const table of this.#tables) {
      if (table.count === 0) continue;
      yield table.finish();
      table.clear();
    }
  }

  /** As `flush`; without keys there is a group in any case. Nothing can be merged afterwards: memory is given back. */
  *finish(): Generator<Batch, void, undefined> {
    if (this.count === 0 && this.#output.keys.length === 0) {
      yield finished(new MergeTable(this.#output));
      return;
    }
    const tables = [...this.#tables];
    this.#tables = [];
    if (this.#only) yield this.#only;
    for (let table = tables.shift(); table; table = tables.shift()) if (table.count > 0) yield finished(table);
  }

  /** `rows` are known to come, with this batch and behind it. */
  #merge(batch: Batch, rows: number): void {
    if (this.#tables.length === 0) this.#tables = [new MergeTable(this.#output)];
    if (this.#tables.length > 1) {
      this.#divide(batch);
      return;
    }
    const table = this.#tables[0]!;
    if (table.bytesWith(rows) <= this.#tableBytes) {
      if (table.count === 0) table.reserve(rows);
      table.add(batch);
      return;
    }
    this.#tables = Array.from({ length: 1 << PARTITION_BITS }, () => new MergeTable(this.#output));
    this.#divide(finished(table));
    this.#divide(batch);
  }

  /** Gives each row to the table of its key. */
  #divide(batch: Batch): void {
    const hashes = hashRows(batch.columns.slice(0, this.#output.keys.length), batch.length, SEED);
    const rows = this.#tables.map(() => new Int32Array(batch.length));
    const counts = this.#tables.map(() => 0);
    for (let row = 0; row < batch.length; row++) {
      const partition = hashes[row]! >>> (32 - PARTITION_BITS);
      rows[partition]![counts[partition]!++] = row;
    }
    for (const [partition, table] of this.#tables.entries())
      table.add(takeRows(batch, rows[partition]!.subarray(0, counts[partition])));
  }
}

/** All groups of a table that nobody needs any more. */
function finished(table: MergeTable): Batch {
  const batch = table.finish();
  table.close();
  return batch;
}

/** Merges batches of partial groups into one, as `GroupMerger`. */
export function mergePartials(output: BoundOutput, batches: Iterable<Batch>): Batch {
  const merger = new GroupMerger(output);
  for (const batch of batches) merger.add(batch);
  return concatBatches(partialSchema(output), [...merger.finish()]);
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
