import { describe, expect, test } from 'vitest';
import { RFC_4180 } from '../../../../engine/csv-format.ts';
import { completeDialect, parseCsvOptions } from '../../../../engine/formats/csv/options.ts';
import { parseSidecar } from '../../../../engine/formats/csv/sidecar.ts';
import { parseType } from '../../../../query/types.ts';

describe('options of CSV', () => {
  test('may be written as people write them, as texts or as JSON', () => {
    expect(
      parseCsvOptions({
        delimiter: 'tab',
        quote: "'",
        escape: 'backslash',
        lineEnd: 'CR',
        comment: '#',
        header: 'false',
        trim: 'true',
        nulls: 'NA,-',
        decimal: ',',
        thousands: '.',
        dateFormat: '%d.%m.%Y',
        badRows: 'skip',
        columns: 'a bigint, "b ""c, d" decimal(9, 2), e double precision',
      }),
    ).toEqual({
      delimiter: 9,
      quote: 39,
      escape: 92,
      lineEnd: 13,
      comment: 35,
      header: false,
      trim: true,
      nulls: ['NA', '-'],
      decimalMark: ',',
      thousands: '.',
      dateFormat: '%d.%m.%Y',
      badRows: 'skip',
      columns: [
        { name: 'a', type: parseType('bigint') },
        { name: 'b "c, d', type: parseType('decimal(9,2)') },
        { name: 'e', type: parseType('double') },
      ],
    });
    expect(
      parseCsvOptions({ quote: null, header: true, nulls: ['a,b'], types: [{ name: 'x', type: 'date' }] }),
    ).toEqual({
      quote: null,
      header: true,
      nulls: ['a,b'],
      types: [{ name: 'x', type: parseType('date') }],
    });
    expect(parseCsvOptions({ nulls: '["a,b"]', thousands: 'none' })).toEqual({ nulls: ['a,b'], thousands: null });
  });

  test.each([
    [
      { delimiter: 'ab' },
      'delimiter: expected one ASCII character, or tab, comma, semicolon, pipe, space or backslash, found "ab"',
    ],
    [{ delimiter: 'ü' }, 'delimiter: expected one ASCII character'],
    [{ delimeter: ',' }, 'unknown option "delimeter"; the options are delimiter, quote,'],
    [{ header: 'maybe' }, 'header: expected true or false, found "maybe"'],
    [{ lineEnd: 'x' }, 'lineEnd: expected lf, crlf or cr, found "x"'],
    [{ decimal: ';' }, 'decimal: expected "." or ",", found ";"'],
    [{ thousands: '1' }, 'thousands: expected one character, or none, found "1"'],
    [{ dateFormat: '%q' }, 'dateFormat: a format of dates does not know "%q"'],
    [{ badRows: 'ignore' }, 'badRows: expected "error" or "null" or "skip", found "ignore"'],
    [{ columns: 'a' }, 'columns: expected columns such as "a bigint, b varchar"'],
    [{ columns: 'a blob' }, 'columns[0].type: unknown type "blob"'],
    [{ types: 'a int, A int' }, 'types[1].name: "A" stands there twice'],
  ])('that are wrong are named: %j', (options, message) => {
    expect(() => parseCsvOptions(options)).toThrow(`CSV options: ${message}`);
  });

  test('must leave no byte with two meanings', () => {
    expect(() => completeDialect({ ...RFC_4180, delimiter: 34 })).toThrow('quote: "\\"" is the delimiter already');
    expect(() => completeDialect({ ...RFC_4180, thousands: '.' })).toThrow(
      'thousands: "." is the decimal mark already',
    );
    expect(completeDialect({ ...RFC_4180, quote: null })).toMatchObject({ quote: null, escape: null });
  });

  test('stand in a sidecar beside the columns, or alone', () => {
    const parse = (sidecar: object) => parseSidecar('x.csv.schema.json', JSON.stringify(sidecar));
    expect(parse({ csv: { delimiter: ';' } })).toEqual({ csv: { delimiter: 59 } });
    expect(parse({ columns: [{ name: 'a', type: 'int' }], csv: { header: false } })).toEqual({
      columns: [{ name: 'a', type: parseType('int') }],
      csv: { header: false },
    });
    expect(() => parse({})).toThrow('expected "columns" or "csv"');
    expect(() => parse({ csv: { delimiter: 5 } })).toThrow('x.csv.schema.json: at csv.delimiter: expected one ASCII');
    expect(() => parse({ columns: 'a int', csv: { columns: 'a int' } })).toThrow(
      'at csv.columns: the columns stand there twice',
    );
  });
});
