import { Random } from '../../../datasets/random.ts';
import { type CsvDialect, type CsvFormat, RFC_4180 } from '../../../engine/csv-format.ts';
import { formatDecimal } from '../../../query/format-value.ts';
import {
  BOOL,
  DATE,
  type DataType,
  decimal,
  FLOAT64,
  INT32,
  INT64,
  type Scalar,
  type Schema,
  TIMESTAMP,
  UTF8,
} from '../../../query/types.ts';

/** A random table, and bytes that say the same in a random dialect. */
export interface RandomCsv {
  readonly schema: Schema;
  readonly rows: readonly (readonly Scalar[])[];
  readonly format: CsvFormat;
  readonly bytes: Buffer;
}

export interface Shape {
  readonly seed: number;
  readonly rows: number;
  readonly columns: number;
}

const TYPES: readonly DataType[] = [
  UTF8,
  UTF8,
  BOOL,
  INT32,
  INT64,
  FLOAT64,
  decimal(9, 2),
  decimal(18, 4),
  decimal(38, 10),
  DATE,
  TIMESTAMP,
];
const DATE_FORMATS = ['%d/%m/%Y', '%m-%d-%Y', '%Y%m%d', '%d.%m.%Y'];
const TIMESTAMP_FORMATS = ['%d/%m/%Y %H:%M:%S', '%Y-%m-%dT%H:%M:%S.%f', '%Y%m%d%H%M%S'];
const MICROS_PER_DAY = 86_400_000_000n;

/** The table and the text of a seed. A table of fewer rows or columns holds the first of a larger one, for shrinking. */
export function randomCsv({ seed, rows: count, columns }: Shape): RandomCsv {
  const dialect = randomDialect(new Random(seed, 0));
  const types = new Random(seed, 1);
  const schema = Array.from({ length: columns }, (_, i) => ({ name: `c${i}`, type: types.pick(TYPES) }));
  const table = Array.from({ length: count }, (_, row) => {
    const random = new Random(seed, 10 + row);
    return schema.map(({ type }) => (random.below(6) === 0 ? null : randomValue(random, type, dialect)));
  });
  // Where nothing quotes, and no spelling means NULL in text, there is none.
  const rows = table.map((row) => row.map((value, column) => writable(value, column, schema, dialect)));
  return { schema, rows, ...new CsvWriter(schema, dialect, new Random(seed, 2)).write(rows) };
}

function randomDialect(random: Random): CsvDialect {
  const oneIn = (number: number) => random.below(number) === 0;
  const quote = oneIn(10) ? null : random.pick([0x22, 0x22, 0x22, 0x27, 0x7c]);
  const taken = [quote];
  const byte = (choices: string) => {
    const free = [...choices].map((char) => char.charCodeAt(0)).filter((code) => !taken.includes(code));
    taken.push(random.pick(free));
    return taken.at(-1) as number;
  };
  const delimiter = byte(quote === null ? ';\t|\x01' : ',,,,;;\t|:\x01 -e1');
  const escapeByte = quote !== null && oneIn(3) ? byte('\\\\^/') : quote;
  const comment = oneIn(3) ? byte('##%;!') : null;
  // Nothing quotes them.
  const nulls = random
    .pick([['NA', ''], ['\\N'], ['NULL', 'null', ''], ['-', 'n/a']])
    .filter((text) => !text.includes(String.fromCharCode(delimiter)) && text.charCodeAt(0) !== comment);
  const decimalMark = oneIn(4) ? ',' : '.';
  return {
    ...RFC_4180,
    delimiter,
    quote,
    escape: escapeByte,
    lineEnd: oneIn(5) ? 13 : 10,
    comment,
    trim: delimiter !== 0x20 && delimiter !== 0x09 && oneIn(3),
    nulls: nulls.length > 0 && oneIn(2) ? nulls : [''],
    decimalMark,
    thousands: oneIn(4) ? random.pick(decimalMark === ',' ? ['.', ' ', "'"] : [',', '_', ' ']) : null,
    dateFormat: oneIn(4) ? random.pick(DATE_FORMATS) : null,
    timestampFormat: oneIn(4) ? random.pick(TIMESTAMP_FORMATS) : null,
  };
}

