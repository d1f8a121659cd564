import { isWide } from '../../column.ts';
import type { LeafColumn } from '../../formats/parquet/leaf-column.ts';
import type { Kernels } from './kernels.ts';
import type { EngineMemory } from './memory.ts';
import { UnreadableFeature } from './unreadable-feature.ts';

/**
 * Values in linear memory as vectors hold them. fixed: `valueWidth` bytes each. text: `addresses` and `lengths` are
 * arrays of 32 bits.
 */
export type PageValues =
  | { readonly kind: 'fixed'; readonly address: number }
  | { readonly kind: 'text'; readonly addresses: number; readonly lengths: number };

/** Numbers of Parquet's Encoding enum. */
const PLAIN = 0;

/** Decodes the values of pages, whatever their encoding is but for codes of a dictionary. */
export class PageValueDecoder {
  readonly #kernels: Kernels;
  readonly #areas: Pick<EngineMemory, 'allocate'>;

  /** What is decoded goes to areas of `areas`. */
  constructor(kernels: Kernels, areas: Pick<EngineMemory, 'allocate'>) {
    this.#kernels = kernels;
    this.#areas = areas;
  }

  /**
   * `count` values, none of them NULL, of bytes [start, end). PLAIN ones that vectors hold just so stay where they are;
   * others go to new areas of the memory. Throws a plain Error on damage, UnreadableFeature for an encoding that is not
   * known for the column.
   */
  decode(column: LeafColumn, encoding: number, start: number, end: number, count: number): PageValues {
    const stored = this.#stored(column, encoding, start, end, count);
    return stored.kind === 'text'
      ? this.#fromTexts(column, stored.addresses, stored.lengths, start, end, count)
      : { kind: 'fixed', address: this.#fromFixed(column, stored.address, count) };
  }

  /** The values as the column's physical type has them; bits become bytes. */
  #stored(column: LeafColumn, encoding: number, start: number, end: number, count: number): PageValues {
    if (encoding === PLAIN) return this.#plain(column, start, end, count);
    throw new UnreadableFeature(`encoding ${encoding} of ${column.physical}`);
  }

  #plain({ physical, typeLength }: LeafColumn, start: number, end: number, count: number): PageValues {
    switch (physical) {
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
        if (found < count) throw new Error(`a page ends within the ${found + 1}. of its ${count} strings`);
        return { kind: 'text', addresses, lengths };
      }
      case 'FIXED_LEN_BYTE_ARRAY':
        need(end - start, typeLength * count);
        return { kind: 'fixed', address: start };
      default:
        need(end - start, PHYSICAL_WIDTHS[physical] * count);
        return { kind: 'fixed', address: start };
    }
  }

  /** The address of values as vectors hold them. */
  #fromFixed(column: LeafColumn, source: number, count: number): number {
    const { physical, conversion } = column;
    const { parquetUnsigned32, parquetSigned32, parquetNanoseconds, parquetFloats } = this.#kernels;
    const convert = (kernel: Kernels['parquetFloats']): number => {
      const target = this.#areas.allocate(8 * count);
      kernel(source, target, count);
      return target;
    };
    switch (conversion.kind) {
      case 'none':
        return source;
      case 'sign-extend':
        return convert(parquetSigned32);
      case 'zero-extend':
        if (physical === 'INT32') return convert(parquetUnsigned32);
        break;
      case 'timestamp':
        return conversion.unit === 'ns' ? convert(parquetNanoseconds) : this.#milliseconds(source, count);
      case 'float32':
        return convert(parquetFloats);
      case 'decimal':
        return this.#fixedDecimals(column, source, count);
    }
    throw new UnreadableFeature(`${conversion.kind} of ${physical}`);
  }

  #milliseconds(source: number, count: number): number {
    const target = this.#areas.allocate(8 * count);
    const done = this.#kernels.parquetMilliseconds(source, target, count);
    if (done < count) throw new Error(`the ${done + 1}. value of a page is out of the range of timestamps`);
    return target;
  }

  #fixedDecimals({ type, typeLength }: LeafColumn, source: number, count: number): number {
    const width = isWide(type) ? 16 : 8;
    const target = this.#areas.allocate(width * count);
    const done = this.#kernels.parquetFixedDecimals(source, typeLength, target, width, count);
    if (done < count) throw decimalTooLong(done);
    return target;
  }

  /** `start` and `end` bound the page whose texts these are. */
  #fromTexts(
    { type, conversion, physical }: LeafColumn,
    addresses: number,
    lengths: number,
    start: number,
    end: number,
    count: number,
  ): PageValues {
    if (conversion.kind === 'decimal') {
      const width = isWide(type) ? 16 : 8;
      const target = this.#areas.allocate(width * count);
      const done = this.#kernels.parquetTextDecimals(addresses, lengths, target, width, count);
      if (done < count) throw decimalTooLong(done);
      return { kind: 'fixed', address: target };
    }
    if (conversion.kind !== 'text') throw new UnreadableFeature(`${conversion.kind} of ${physical}`);
    // Lengths below 128 look like ASCII, so that most pages of short texts need no look at each text.
    if (!this.#kernels.isAscii(start, end)) {
      const valid = this.#kernels.utf8FirstInvalidText(addresses, lengths, 0, count);
      if (valid < count) throw new Error(`the ${valid + 1}. string of a page is not UTF-8`);
    }
    return { kind: 'text', addresses, lengths };
  }
}

const PHYSICAL_WIDTHS = { INT32: 4, INT64: 8, INT96: 12, FLOAT: 4, DOUBLE: 8 };

function need(held: number, expected: number): void {
  if (held < expected) throw new Error(`a page holds ${held} bytes of values where ${expected} are expected`);
}

function decimalTooLong(index: number): Error {
  return new Error(`the ${index + 1}. decimal of a page has more digits than its column`);
}
