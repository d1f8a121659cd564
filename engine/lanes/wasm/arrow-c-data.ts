import { type Column, isWide } from '../../column.ts';
import { microseconds } from '../../formats/parquet/conversion.ts';
import type { LeafColumn } from '../../formats/parquet/leaf-column.ts';
import type { PhysicalType } from '../../formats/parquet/metadata.ts';

/** An ArrowArray struct of the Arrow C data interface as it lies in 32-bit memory. */
export interface ArrowArray {
  readonly length: number;
  readonly nullCount: number;
  /** First element within its buffers. */
  readonly offset: number;
  readonly buffers: readonly number[];
  readonly children: readonly number[];
}

/** Reads the struct at `address`. */
export function arrowArray(view: DataView, address: number): ArrowArray {
  const int64 = (field: number) => Number(view.getBigInt64(address + 8 * field, true));
  const pointers = (at: number, length: number) =>
    Array.from({ length }, (_, i) => view.getUint32(view.getUint32(at, true) + 4 * i, true));
  return {
    length: int64(0),
    nullCount: int64(1),
    offset: int64(2),
    buffers: pointers(address + 40, int64(3)),
    children: pointers(address + 44, int64(4)),
  };
}

/**
 * Copies the `position`-th column out of record batches at `addresses`, once, into a Column of `rows` rows.
 * The Arrow type follows from the physical type that the excerpt declares: Boolean, Int32, Int64, Float32, Float64, Utf8, and
 * Decimal128 for decimals stored as bytes. Throws a plain Error where rows are missing or a value is out of range.
 */
export function columnFromArrow(
  memory: ArrayBuffer,
  addresses: Uint32Array,
  position: number,
  column: LeafColumn,
  declared: PhysicalType,
  rows: number,
): Column {
  const view = new DataView(memory);
  const parts = Array.from(addresses, (address) => arrowArray(view, arrowArray(view, address).children[position]!));
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  if (length !== rows) throw new Error(`column "${column.name}" has ${length} values where ${rows} are expected`);
  const validity = validityOf(memory, parts, rows);
  const nulls = validity && { validity };
  if (column.type.kind === 'utf8')
    return { kind: 'utf8', type: column.type, length, ...strings(memory, parts, rows), ...nulls };
  const values = fixedValues(memory, parts, column, declared, rows, validity);
  return { kind: 'fixed', type: column.type, length, values, ...nulls };
}

function validityOf(memory: ArrayBuffer, parts: readonly ArrowArray[], rows: number): Uint8Array | undefined {
  if (parts.every((part) => part.nullCount === 0 || !part.buffers[0])) return undefined;
  const validity = new Uint8Array(rows);
  let row = 0;
  for (const { buffers, length, offset } of parts) {
    if (buffers[0]) expandBits(memory, buffers[0], offset, validity.subarray(row, row + length));
    else validity.fill(1, row, row + length);
    row += length;
  }
  return validity;
}

/** One byte 0 or 1 for each bit from bit `offset` on. */
function expandBits(memory: ArrayBuffer, address: number, offset: number, target: Uint8Array): void {
  const bits = new Uint8Array(memory, address, (offset + target.length + 7) >> 3);
  for (let i = 0, bit = offset; i < target.length; i++, bit++) target[i] = (bits[bit >> 3]! >> (bit & 7)) & 1;
}

function fixedValues(
  memory: ArrayBuffer,
  parts: readonly ArrowArray[],
  column: LeafColumn,
  declared: PhysicalType,
  rows: number,
  validity: Uint8Array | undefined,
): Uint8Array | Int32Array | BigInt64Array | Float64Array {
  const each = (fill: (address: number, offset: number, row: number, length: number) => void) => {
    let row = 0;
    for (const { buffers, offset, length } of parts) {
      if (length > 0) fill(buffers[1]!, offset, row, length);
      row += length;
    }
  };
  const { conversion } = column;
  switch (declared) {
    case 'BOOLEAN': {
      const values = new Uint8Array(rows);
      each((address, offset, row, length) => expandBits(memory, address, offset, values.subarray(row, row + length)));
      return values;
    }
    case 'INT32': {
      const values = new Int32Array(rows);
      each((address, offset, row, length) => values.set(new Int32Array(memory, address + 4 * offset, length), row));
      if (conversion.kind === 'zero-extend') return BigInt64Array.from(new Uint32Array(values.buffer), BigInt);
      return conversion.kind === 'sign-extend' ? widen(values) : values;
    }
    case 'INT64': {
      const values = new BigInt64Array(rows);
      each((address, offset, row, length) => values.set(new BigInt64Array(memory, address + 8 * offset, length), row));
      if (conversion.kind === 'zero-extend') return values.map((value) => BigInt.asUintN(32, value));
      if (conversion.kind === 'timestamp') return values.map((value) => microseconds(value, conversion.unit));
      return values;
    }
    case 'FLOAT': {
      const values = new Float64Array(rows);
      each((address, offset, row, length) => values.set(new Float32Array(memory, address + 4 * offset, length), row));
      return values;
    }
    case 'DOUBLE': {
      const values = new Float64Array(rows);
      each((address, offset, row, length) => values.set(new Float64Array(memory, address + 8 * offset, length), row));
      return values;
    }
    default: {
      if (isWide(column.type)) {
        const values = new BigInt64Array(2 * rows);
        each((address, offset, row, length) =>
          values.set(new BigInt64Array(memory, address + 16 * offset, 2 * length), 2 * row),
        );
        return values;
      }
      const words = new Int32Array(2 * rows);
      each((address, offset, row, length) => {
        const source = new Int32Array(memory, address + 16 * offset, 4 * length);
        for (let i = 0, from = 0, to = 2 * row; i < length; i++, from += 4, to += 2) {
          const sign = source[from + 1]! >> 31;
          if ((source[from + 2] !== sign || source[from + 3] !== sign) && (!validity || validity[row + i]))
            throw new Error(`a decimal in row ${row + i} of column "${column.name}" has more than 18 digits`);
          words[to] = source[from]!;
          words[to + 1] = source[from + 1]!;
        }
      });
      return new BigInt64Array(words.buffer);
    }
  }
}

/** Sign-extends to 64 bits, by 32-bit words: no BigInt a value. */
function widen(values: Int32Array): BigInt64Array {
  const words = new Int32Array(2 * values.length);
  for (let i = 0; i < values.length; i++) {
    words[2 * i] = values[i]!;
    words[2 * i + 1] = values[i]! >> 31;
  }
  return new BigInt64Array(words.buffer);
}

function strings(
  memory: ArrayBuffer,
  parts: readonly ArrowArray[],
  rows: number,
): { offsets: Int32Array; bytes: Uint8Array } {
  const offsets = new Int32Array(rows + 1);
  const spans = parts.map(({ buffers, length, offset }) => {
    const ends = length > 0 ? new Int32Array(memory, buffers[1]! + 4 * offset, length + 1) : new Int32Array(1);
    return { ends, address: buffers[2]!, start: ends[0]!, size: ends[length]! - ends[0]! };
  });
  const total = spans.reduce((sum, span) => sum + span.size, 0);
  if (total > 0x7fffffff) throw new Error(`its strings take ${total} bytes, more than 2 GiB`);
  const bytes = new Uint8Array(total);
  let row = 0;
  let used = 0;
  for (const { ends, address, start, size } of spans) {
    if (size > 0) bytes.set(new Uint8Array(memory, address + start, size), used);
    for (let i = 1; i < ends.length; i++) offsets[++row] = ends[i]! - start + used;
    used += size;
  }
  return { offsets, bytes };
}
