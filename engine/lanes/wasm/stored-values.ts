import type { LeafColumn } from '../../formats/parquet/leaf-column.ts';
import type { Kernels } from './kernels.ts';
import type { EngineMemory } from './memory.ts';
import { UnreadableFeature } from './unreadable-feature.ts';

/**
 * Values in linear memory as the column's physical type has them. fixed: one behind the other, bits as bytes. text:
 * BYTE_ARRAYs; `addresses` and `lengths` are arrays of 32 bits, all bytes lie in [start, end).
 */
export type StoredValues =
  | { readonly kind: 'fixed'; readonly address: number }
  | {
      readonly kind: 'text';
      readonly addresses: number;
      readonly lengths: number;
      readonly start: number;
      readonly end: number;
    };

/** Where memory comes from. */
export type Areas = Pick<EngineMemory, 'allocate'>;

/** Numbers of Parquet's Encoding enum. */
const PLAIN = 0;
const RLE = 3;
const DELTA_BINARY_PACKED = 5;
const DELTA_LENGTH_BYTE_ARRAY = 6;
const DELTA_BYTE_ARRAY = 7;
const BYTE_STREAM_SPLIT = 9;

const MOST_BYTES = 2 ** 31;

/** Undoes the encodings of values, but for codes of a dictionary. */
export class StoredValueReader {
  readonly #kernels: Kernels;
  readonly #areas: Areas;

  constructor(kernels: Kernels, areas: Areas) {
    this.#kernels = kernels;
    this.#areas = areas;
  }

  /** `count` values of bytes [start, end). Throws as `PageValueDecoder.decode` does. */
  read(column: LeafColumn, encoding: number, start: number, end: number, count: number): StoredValues {
    const { physical } = column;
    switch (encoding) {
      case PLAIN:
        return this.#plain(column, start, end, count);
      case RLE:
        if (physical === 'BOOLEAN') return this.#bitRuns(start, end, count);
        break;
      case DELTA_BINARY_PACKED:
        if (physical === 'INT32') return this.#deltas(4, start, end, count);
        if (physical === 'INT64') return this.#deltas(8, start, end, count);
        break;
      case DELTA_LENGTH_BYTE_ARRAY:
        if (physical === 'BYTE_ARRAY') return this.#deltaLengths(start, end, count);
        break;
      case DELTA_BYTE_ARRAY:
        if (physical === 'BYTE_ARRAY') return this.#deltaPrefixes(start, end, count);
        if (physical === 'FIXED_LEN_BYTE_ARRAY') return this.#evenPrefixes(column, start, end, count);
        break;
      case BYTE_STREAM_SPLIT:
        if (physical !== 'BOOLEAN' && physical !== 'BYTE_ARRAY' && physical !== 'INT96')
          return this.#streams(widthOf(column), start, end, count);
    }
    throw new UnreadableFeature(`encoding ${encoding} of ${physical}`);
  }

