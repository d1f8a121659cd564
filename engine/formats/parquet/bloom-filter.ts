import { deserializeTCompactProtocol } from 'hyparquet/src/thrift.js';
import type { LeafColumn } from './leaf-column.ts';
import { count, struct } from './metadata.ts';
import { xxhash64 } from './xxhash64.ts';
import type { Bound } from './zone-map.ts';

/** Parquet's split block Bloom filter (BloomFilter.md): a bit set of blocks of 32 bytes behind a Thrift header. */
export interface BloomFilter {
  /** Of the bit set, from where the filter begins. */
  readonly offset: number;
  readonly blocks: number;
}

/** More than any header takes: its bytes come before the filter is asked. */
export const BLOOM_HEADER_SIZE = 64;
export const BLOOM_BLOCK_SIZE = 32;
const LARGEST = 128 * 1024 * 1024;

/** Reads a BloomFilterHeader. Throws an Error where it makes no sense, or names an algorithm, hash or codec that is not known. */
export function parseBloomFilter(bytes: Uint8Array): BloomFilter {
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
  const header = struct(deserializeTCompactProtocol(reader), 'Bloom filter header');
  const size = count(header.field_1, 'size of a Bloom filter');
  const isKnown = [header.field_2, header.field_3, header.field_4].every(
    (field) => struct(field, 'Bloom filter header').field_1 !== undefined,
  );
  if (!isKnown || size < BLOOM_BLOCK_SIZE || size % BLOOM_BLOCK_SIZE !== 0 || size > LARGEST)
    throw new Error(`a Bloom filter of ${size} bytes is of an unknown kind`);
  return { offset: reader.offset, blocks: size / BLOOM_BLOCK_SIZE };
}

/** The number of the block that a hash belongs to. */
export function bloomBlockOf({ blocks }: BloomFilter, hash: bigint): number {
  return Number(((hash >> 32n) * BigInt(blocks)) >> 32n);
}

const SALT = [0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d, 0x705495c7, 0x2df1424b, 0x9efc4947, 0x5c6bfb31] as const;

/** Whether the block, 32 bytes, lacks a bit of the hash: then no value has it. */
export function bloomBlockExcludes(block: Uint8Array, hash: bigint): boolean {
  const key = Number(hash & 0xffff_ffffn);
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  return SALT.some((salt, word) => {
    const bit = Math.imul(key, salt) >>> 27;
    return ((view.getUint32(4 * word, true) >>> bit) & 1) === 0;
  });
}

/**
 * The hash of the bytes as which a column stores a value; undefined where several bytes stand for values that are equal,
 * or are not known.
 */
export function bloomHashOf(column: LeafColumn, value: Bound): bigint | undefined {
  const bytes = storedBytes(column, value);
  return bytes && xxhash64(bytes);
}

function storedBytes({ conversion, physical, typeLength }: LeafColumn, value: Bound): Uint8Array | undefined {
  switch (conversion.kind) {
    case 'none':
      // A boolean has no filter; 0 equals -0, and NaNs equal each other.
      if (physical === 'INT32') return integer(4, BigInt(value as number));
      if (physical === 'INT64') return integer(8, value as bigint);
      return physical === 'DOUBLE' && value !== 0 && !Number.isNaN(value)
        ? new Uint8Array(Float64Array.of(value as number).buffer)
        : undefined;
    case 'sign-extend':
      return integer(4, value as bigint);
    case 'zero-extend':
      return integer(physical === 'INT32' ? 4 : 8, value as bigint);
    case 'float32':
      return value !== 0 && Math.fround(value as number) === value
        ? new Uint8Array(Float32Array.of(value).buffer)
        : undefined;
    case 'timestamp': {
      const isMilliseconds = conversion.unit === 'ms' && (value as bigint) % 1000n === 0n;
      return isMilliseconds ? integer(8, (value as bigint) / 1000n) : undefined;
    }
    case 'decimal':
      return physical === 'FIXED_LEN_BYTE_ARRAY' ? integer(typeLength, value as bigint)?.reverse() : undefined;
    case 'text':
      return value as Uint8Array;
    case 'hex':
      return fromHex(value as Uint8Array, /^([0-9A-F]{2})*$/);
    case 'uuid':
      return fromHex(value as Uint8Array, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    default:
      return undefined;
  }
}

/** Little-endian two's complement; undefined where a value takes more bytes. */
function integer(size: number, value: bigint): Uint8Array | undefined {
  const unsigned = BigInt.asUintN(8 * size, value);
  if (unsigned !== value && BigInt.asIntN(8 * size, value) !== value) return undefined;
  return Uint8Array.from({ length: size }, (_, i) => Number((unsigned >> BigInt(8 * i)) & 255n));
}

function fromHex(text: Uint8Array, form: RegExp): Uint8Array | undefined {
  const digits = Buffer.from(text).toString('latin1');
  return form.test(digits) ? Buffer.from(digits.replaceAll('-', ''), 'hex') : undefined;
}
