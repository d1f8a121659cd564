import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CsvDialect, RFC_4180 } from '../../../../engine/csv-format.ts';
import { CsvRowReader } from '../../../../engine/formats/csv/row-reader.ts';
import { CsvStructure } from '../../../../engine/formats/csv/structure.ts';
import { dialects, tables, writeCsv, writings } from './dialects.ts';

interface ReadRow {
  readonly fields: readonly string[];
  readonly quoted: readonly boolean[];
  readonly start: number;
}

function readAll(text: string, dialect: CsvDialect): ReadRow[] {
  const bytes = Buffer.from(
    text + (text.endsWith(String.fromCharCode(dialect.lineEnd)) ? '' : String.fromCharCode(dialect.lineEnd)),
  );
  const reader = new CsvRowReader(dialect);
  const rows: ReadRow[] = [];
  for (let p = 0; p < bytes.length; ) {
    const next = reader.read(bytes, p, bytes.length);
    if (reader.fault !== undefined) throw new Error(reader.fault);
    if (next < 0) throw new Error('not closed');
    const fields = Array.from({ length: reader.width }, (_, field) => Buffer.from(reader.text(field)).toString());
    if (reader.kind === 'row') rows.push({ fields, quoted: fields.map((_, field) => reader.quoted(field)), start: p });
    p = next;
  }
  return rows;
}

describe('the reader of rows', () => {
  test('gives what was written, and what csv-parse reads, in every dialect', () => {
    fc.assert(
      fc.property(dialects, fc.integer({ min: 2, max: 5 }).chain(tables), writings, (dialect, table, writing) => {
        const text = writeCsv(table, dialect, writing);
        const rows = readAll(text, dialect);
        expect(rows.map(({ fields }) => fields)).toEqual(table.map((row) => row.map((field) => field ?? '')));
        const peer = parse(text, {
          delimiter: String.fromCharCode(dialect.delimiter),
          quote: String.fromCharCode(dialect.quote as number),
          escape: String.fromCharCode(dialect.escape as number),
          record_delimiter: dialect.lineEnd === 13 ? ['\r'] : ['\n', '\r\n'],
          trim: dialect.trim,
          ...(dialect.comment !== null && { comment: '#', comment_no_infix: true }),
        });
        expect(rows.map(({ fields }) => fields)).toEqual(peer);
      }),
      { numRuns: 1000 },
    );
  });

  test('and the structure of an object agree where rows begin', () => {
    fc.assert(
      fc.property(dialects, tables(2), writings, fc.nat(), (dialect, table, writing, cut) => {
        const bytes = Buffer.from(writeCsv(table, dialect, writing));
        const structure = new CsvStructure(dialect, 'row start');
        const found = [0];
        const piece = cut % (bytes.length + 1);
        for (const end of [piece, bytes.length])
          for (let p = end === piece ? 0 : piece; p >= 0; ) {
            p = structure.rowEnd(bytes, p, end);
            if (p >= 0) found.push(p);
          }
        expect(found).toEqual(expect.arrayContaining(readAll(bytes.toString(), dialect).map(({ start }) => start)));
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['a;"b"c\nd\n', 'field 2 has text after its closing quote'],
    ['a"b;c\n', 'field 1 has a quote inside unquoted text'],
    ['a; "b"\n', 'field 2 has a quote inside unquoted text'],
  ])('says what is wrong with the quotes of %j', (text, fault) => {
    expect(() => readAll(text, { ...RFC_4180, delimiter: 0x3b })).toThrow(fault);
  });

  test('finds where a row with quotes out of place ends, as scans do', () => {
    const bytes = Buffer.from('1,a"b\n"c,2\n3,4\n');
    const reader = new CsvRowReader(RFC_4180);
    const next = reader.read(bytes, 0, bytes.length);
    expect([reader.fault, next]).toEqual(['field 2 has a quote inside unquoted text', 11]);
    expect(reader.read(bytes, next, bytes.length)).toBe(15);
    expect([reader.fault, reader.width]).toEqual([undefined, 2]);
  });

  test('counts the fields that it does not keep', () => {
    const reader = new CsvRowReader(RFC_4180, 2);
    const bytes = Buffer.from(`${'x,'.repeat(10_000)}x\n`);
    expect(reader.read(bytes, 0, bytes.length)).toBe(bytes.length);
    expect(reader.width).toBe(10_001);
  });
});
