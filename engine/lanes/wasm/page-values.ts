import { isWide } from '../../column.ts';
import type { LeafColumn } from '../../formats/parquet/leaf-column.ts';
import type { Kernels } from './kernels.ts';
import { type Areas, StoredValueReader, type StoredValues } from './stored-values.ts';
import { UnreadableFeature } from './unreadable-feature.ts';

/**
 * Values in linear memory as vectors hold them. fixed: `valueWidth` bytes each. text: `addresses` and `lengths` are
 * arrays of 32 bits.
 */
export type PageValues =
  | { readonly kind: 'fixed'; readonly address: number }
  | { readonly kind: 'text'; readonly addresses: number; readonly lengths: number };

type StoredTexts = StoredValues & { kind: 'text' };

const FRACTION_DIGITS = { ms: 3, us: 6, ns: 9 };
/** Of `HH:MM:SS.nnnnnnnnn+00`. */
const TIME_LENGTH = 21;
const UUID_LENGTH = 36;

/** Decodes the values of pages, whatever their encoding is but for codes of a dictionary. */
export class PageValueDecoder {
  readonly #kernels: Kernels;
  readonly #areas: Areas;
  readonly #reader: StoredValueReader;

  /** What is decoded goes to areas of `areas`. */
  constructor(kernels: Kernels, areas: Areas) {
    this.#kernels = kernels;
    this.#areas = areas;
    this.#reader = new StoredValueReader(kernels, areas);
  }

  /**
   * `count` values, none of them NULL, of bytes [start, end). PLAIN ones that vectors hold just so stay where they are;
   * others go to new areas. Throws a plain Error on damage, UnreadableFeature for an encoding that is not known for the
   * column.
   */
  decode(column: LeafColumn, encoding: number, start: number, end: number, count: number): PageValues {
    const stored = this.#reader.read(column, encoding, start, end, count);
    return stored.kind === 'text'
      ? this.#fromTexts(column, stored, count)
      : this.#fromFixed(column, stored.address, count);
  }

  #fromFixed(column: LeafColumn, source: number, count: number): PageValues {
    const { physical, conversion, typeLength } = column;
    const kernels = this.#kernels;
    switch (conversion.kind) {
      case 'none':
        return { kind: 'fixed', address: source };
      case 'sign-extend':
        return this.#convert(kernels.parquetSigned32, 8, source, count);
      case 'zero-extend':
        if (physical === 'INT32') return this.#convert(kernels.parquetUnsigned32, 8, source, count);
        return this.#convert(kernels.parquetUnsigned64, 16, source, count);
      case 'float32':
        return this.#convert(kernels.parquetFloats, 8, source, count);
      case 'float16':
        return this.#convert(kernels.parquetHalves, 8, source, count);
      case 'timestamp':
        if (conversion.unit === 'ns') return this.#convert(kernels.parquetNanoseconds, 8, source, count);
        return this.#checked(kernels.parquetMilliseconds, source, count);
      case 'int96':
        return this.#checked(kernels.parquetInt96, source, count);
      case 'decimal':
        return this.#decimals(column, count, (target, width) =>
          kernels.parquetFixedDecimals(source, typeLength, target, width, count),
        );
      case 'time': {
        const { addresses, lengths } = this.#texts(count);
        const target = this.#areas.allocate(TIME_LENGTH * count);
        const digits = FRACTION_DIGITS[conversion.unit];
        const utc = Number(conversion.utc);
        const done = kernels.parquetTimeTexts(source, digits, utc, target, addresses, lengths, count);
        if (done < count) throw new Error(`the ${done + 1}. value of a page is no time of day`);
        return { kind: 'text', addresses, lengths };
      }
      case 'hex': {
        const { addresses, lengths } = this.#texts(count);
        kernels.parquetEvenTexts(source, typeLength, addresses, lengths, count);
        return this.#hex({ kind: 'text', addresses, lengths, start: source, end: source + typeLength * count }, count);
      }
      case 'uuid': {
        const { addresses, lengths } = this.#texts(count);
        const target = this.#areas.allocate(UUID_LENGTH * count);
        kernels.parquetUuidTexts(source, target, count);
        kernels.parquetEvenTexts(target, UUID_LENGTH, addresses, lengths, count);
        return { kind: 'text', addresses, lengths };
      }
      case 'text':
        throw new UnreadableFeature(`text stored as ${physical}`);
    }
  }

  #fromTexts(column: LeafColumn, texts: StoredTexts, count: number): PageValues {
    const { addresses, lengths, start, end } = texts;
    const kernels = this.#kernels;
    switch (column.conversion.kind) {
      case 'text': {
        // Lengths below 128 look like ASCII, so that most pages of short texts need no look at each text.
        if (kernels.isAscii(start, end)) return texts;
        const valid = kernels.utf8FirstInvalidText(addresses, lengths, 0, count);
        if (valid < count) throw new Error(`the ${valid + 1}. string of a page is not UTF-8`);
        return texts;
      }
      case 'decimal':
        return this.#decimals(column, count, (target, width) =>
          kernels.parquetTextDecimals(addresses, lengths, target, width, count),
        );
      case 'hex':
        return this.#hex(texts, count);
      default:
        throw new UnreadableFeature(`${column.conversion.kind} stored as ${column.physical}`);
    }
  }

  #convert(kernel: Kernels['parquetFloats'], width: number, source: number, count: number): PageValues {
    const address = this.#areas.allocate(width * count);
    kernel(source, address, count);
    return { kind: 'fixed', address };
  }

  /** To µs, which do not hold all that can be stored. */
  #checked(kernel: Kernels['parquetInt96'], source: number, count: number): PageValues {
    const address = this.#areas.allocate(8 * count);
    const done = kernel(source, address, count);
    if (done < count) throw new Error(`the ${done + 1}. value of a page is a timestamp out of range`);
    return { kind: 'fixed', address };
  }

  #decimals({ type }: LeafColumn, count: number, convert: (target: number, width: 8 | 16) => number): PageValues {
    const width = isWide(type) ? 16 : 8;
    const address = this.#areas.allocate(width * count);
    const done = convert(address, width);
    if (done < count) throw new Error(`the ${done + 1}. decimal of a page has more digits than its column`);
    return { kind: 'fixed', address };
  }

  #hex(texts: StoredTexts, count: number): PageValues {
    const target = this.#areas.allocate(2 * (texts.end - texts.start));
    this.#kernels.parquetHexTexts(texts.addresses, texts.lengths, target, count);
    return texts;
  }

  /** Room for `count` texts' addresses and lengths. */
  #texts(count: number): { addresses: number; lengths: number } {
    return { addresses: this.#areas.allocate(4 * count), lengths: this.#areas.allocate(4 * count) };
  }
}
