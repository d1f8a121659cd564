import { SluiceError } from '../../query/error.ts';
import type { BoundAggregate } from '../../query/expression.ts';
import type { DataType, Scalar } from '../../query/types.ts';
import { type Column, isWide } from '../column.ts';
import { compareBytes } from '../compare-bytes.ts';
import { columnFromScalars, scalarAt, wideAt } from '../scalars.ts';
import type { AggregateState, GroupNumbers } from './aggregate-state.ts';
import { openColumnBuilder } from './column-builder.ts';
import { eachState, stateColumn } from './state-bytes.ts';
import { ValueLog } from './value-log.ts';
import { fixed, text } from './words.ts';

/**
 * median, quantile_cont and quantile_disc: all values. The state is the values that are not NULL, one behind the other
 * as `ColumnBuilder` encodes them, in no order that matters.
 */
export class QuantileState implements AggregateState {
  readonly #name: string;
  readonly #log: ValueLog;
  readonly #limit: number;

  /** Holds `limit` bytes at most. */
  constructor(name: string, type: DataType, limit: number) {
    this.#name = name;
    this.#log = new ValueLog(type);
    this.#limit = limit;
  }

  get bytes(): number {
    return this.#log.bytes;
  }

  update([operand]: readonly Column[], groups: GroupNumbers, length: number): void {
    this.#log.append(operand!, groups, length);
    this.#check();
  }

  merge([states]: readonly Column[], groups: GroupNumbers, length: number): void {
    eachState(states, length, (row, view, start, end) => {
      const group = groups ? groups[row]! : 0;
      for (let at = start; at < end; ) at = this.#log.decode(group, view, at, end);
    });
    this.#check();
  }

  partial(length: number): Column[] {
    const { starts, rows } = this.#log.byGroup(length);
    const { values } = this.#log;
    const sizeOf = (group: number) => {
      let size: number | undefined;
      for (let i = starts[group]!; i < starts[group + 1]!; i++) size = (size ?? 0) + values.encodedSize(rows[i]!);
      return size;
    };
    const write = (group: number, view: DataView, from: number) => {
      let at = from;
      for (let i = starts[group]!; i < starts[group + 1]!; i++) at = values.encode(rows[i]!, view, at);
    };
    return [stateColumn(this.#name, length, sizeOf, write)];
  }

  #check(): void {
    if (this.bytes <= this.#limit) return;
    throw new SluiceError(
      'bad-value',
      `"${this.#name}" would have to keep more than ${this.#limit >> 20} MiB of values; approx_quantile needs little memory`,
    );
  }
}

/** The quantiles that the values of each state have; NULL without values. */
export function finishQuantile(aggregate: BoundAggregate, [states]: readonly Column[], length: number): Column {
  const operand = aggregate.args[0]!.type;
  const fraction = aggregate.function === 'median' ? 0.5 : Number(aggregate.parameters[0]);
  const interpolates = aggregate.function !== 'quantile_disc' && operand.kind !== 'utf8' && operand.kind !== 'bool';
  const results = new Array<Scalar>(length).fill(null);
  eachState(states, length, (row, view, start, end) => {
    const values = openColumnBuilder(operand);
    for (let at = start; at < end; ) at = values.decode(view, at, end);
    if (values.length === 0) return;
    const valueAt = sortedValues(values.column(), fraction < 0);
    const { length: count } = values;
    results[row] = interpolates
      ? interpolated(valueAt, count, Math.abs(fraction), operand, aggregate.type)
      : valueAt(discreteRank(count, Math.abs(fraction)));
  });
  return columnFromScalars(aggregate.type, results);
}

/** Sorts the values; gives the one at a rank, counted from the greatest where `descending`. */
function sortedValues(column: Column, descending: boolean): (rank: number) => Scalar {
  const { length } = column;
  const sorted = sort(column);
  return (rank) => sorted(descending ? length - 1 - rank : rank);
}

function sort(column: Column): (rank: number) => Scalar {
  if (column.kind === 'utf8') {
    const { bytes, offsets } = text(column);
    const rows = Int32Array.from({ length: column.length }, (_, row) => row).sort((a, b) =>
      compareBytes(bytes, offsets[a]!, offsets[a + 1]!, bytes, offsets[b]!, offsets[b + 1]!),
    );
    return (rank) => scalarAt(column, rows[rank]!);
  }
  const { type, values, length } = fixed(column);
  if (values.length > length) {
    const wide = Array.from({ length }, (_, row) => wideAt(values as BigInt64Array, row));
    wide.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    return (rank) => wide[rank]!;
  }
  // The order of typed arrays has NaN last, as SQL here.
  values.sort();
  return type.kind === 'bool' ? (rank) => values[rank] !== 0 : (rank) => values[rank]!;
}

/**
 * The rank of a discrete quantile: the least with at least `fraction` of all values at or below it. In integers, since
 * SQL's fraction is a decimal.
 */
function discreteRank(count: number, fraction: number): number {
  const [digits, exponent] = fraction.toExponential().split('e') as [string, string];
  const [whole, rest = ''] = digits.split('.') as [string, string?];
  const scale = rest.length - Number(exponent);
  const scaled = BigInt(whole + rest) * 10n ** BigInt(Math.max(0, -scale));
  const unit = 10n ** BigInt(Math.max(0, scale));
  const above = ((unit - scaled) * BigInt(count)) / unit;
  return Math.max(1, count - Number(above)) - 1;
}

/** Between the two values around `fraction` of the way, rounded as DuckDB does for each type. */
function interpolated(
  valueAt: (rank: number) => Scalar,
  count: number,
  fraction: number,
  operand: DataType,
  type: DataType,
): Scalar {
  const place = (count - 1) * fraction;
  const rank = Math.floor(place);
  const part = place - rank;
  const low = valueAt(rank) as number | bigint;
  const high = valueAt(Math.ceil(place)) as number | bigint;
  switch (type.kind) {
    case 'timestamp': {
      const unit = operand.kind === 'date' ? 86_400_000_000n : 1n;
      if (part === 0) return BigInt(low) * unit;
      const value = Number(BigInt(low) * unit) * (1 - part) + Number(BigInt(high) * unit) * part;
      // Halves go away from zero.
      return BigInt(Math.sign(value) * Math.round(Math.abs(value)));
    }
    case 'decimal': {
      if (part === 0) return low;
      if (isWide(type)) return BigInt(Math.trunc(Number(low) * (1 - part) + Number(high) * part));
      return (low as bigint) + BigInt(Math.trunc(Number((high as bigint) - (low as bigint)) * part));
    }
    default:
      return part === 0 ? Number(low) : Number(low) * (1 - part) + Number(high) * part;
  }
}
