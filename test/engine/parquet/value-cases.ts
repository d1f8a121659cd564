import fc from 'fast-check';
import {
  type Conversion,
  float16,
  hexText,
  int96Microseconds,
  timeText,
  uuidText,
} from '../../../engine/formats/parquet/conversion.ts';
import type { LeafColumn } from '../../../engine/formats/parquet/leaf-column.ts';
import { BOOL, DATE, decimal, FLOAT64, INT32, INT64, type Scalar, TIMESTAMP, UTF8 } from '../../../query/types.ts';
import type { StoredValue } from './plain-encoder.ts';

export function column(
  physical: LeafColumn['physical'],
  type: LeafColumn['type'],
  more: Partial<LeafColumn> = {},
): LeafColumn {
  return {
    name: 'x',
    type,
    chunk: 0,
    physical,
    typeLength: 0,
    nullable: false,
    definition: 0,
    conversion: { kind: 'none' },
    ...more,
  };
}

/** Values of a column as they are stored, and what each of them means. */
export interface ValueCase {
  readonly leaf: LeafColumn;
  readonly stored: fc.Arbitrary<StoredValue>;
  readonly shown: (stored: never) => Scalar;
}

const same = (value: Scalar): Scalar => value;
const int32 = fc.integer();
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });

/** A number as the bytes of a decimal: two's complement, the highest byte first. */
export function bigEndian(value: bigint, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let i = 0; i < length; i++) bytes[length - 1 - i] = Number((value >> BigInt(8 * i)) & 255n);
  return bytes;
}
const fromBigEndian = (bytes: Uint8Array): bigint =>
  bytes.length === 0 ? 0n : BigInt.asIntN(8 * bytes.length, BigInt(`0x${Buffer.from(bytes).toString('hex')}`));

const digits = (most: number): fc.Arbitrary<bigint> =>
  fc.bigInt({ min: -(10n ** BigInt(most)), max: 10n ** BigInt(most) });
/** A decimal in as few bytes as it fits, or in some more. */
const anyLength = (most: number): fc.Arbitrary<Uint8Array> =>
  fc.tuple(digits(most), fc.integer({ min: 0, max: 20 })).map(([value, more]) => {
    let length = 1;
    while (BigInt.asIntN(8 * length, value) !== value) length++;
    return bigEndian(value, length + more);
  });

export const VALUE_CASES: Record<string, ValueCase> = {
  booleans: { leaf: column('BOOLEAN', BOOL), stored: fc.boolean(), shown: same },
  'INT32 as int32': { leaf: column('INT32', INT32), stored: int32, shown: same },
  'INT32 as date': { leaf: column('INT32', DATE), stored: int32, shown: same },
  'INT32 as decimal': {
    leaf: column('INT32', decimal(9, 2), { conversion: { kind: 'sign-extend' } }),
    stored: int32,
    shown: (value: number) => BigInt(value),
  },
  'INT32 without a sign': {
    leaf: column('INT32', INT64, { conversion: { kind: 'zero-extend' } }),
    stored: int32,
    shown: (value: number) => BigInt(value >>> 0),
  },
  'INT64 as int64': { leaf: column('INT64', INT64), stored: int64, shown: same },
  'INT64 as decimal': { leaf: column('INT64', decimal(18, 3)), stored: int64, shown: same },
  microseconds: { leaf: column('INT64', TIMESTAMP), stored: int64, shown: same },
  nanoseconds: {
    leaf: column('INT64', TIMESTAMP, { conversion: { kind: 'timestamp', unit: 'ns' } }),
    stored: int64,
    shown: (value: bigint) => value / 1000n,
  },
  milliseconds: {
    leaf: column('INT64', TIMESTAMP, { conversion: { kind: 'timestamp', unit: 'ms' } }),
    stored: fc.bigInt({ min: -9223372036854775n, max: 9223372036854775n }),
    shown: (value: bigint) => value * 1000n,
  },
  floats: { leaf: column('FLOAT', FLOAT64, { conversion: { kind: 'float32' } }), stored: fc.float(), shown: same },
  doubles: { leaf: column('DOUBLE', FLOAT64), stored: fc.double(), shown: same },
  texts: {
    leaf: column('BYTE_ARRAY', UTF8, { conversion: { kind: 'text' } }),
    stored: fc.string({ unit: 'grapheme' }),
    shown: same,
  },
  'BYTE_ARRAY as decimal of 8 bytes': {
    leaf: column('BYTE_ARRAY', decimal(18, 2), { conversion: { kind: 'decimal' } }),
    stored: anyLength(18),
    shown: fromBigEndian,
  },
  'BYTE_ARRAY as decimal of 16 bytes': {
    leaf: column('BYTE_ARRAY', decimal(38, 2), { conversion: { kind: 'decimal' } }),
    stored: anyLength(38),
    shown: fromBigEndian,
  },
};

