import type { PhysicalType } from '../../../engine/formats/parquet/metadata.ts';

/** A value as Parquet stores it. Text is written as UTF-8. */
export type StoredValue = boolean | number | bigint | string | Uint8Array;

/** The PLAIN encoding of values. */
export function plainValues(physical: PhysicalType, values: readonly StoredValue[]): Buffer {
  if (physical !== 'BOOLEAN') return Buffer.concat(values.map((value) => plainValue(physical, value)));
  const bytes = Buffer.alloc(Math.ceil(values.length / 8));
  for (const [i, value] of values.entries()) if (value) bytes[i >> 3]! |= 1 << (i & 7);
  return bytes;
}

function plainValue(physical: PhysicalType, value: StoredValue): Buffer {
  const bytes = Buffer.alloc(8);
  switch (physical) {
    case 'INT32':
      bytes.writeInt32LE(value as number);
      return bytes.subarray(0, 4);
    case 'FLOAT':
      bytes.writeFloatLE(value as number);
      return bytes.subarray(0, 4);
    case 'INT64':
      bytes.writeBigInt64LE(value as bigint);
      return bytes;
    case 'DOUBLE':
      bytes.writeDoubleLE(value as number);
      return bytes;
    case 'BYTE_ARRAY': {
      const content = Buffer.from(value as Uint8Array);
      bytes.writeUInt32LE(content.length);
      return Buffer.concat([bytes.subarray(0, 4), content]);
    }
    default:
      return Buffer.from(value as Uint8Array);
  }
}
