import type { Schema } from '../query/types.ts';

/** How the bytes of a text object become UTF-8: the whole is decompressed first, then its charset is converted. */
export interface TextCoding {
  readonly compression?: 'gzip' | 'zstd';
  readonly charset?: 'utf-16le' | 'utf-16be';
}

/** What a reader does with a row of wrong width, or a field that its type does not accept. */
export type BadRowPolicy = 'error' | 'null' | 'skip';

/** All that decides where fields begin and end, and what they mean. Plain data; a byte is its number. */
export interface CsvDialect {
  readonly delimiter: number;
  /** Null: no byte quotes. */
  readonly quote: number | null;
  /**
   * What stands, within quotes, before a quote that is data. The quote itself (a doubled quote, RFC 4180), or another
   * byte, such as a backslash, that also stands before itself. Null where there is no quote.
   */
  readonly escape: number | null;
  /** What ends a row: LF, with or without a CR before it, or CR alone. */
  readonly lineEnd: 10 | 13;
  /** A row that begins with this byte is a comment up to its line end; quotes in it mean nothing. */
  readonly comment: number | null;
  /** Spaces and tabs around a field, and around its quotes, are no part of it. */
  readonly trim: boolean;
  /** The texts that mean NULL where they are not quoted. An empty field of a type other than text always does. */
  readonly nulls: readonly string[];
  readonly decimalMark: '.' | ',';
  /** Stands between groups of three digits; null: nothing may. */
  readonly thousands: string | null;
  /** As strptime has it (`%d/%m/%Y`); null: YYYY-MM-DD. */
  readonly dateFormat: string | null;
  /** As strptime has it; null: YYYY-MM-DD HH:MM:SS[.ffffff]. */
  readonly timestampFormat: string | null;
  /** What happens to text that is not UTF-8: an error, or U+FFFD in its place. */
  readonly invalidUtf8: 'error' | 'replace';
  readonly badRows: BadRowPolicy;
}

export interface CsvFormat extends CsvDialect {
  readonly kind: 'csv';
  /** Offset of the first row, in UTF-8 bytes: behind the byte order mark and the header line. */
  readonly dataStart: number;
  /** True where the header line exists; only error messages care (line numbers). */
  readonly header: boolean;
  /** Absent: the bytes are UTF-8 as they stand. Otherwise the object is read as one stream. */
  readonly coding?: TextCoding;
}

/** What somebody says of a CSV object; the rest is detected, or as RFC 4180 has it. Plain data. */
export interface CsvOptions extends Partial<CsvDialect> {
  readonly header?: boolean;
  /** Names and types of all columns. */
  readonly columns?: Schema;
  /** Types of some columns, by name. */
  readonly types?: Schema;
}

/** The dialect of RFC 4180. */
export const RFC_4180: CsvDialect = {
  delimiter: 0x2c,
  quote: 0x22,
  escape: 0x22,
  lineEnd: 10,
  comment: null,
  trim: false,
  nulls: [''],
  decimalMark: '.',
  thousands: null,
  dateFormat: null,
  timestampFormat: null,
  invalidUtf8: 'error',
  badRows: 'error',
};

/** Stands for a byte that never comes, where a reader compares with one. */
export const NO_BYTE = 256;