const bytesOf = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length });
const HEX: Conversion = { kind: 'hex' };
Object.assign(VALUE_CASES, {
  'INT64 without a sign': {
    leaf: column('INT64', decimal(20, 0), { conversion: { kind: 'zero-extend' } }),
    stored: int64,
    shown: (value: bigint) => BigInt.asUintN(64, value),
  },
  halves: {
    leaf: column('FIXED_LEN_BYTE_ARRAY', FLOAT64, { typeLength: 2, conversion: { kind: 'float16' } }),
    stored: bytesOf(2),
    shown: ([low, high]: Uint8Array) => float16(low! | (high! << 8)),
  },
  INT96: {
    leaf: column('INT96', TIMESTAMP, { conversion: { kind: 'int96' } }),
    stored: fc.tuple(int64, fc.nat(106_000_000)).map(([nanoseconds, day]) => {
      const bytes = Buffer.alloc(12);
      bytes.writeBigInt64LE(nanoseconds);
      bytes.writeUInt32LE(day, 8);
      return bytes;
    }),
    shown: (bytes: Buffer) => int96Microseconds(bytes.readBigInt64LE(), bytes.readUInt32LE(8)),
  },
  binary: {
    leaf: column('BYTE_ARRAY', UTF8, { conversion: HEX }),
    stored: fc.uint8Array({ maxLength: 40 }),
    shown: hexText,
  },
  UUIDs: {
    leaf: column('FIXED_LEN_BYTE_ARRAY', UTF8, { typeLength: 16, conversion: { kind: 'uuid' } }),
    stored: bytesOf(16),
    shown: uuidText,
  },
});
for (const typeLength of [3, 8, 17])
  VALUE_CASES[`binary of ${typeLength} bytes`] = {
    leaf: column('FIXED_LEN_BYTE_ARRAY', UTF8, { typeLength, conversion: HEX }),
    stored: bytesOf(typeLength),
    shown: hexText,
  };
for (const [unit, most] of [
  ['ms', 86_400_000n],
  ['us', 86_400_000_000n],
  ['ns', 86_400_000_000_000n],
] as const) {
  const conversion = { kind: 'time', unit, utc: unit === 'us' } as const;
  const time = fc.oneof(
    fc.bigInt({ min: 0n, max: most }),
    fc.bigInt({ min: 0n, max: 86_400n }).map((s) => (s * most) / 86_400n),
  );
  VALUE_CASES[`times in ${unit}`] = {
    leaf: column(unit === 'ms' ? 'INT32' : 'INT64', UTF8, { conversion }),
    stored: unit === 'ms' ? time.map(Number) : time,
    shown: (value: number | bigint) => timeText(BigInt(value), conversion),
  };
}
for (const typeLength of [1, 2, 3, 5, 7, 8])
  VALUE_CASES[`FIXED_LEN_BYTE_ARRAY(${typeLength}) as decimal`] = {
    leaf: column('FIXED_LEN_BYTE_ARRAY', decimal(18, 2), { typeLength, conversion: { kind: 'decimal' } }),
    stored: fc.uint8Array({ minLength: typeLength, maxLength: typeLength }),
    shown: fromBigEndian,
  };
for (const typeLength of [9, 12, 15, 16])
  VALUE_CASES[`FIXED_LEN_BYTE_ARRAY(${typeLength}) as wide decimal`] = {
    leaf: column('FIXED_LEN_BYTE_ARRAY', decimal(38, 2), { typeLength, conversion: { kind: 'decimal' } }),
    stored: fc.uint8Array({ minLength: typeLength, maxLength: typeLength }),
    shown: fromBigEndian,
  };