  #plain(column: LeafColumn, start: number, end: number, count: number): StoredValues {
    switch (column.physical) {
      case 'BOOLEAN': {
        need(end - start, Math.ceil(count / 8));
        const address = this.#areas.allocate(count);
        this.#kernels.parquetBits(start, address, count);
        return { kind: 'fixed', address };
      }
      case 'BYTE_ARRAY': {
        // Each value takes 4 bytes at least: what is claimed without being there takes no memory.
        need(end - start, 4 * count);
        const addresses = this.#areas.allocate(4 * count);
        const lengths = this.#areas.allocate(4 * count);
        const found = this.#kernels.parquetPlainTexts(start, end, addresses, lengths, count);
        if (found < count) throw tooFewStrings(found, count);
        return { kind: 'text', addresses, lengths, start, end };
      }
      default:
        need(end - start, widthOf(column) * count);
        return { kind: 'fixed', address: start };
    }
  }

  /** The runs stand behind their length in 4 bytes, which nobody needs. */
  #bitRuns(start: number, end: number, count: number): StoredValues {
    const address = this.#areas.allocate(count);
    const found = this.#kernels.parquetBitRuns(start + 4, end, address, count);
    if (found < count) throw new Error(`a page ends behind ${found} of its ${count} booleans`);
    return { kind: 'fixed', address };
  }

  #deltas(width: 4 | 8, start: number, end: number, count: number): StoredValues {
    const address = this.#areas.allocate(width * count);
    const { parquetDelta32, parquetDelta64 } = this.#kernels;
    if (!(width === 4 ? parquetDelta32 : parquetDelta64)(start, end, address, count, 0)) throw damagedDeltas(count);
    return { kind: 'fixed', address };
  }

  /** Lengths as deltas; `behind` is where they end. */
  #lengths(start: number, end: number, count: number): { address: number; behind: number } {
    const address = this.#areas.allocate(4 * count);
    const behind = this.#kernels.parquetDelta32(start, end, address, count, 1) >>> 0;
    if (!behind) throw damagedDeltas(count);
    return { address, behind };
  }

  #deltaLengths(from: number, end: number, count: number): StoredValues & { kind: 'text' } {
    const { address: lengths, behind: start } = this.#lengths(from, end, count);
    const addresses = this.#areas.allocate(4 * count);
    const found = this.#kernels.parquetPlaceTexts(start, end, addresses, lengths, count);
    if (found < count) throw tooFewStrings(found, count);
    return { kind: 'text', addresses, lengths, start, end };
  }

  #deltaPrefixes(from: number, to: number, count: number): StoredValues & { kind: 'text' } {
    const prefixes = this.#lengths(from, to, count);
    const { addresses, lengths } = this.#deltaLengths(prefixes.behind, to, count);
    const size = this.#kernels.parquetJoinedSize(prefixes.address, lengths, count);
    if (size < 0) throw new Error('a string of a page takes more of the one before than there is');
    if (size > MOST_BYTES) throw new Error(`the strings of a page take ${size} bytes, more than 2 GiB`);
    const start = this.#areas.allocate(size);
    this.#kernels.parquetJoinTexts(prefixes.address, addresses, lengths, start, count);
    return { kind: 'text', addresses, lengths, start, end: start + size };
  }

  #evenPrefixes({ typeLength }: LeafColumn, from: number, to: number, count: number): StoredValues {
    const { lengths, start } = this.#deltaPrefixes(from, to, count);
    if (!this.#kernels.parquetLengthsAre(lengths, typeLength, count))
      throw new Error(`a page has values that are not of ${typeLength} bytes`);
    return { kind: 'fixed', address: start };
  }

  #streams(width: number, start: number, end: number, count: number): StoredValues {
    need(end - start, width * count);
    const address = this.#areas.allocate(width * count);
    if (width === 4) this.#kernels.parquetJoin4(start, address, count);
    else if (width === 8) this.#kernels.parquetJoin8(start, address, count);
    else this.#kernels.parquetJoinBytes(start, width, address, count);
    return { kind: 'fixed', address };
  }
}

/** Bytes of a stored value of a type of fixed width. */
function widthOf({ physical, typeLength }: LeafColumn): number {
  switch (physical) {
    case 'INT32':
    case 'FLOAT':
      return 4;
    case 'INT64':
    case 'DOUBLE':
      return 8;
    case 'INT96':
      return 12;
    case 'FIXED_LEN_BYTE_ARRAY':
      return typeLength;
    default:
      throw new Error(`values of ${physical} have no fixed width`);
  }
}

function need(held: number, expected: number): void {
  if (held < expected) throw new Error(`a page holds ${held} bytes of values where ${expected} are expected`);
}

function tooFewStrings(found: number, count: number): Error {
  return new Error(`a page ends within the ${found + 1}. of its ${count} strings`);
}

function damagedDeltas(count: number): Error {
  return new Error(`the deltas of a page are damaged, or are not of ${count} values`);
}