function randomValue(random: Random, type: DataType, dialect: CsvDialect): Scalar {
  const int64 = () => BigInt.asIntN(64, (BigInt(random.uint32()) << 32n) | BigInt(random.uint32()));
  const day = () =>
    random.below(5) === 0 ? random.pick([0, -1, 2932896, -141428, 11016]) : random.between(-9999, 30000);
  switch (type.kind) {
    case 'bool':
      return random.below(2) === 0;
    case 'int32':
      return random.below(2) === 0 ? random.between(-99, 9999) : random.uint32() | 0;
    case 'int64':
      return random.below(2) === 0 ? BigInt(random.between(-99, 99999)) : int64();
    case 'float64':
      if (random.below(3) === 0) return random.pick([Number.NaN, Infinity, -Infinity, 1e300, -5e-324, 0.1, 1e21]);
      return random.between(-1e9, 1e9) / random.pick([1, 8, 100, 7]) || 0;
    case 'decimal': {
      const digits = Array.from({ length: random.between(1, type.precision) }, () => random.below(10)).join('');
      return random.below(2) === 0 ? BigInt(digits) : -BigInt(digits);
    }
    case 'date':
      return day();
    case 'timestamp':
      return BigInt(day()) * MICROS_PER_DAY + BigInt(random.below(86_400)) * 1_000_000n + fraction(random, dialect);
    default:
      return randomText(random, dialect);
  }
}

function fraction(random: Random, { timestampFormat }: CsvDialect): bigint {
  if (timestampFormat && !timestampFormat.includes('%f')) return 0n;
  return random.below(2) === 0 ? 0n : BigInt(random.below(1_000_000));
}

function randomText(random: Random, { delimiter, quote, escape: escapeByte, comment, nulls }: CsvDialect): string {
  const special = [delimiter, quote, escapeByte, comment].filter((byte) => byte !== null);
  const pieces = [...special.map((byte) => String.fromCharCode(byte)), '\n', '\r\n', '\r', ' ', '\t', '""', "'"];
  const length = random.below(12) === 0 ? random.below(90) : random.below(6);
  if (random.below(12) === 0) return random.pick([...nulls, ' ', '1', '\ufeff', 'x'.repeat(63), 'ä'.repeat(40)]);
  const word = ['a', 'b', 'Z', '0', 'é', '€', '🙂', '\0', '.', 'null'];
  return Array.from({ length }, () => random.pick(random.below(3) === 0 ? pieces : word)).join('');
}

/** The value, or where no quotes protect it, one like it that the dialect can say. */
function writable(value: Scalar, column: number, schema: Schema, dialect: CsvDialect): Scalar {
  const { nulls, quote } = dialect;
  if (schema[column]?.type.kind !== 'utf8') return value;
  const emptyIsNull = nulls.includes('') || schema.length === 1;
  if (value === null || quote !== null)
    return value === null && schema.length === 1 && !nulls.includes('') ? null : value;
  const forbidden = new RegExp(`[\\r\\n${String.fromCharCode(dialect.delimiter).replace(/[|\\]/, '\\$&')}]`, 'g');
  const text = String(value).replace(forbidden, '');
  const plain = dialect.trim ? text.replace(/^[ \t]+|[ \t]+$/g, '') : text;
  const comment = column === 0 && dialect.comment !== null && plain.charCodeAt(0) === dialect.comment;
  return comment || nulls.includes(plain) || (plain === '' && emptyIsNull) ? 'x' : plain;
}

/** Writes tables in one dialect, choosing at random wherever the dialect leaves a choice. */
class CsvWriter {
  readonly #schema: Schema;
  readonly #dialect: CsvDialect;
  readonly #random: Random;
  readonly #lineEnds: readonly string[];

  constructor(schema: Schema, dialect: CsvDialect, random: Random) {
    this.#schema = schema;
    this.#dialect = dialect;
    this.#random = random;
    this.#lineEnds = dialect.lineEnd === 13 ? ['\r'] : random.pick([['\n'], ['\r\n'], ['\n', '\r\n']]);
  }

