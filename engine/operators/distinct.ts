import { SluiceError } from '../../query/error.ts';
import type { BoundAggregate } from '../../query/expression.ts';
import { type DataType, INT32, type Schema } from '../../query/types.ts';
import type { Column } from '../column.ts';
import type { AggregateState, GroupNumbers } from './aggregate-state.ts';
import { type ColumnBuilder, openColumnBuilder } from './column-builder.ts';
import { orderByGroup } from './group-order.ts';
import { GroupTable } from './group-table.ts';
import { damaged, eachState, stateColumn } from './state-bytes.ts';
import { fixed } from './words.ts';

/**
 * An aggregate over distinct values: the set of its operands' values, in the order of first appearance. The state is
 * that set: for each member a byte whose bit i says that operand i is NULL, then the other operands as `ColumnBuilder`
 * encodes them.
 */
export class DistinctState implements AggregateState {
  readonly #name: string;
  readonly #limit: number;
  readonly #schema: Schema;
  /** Keys are the group and the operands. */
  readonly #members: GroupTable;

  /** Holds `limit` bytes at most. */
  constructor({ name, args }: BoundAggregate, limit: number) {
    this.#name = name;
    this.#limit = limit;
    this.#schema = args.map(({ type }, index) => ({ name: `operand ${index}`, type }));
    this.#members = new GroupTable([{ name: 'group', type: INT32 }, ...this.#schema]);
  }

  get bytes(): number {
    return this.#members.bytes;
  }

  update(args: readonly Column[], groups: GroupNumbers, length: number): void {
    const values = groups ? Int32Array.from(groups.subarray(0, length)) : new Int32Array(length);
    this.#members.groupsOf([{ kind: 'fixed', type: INT32, length, values }, ...args], length);
    if (this.bytes <= this.#limit) return;
    throw new SluiceError(
      'bad-value',
      `"${this.#name}" would have to keep more than ${this.#limit >> 20} MiB of distinct values; approx_count_distinct needs little memory`,
    );
  }

  merge([states]: readonly Column[], groups: GroupNumbers, length: number): void {
    const { columns, groups: rows } = readMembers(this.#schema, states, length);
    this.update(columns, groups ? rows.map((row) => groups[row]!) : new Int32Array(rows.length), rows.length);
  }

  partial(length: number): Column[] {
    const [groups, ...operands] = this.#members.columns();
    const { starts, rows } = orderByGroup(fixed(groups).values as Int32Array, groups!.length, length);
    const builders = operands.map(filledBuilder);
    const isNull = (index: number, row: number) => operands[index]!.validity?.[row] === 0;
    const sizeOf = (group: number) => {
      if (starts[group] === starts[group + 1]) return undefined;
      let size = 0;
      for (let i = starts[group]!; i < starts[group + 1]!; i++) {
        size++;
        for (let index = 0; index < builders.length; index++)
          if (!isNull(index, rows[i]!)) size += builders[index]!.encodedSize(rows[i]!);
      }
      return size;
    };
    const write = (group: number, view: DataView, from: number) => {
      let at = from;
      for (let i = starts[group]!; i < starts[group + 1]!; i++) {
        const mask = at++;
        let nulls = 0;
        for (let index = 0; index < builders.length; index++) {
          if (isNull(index, rows[i]!)) nulls |= 1 << index;
          else at = builders[index]!.encode(rows[i]!, view, at);
        }
        view.setUint8(mask, nulls);
      }
    };
    return [stateColumn(this.#name, length, sizeOf, write)];
  }
}

/** The members of all sets: their operands, and the row of the state that each comes from. */
export function readMembers(
  operands: readonly { readonly type: DataType }[],
  states: Column | undefined,
  length: number,
): { readonly columns: readonly Column[]; readonly groups: Int32Array } {
  const builders = operands.map(({ type }) => openColumnBuilder(type));
  const rows: number[] = [];
  eachState(states, length, (row, view, start, end) => {
    for (let at = start; at < end; ) {
      const nulls = view.getUint8(at++);
      if (nulls >> builders.length !== 0) throw damaged('a member has more values than operands');
      for (const [index, builder] of builders.entries()) {
        if ((nulls >> index) & 1) builder.appendNull();
        else at = builder.decode(view, at, end);
      }
      rows.push(row);
    }
  });
  return { columns: builders.map((builder) => builder.column()), groups: Int32Array.from(rows) };
}

function filledBuilder(column: Column): ColumnBuilder {
  const builder = openColumnBuilder(column.type);
  for (let row = 0; row < column.length; row++) {
    if (column.validity?.[row] === 0) builder.appendNull();
    else builder.append(column, row);
  }
  return builder;
}
