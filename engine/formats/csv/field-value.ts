import { daysOfTimestamp } from '../../../query/calendar.ts';
import { SluiceError } from '../../../query/error.ts';
import { parseScalar } from '../../../query/format-value.ts';
import { strptime } from '../../../query/strptime.ts';
import type { DataType, Scalar } from '../../../query/types.ts';
import type { CsvDialect } from '../../csv-format.ts';

/** Reads the texts of fields as values, in all the spellings that a dialect allows: slow, and exact. */
export class CsvFieldValues {
  readonly #nulls: ReadonlySet<string>;
  readonly #trim: boolean;
  readonly #comma: boolean;
  readonly #thousands: string | null;
  readonly #date: ((text: string) => bigint | undefined) | null;
  readonly #timestamp: ((text: string) => bigint | undefined) | null;

  constructor(dialect: CsvDialect) {
    this.#nulls = new Set(dialect.nulls);
    this.#trim = dialect.trim;
    this.#comma = dialect.decimalMark === ',';
    this.#thousands = dialect.thousands;
    this.#date = dialect.dateFormat === null ? null : strptime(dialect.dateFormat);
    this.#timestamp = dialect.timestampFormat === null ? null : strptime(dialect.timestampFormat);
  }

  /** Whether an unquoted text stands for NULL. */
  isNull(text: string, type: DataType): boolean {
    return (text === '' && type.kind !== 'utf8') || this.#nulls.has(text);
  }

  /**
   * The value of a field whose escapes are resolved; undefined where its type does not accept it. A type that was only
   * guessed does not take what would lose something in it: 1.5 as an integer, a time of day as a date.
   */
  value(text: string, quoted: boolean, type: DataType, guessed = false): Scalar | undefined {
    const bare = this.#trim && !quoted ? text.replace(/^[ \t]+|[ \t]+$/g, '') : text;
    if (!quoted && this.isNull(bare, type)) return null;
    if (guessed && this.#loses(bare, type)) return undefined;
    switch (type.kind) {
      case 'utf8':
        return bare;
      case 'date': {
        if (!this.#date) break;
        const micros = this.#date(bare);
        return micros === undefined ? undefined : daysOfTimestamp(micros);
      }
      case 'timestamp':
        if (this.#timestamp) return this.#timestamp(bare);
        break;
      case 'int32':
      case 'int64':
      case 'float64':
      case 'decimal':
        return this.#number(bare, type);
    }
    return parsed(bare, type);
  }

  #loses(text: string, { kind }: DataType): boolean {
    switch (kind) {
      case 'int64':
        return !/^\s*[+-]?\d+\s*$/.test(this.#thousands === null ? text : text.replaceAll(this.#thousands, ''));
      case 'float64':
        return text.includes('_');
      case 'date':
        return !this.#date && text.trim().length > 10;
      default:
        return false;
    }
  }

  #number(text: string, type: DataType): Scalar | undefined {
    let plain = this.#thousands === null ? text : text.replaceAll(this.#thousands, '');
    if (this.#comma) {
      const isInteger = type.kind === 'int32' || type.kind === 'int64';
      if (plain.includes('.') || (isInteger && plain.includes(','))) return undefined;
      plain = plain.replace(',', '.');
    }
    return parsed(plain, type);
  }
}

function parsed(text: string, type: DataType): Scalar | undefined {
  try {
    return parseScalar(text, type);
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'bad-value') return undefined;
    throw error;
  }
}