  write(rows: readonly (readonly Scalar[])[]): { readonly format: CsvFormat; readonly bytes: Buffer } {
    const random = this.#random;
    const header = random.below(2) === 0;
    let text = random.below(4) === 0 ? '\ufeff' : '';
    if (header)
      text += this.#schema.map(({ name }) => name).join(String.fromCharCode(this.#dialect.delimiter)) + this.#end();
    const dataStart = Buffer.byteLength(text);
    rows.forEach((row, index) => {
      text += this.#between();
      const line = row
        .map((value, column) => this.#field(value, column))
        .join(String.fromCharCode(this.#dialect.delimiter));
      const last = index === rows.length - 1;
      text += line + (last && line !== '' && random.below(3) === 0 ? '' : this.#end());
      if (last && text.endsWith(this.#end())) text += this.#between();
    });
    return { format: { kind: 'csv', ...this.#dialect, dataStart, header }, bytes: Buffer.from(text) };
  }

  #end(): string {
    return this.#random.pick(this.#lineEnds);
  }

  /** Lines that are no rows. */
  #between(): string {
    const random = this.#random;
    const { comment, delimiter, quote } = this.#dialect;
    let text = '';
    while (this.#schema.length > 1 && random.below(8) === 0) text += this.#end();
    if (comment !== null && random.below(4) === 0) {
      const words = ['note', ' ', String.fromCharCode(delimiter), String.fromCharCode(quote ?? 0x22), 'ä', '\\', '#'];
      text += String.fromCharCode(comment);
      for (let i = random.below(9); i > 0; i--) text += random.pick(words);
      text += this.#end();
    }
    return text;
  }

  #field(value: Scalar, column: number): string {
    const { trim } = this.#dialect;
    const field = value === null ? this.#null(column) : this.#quoted(this.#spelling(value, column), column);
    if (!trim || (this.#schema.length === 1 && field === '')) return field;
    const blanks = () => this.#random.pick(['', '', ' ', '\t', ' \t  ']);
    // Blanks before a comment's byte are not told apart from a comment's.
    return (column === 0 ? '' : blanks()) + field + blanks();
  }

  #null(column: number): string {
    const { nulls } = this.#dialect;
    const text = this.#schema[column]?.type.kind === 'utf8';
    return this.#random.pick(text ? nulls : [...nulls, '']);
  }

  #quoted(text: string, column: number): string {
    const { delimiter, quote, escape: escapeByte, comment, trim, nulls } = this.#dialect;
    if (quote === null) return text;
    const special = [delimiter, quote, 10, 13].map((byte) => String.fromCharCode(byte));
    const must =
      special.some((char) => text.includes(char)) ||
      (column === 0 && text.charCodeAt(0) === comment) ||
      (trim && /^[ \t]|[ \t]$/.test(text)) ||
      nulls.includes(text) ||
      (text === '' && this.#schema.length === 1);
    if (!must && this.#random.below(4) !== 0) return text;
    const mark = String.fromCharCode(quote);
    const before = String.fromCharCode(escapeByte ?? quote);
    const escaped = escapeByte === quote ? text : text.replaceAll(before, before + before);
    return mark + escaped.replaceAll(mark, before + mark) + mark;
  }

  #spelling(value: Exclude<Scalar, null>, column: number): string {
    const { type } = this.#schema[column]!;
    const random = this.#random;
    const { dateFormat, timestampFormat } = this.#dialect;
    switch (type.kind) {
      case 'bool':
        return random.pick(value ? ['true', 'true', 'TRUE', 'True'] : ['false', 'false', 'FALSE', 'False']);
      case 'float64':
        return this.#float(value as number);
      case 'decimal':
        return this.#number(shortened(random, formatDecimal(value as bigint, type.scale)));
      case 'date':
        return strftime(BigInt(value as number) * MICROS_PER_DAY, dateFormat ?? '%Y-%m-%d');
      case 'timestamp': {
        const micros = value as bigint;
        const exact = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n !== 0n || random.below(4) === 0;
        return strftime(
          micros,
          timestampFormat ?? (exact ? '%Y-%m-%d %H:%M:%S.%f' : random.pick(['%Y-%m-%d %H:%M:%S', '%Y-%m-%dT%H:%M:%S'])),
        );
      }
      case 'utf8':
        return String(value);
      default:
        return this.#number(String(value));
    }
  }

  #float(value: number): string {
    if (Number.isNaN(value)) return this.#random.pick(['nan', 'NaN']);
    if (!Number.isFinite(value)) return (value < 0 ? '-' : '') + this.#random.pick(['inf', 'Infinity']);
    const text = String(value);
    return text.includes('e') ? text.replace('.', this.#dialect.decimalMark) : this.#number(text);
  }

  /** Digits with `.` before the fraction, as the dialect has them. */
  #number(text: string): string {
    const { decimalMark, thousands } = this.#dialect;
    const [whole = '', part] = text.split('.');
    const grouped = thousands && this.#random.below(2) === 0 ? whole.replace(/\B(?=(\d{3})+$)/g, thousands) : whole;
    const sign = !grouped.startsWith('-') && this.#random.below(8) === 0 ? '+' : '';
    return sign + grouped + (part === undefined ? '' : decimalMark + part);
  }
}

/** Without zeros at the end of the fraction, sometimes. */
function shortened(random: Random, text: string): string {
  return random.below(3) === 0 && text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

function strftime(micros: bigint, format: string): string {
  const seconds = (micros - (((micros % 1_000_000n) + 1_000_000n) % 1_000_000n)) / 1_000_000n;
  const date = new Date(Number(seconds) * 1000);
  const two = (number: number) => String(number).padStart(2, '0');
  const parts: Readonly<Record<string, string>> = {
    '%Y': String(date.getUTCFullYear()).padStart(4, '0'),
    '%m': two(date.getUTCMonth() + 1),
    '%d': two(date.getUTCDate()),
    '%H': two(date.getUTCHours()),
    '%M': two(date.getUTCMinutes()),
    '%S': two(date.getUTCSeconds()),
    '%f': String(micros - seconds * 1_000_000n).padStart(6, '0'),
  };
  return format.replace(/%./g, (part) => parts[part] as string);
}
