import type { DataType, Scalar } from '../query/types.ts';
import { type Column, isWide } from './column.ts';

// A byte order mark within a value is a character of it.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();

/** The value of one row, in the form that `Scalar` documents. */
export function scalarAt(column: Column, row: number): Scalar {
  if (column.validity && column.validity[row] === 0) return null;
  if (column.kind === 'utf8')
    return decoder.decode(column.bytes.subarray(column.offsets[row] ?? 0, column.offsets[row + 1] ?? 0));
  const { type, values } = column;
  if (isWide(type)) return wideAt(values as BigInt64Array, row);
  const value = values[row];
  if (value === undefined) throw new RangeError(`row ${row} of ${column.length}`);
  return type.kind === 'bool' ? value !== 0 : value;
}

/** Joins the two words of a wide decimal. */
export function wideAt(words: BigInt64Array, row: number): bigint {
  return ((words[2 * row + 1] ?? 0n) << 64n) | BigInt.asUintN(64, words[2 * row] ?? 0n);
}

/** A column with these values, each in the form that `Scalar` documents for `type`. */
export function columnFromScalars(type: DataType, scalars: readonly Scalar[]): Column {
  const { length } = scalars;
  const validity = scalars.includes(null) ? Uint8Array.from(scalars, (value) => (value === null ? 0 : 1)) : undefined;
  const common = { type, length, ...(validity && { validity }) };
  if (type.kind === 'utf8') {
    const pieces = scalars.map((value) => encoder.encode((value ?? '') as string));
    const offsets = new Int32Array(length + 1);
    for (let row = 0; row < length; row++) offsets[row + 1] = (offsets[row] ?? 0) + (pieces[row]?.length ?? 0);
    const bytes = new Uint8Array(offsets[length] ?? 0);
    pieces.forEach((piece, row) => {
      bytes.set(piece, offsets[row]);
    });
    return { kind: 'utf8', ...common, offsets, bytes };
  }
  return { kind: 'fixed', ...common, values: fixedValues(type, scalars) };
}

function fixedValues(type: DataType, scalars: readonly Scalar[]) {
  switch (type.kind) {
    case 'bool':
      return Uint8Array.from(scalars, (value) => (value ? 1 : 0));
    case 'int32':
    case 'date':
      return Int32Array.from(scalars, (value) => (value ?? 0) as number);
    case 'float64':
      return Float64Array.from(scalars, (value) => (value ?? 0) as number);
    default: {
      if (!isWide(type)) return BigInt64Array.from(scalars, (value) => (value ?? 0n) as bigint);
      const words = new BigInt64Array(2 * scalars.length);
      scalars.forEach((scalar, row) => {
        const value = (scalar ?? 0n) as bigint;
        words[2 * row] = BigInt.asIntN(64, value);
        words[2 * row + 1] = BigInt.asIntN(64, value >> 64n);
      });
      return words;
    }
  }
}
