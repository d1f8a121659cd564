import { expect, test } from 'vitest';
import { daysOf } from '../../datasets/calendar.ts';
import type { Batch, ColumnSpec, FixedVector, Utf8Vector } from '../../datasets/column.ts';
import { encodeCsv } from '../../datasets/csv.ts';
import { encodeNdjson } from '../../datasets/ndjson.ts';

function text(values: readonly (string | null)[]): Utf8Vector {
  const parts = values.map((value) => new TextEncoder().encode(value ?? ''));
  const offsets = Int32Array.from([0, ...parts.map((_, i) => parts.slice(0, i + 1).reduce((n, p) => n + p.length, 0))]);
  const validity = Uint8Array.from(values, (value) => (value === null ? 0 : 1));
  return { kind: 'utf8', offsets, bytes: Buffer.concat(parts), validity };
}

function fixed(values: FixedVector['values']): FixedVector {
  return { kind: 'fixed', values };
}

function lines(encode: typeof encodeCsv, columns: readonly ColumnSpec[], batch: Batch): string {
  return Buffer.concat(Array.from(encode(columns, [batch]), ({ bytes }) => Buffer.from(bytes))).toString();
}

const texts = ['plain', 'a,b', 'say "hi"', 'two\nlines', '', null, 'back\\slash', 'Grüße\t'];
const named: ColumnSpec[] = [{ name: 't', type: { kind: 'utf8' } }];

test('CSV quotes only what needs it, doubles quotes, and tells NULL from an empty text', () => {
  expect(lines(encodeCsv, named, { rows: texts.length, vectors: [text(texts)] })).toBe(
    't\nplain\n"a,b"\n"say ""hi"""\n"two\nlines"\n""\n\nback\\slash\nGrüße\t\n',
  );
});

test('CSV quotes every value and name where it is told to, and NULL never', () => {
  const columns: ColumnSpec[] = [
    ...named,
    { name: 'i', type: { kind: 'int32' } },
    { name: 'd', type: { kind: 'date' } },
  ];
  const vectors = [text(['a', null, 'b"c']), fixed(Int32Array.of(-7, 8, 9)), fixed(Int32Array.of(0, 1, 2))];
  const pieces = Array.from(encodeCsv(columns, [{ rows: 3, vectors }], 'all'), ({ bytes }) => Buffer.from(bytes));
  expect(Buffer.concat(pieces).toString()).toBe(
    '"t","i","d"\n"a","-7","1970-01-01"\n,"8","1970-01-02"\n"b""c","9","1970-01-03"\n',
  );
});

test('NDJSON reads back as the same texts', () => {
  const output = lines(encodeNdjson, named, { rows: texts.length, vectors: [text(texts)] });
  const read = output
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).t);
  expect(read).toEqual(texts);
});

test('values of each type are written in full', () => {
  const columns: ColumnSpec[] = [
    { name: 'i', type: { kind: 'int32' } },
    { name: 'l', type: { kind: 'int64' } },
    { name: 'd', type: { kind: 'decimal', precision: 18, scale: 3 } },
    { name: 'f', type: { kind: 'float64' } },
    { name: 'day', type: { kind: 'date' } },
    { name: 'at', type: { kind: 'timestamp' } },
    { name: 'b', type: { kind: 'bool' } },
  ];
  const vectors = [
    fixed(Int32Array.of(-2147483648, 0, 1000)),
    fixed(BigInt64Array.of(-(2n ** 63n), -(2n ** 31n), 2n ** 31n)),
    fixed(BigInt64Array.of(-5n, 123456n, -999_999_999_999_999_999n)),
    fixed(Float64Array.of(-0, 0.1, 1e21)),
    fixed(Int32Array.of(-1, daysOf(2000, 2, 29), daysOf(9999, 12, 31))),
    fixed(BigInt64Array.of(-1n, 0n, 86_399_000_000n)),
    fixed(Uint8Array.of(0, 1, 1)),
  ];
  const output = lines(encodeCsv, columns, { rows: 3, vectors }).split('\n');
  expect(output).toEqual([
    'i,l,d,f,day,at,b',
    '-2147483648,-9223372036854775808,-0.005,-0.0,1969-12-31,1969-12-31 23:59:59.999999,false',
    '0,-2147483648,123.456,0.1,2000-02-29,1970-01-01 00:00:00,true',
    '1000,2147483648,-999999999999999.999,1e+21,9999-12-31,1970-01-01 23:59:59,true',
    '',
  ]);
});

test('every day of two centuries is written as the calendar has it', () => {
  const first = daysOf(1900, 1, 1);
  const days = Int32Array.from({ length: 73_049 }, (_, i) => first + i);
  const output = lines(encodeCsv, [{ name: 'day', type: { kind: 'date' } }], {
    rows: days.length,
    vectors: [fixed(days)],
  });
  const expected = Array.from(days, (day) => new Date(day * 86_400_000).toISOString().slice(0, 10));
  expect(output.trimEnd().split('\n').slice(1)).toEqual(expected);
});

test('NDJSON nests columns by their paths, copies JSON as it stands, and leaves out optional keys that are NULL', () => {
  const columns: ColumnSpec[] = [
    { name: 'a', type: { kind: 'utf8' } },
    { name: 'b.c', type: { kind: 'utf8' }, ndjson: 'verbatim' },
    { name: 'b.d.e', type: { kind: 'utf8' } },
    { name: 'b.d.f', type: { kind: 'utf8' }, ndjson: 'optional' },
    { name: 'g.d', type: { kind: 'utf8' } },
  ];
  const vectors = [
    text(['1', '2']),
    text(['[1,{"x":2}]', '{}']),
    text(['3', null]),
    text([null, '4']),
    text(['5', '6']),
  ];
  expect(lines(encodeNdjson, columns, { rows: 2, vectors })).toBe(
    '{"a":"1","b":{"c":[1,{"x":2}],"d":{"e":"3"}},"g":{"d":"5"}}\n' +
      '{"a":"2","b":{"c":{},"d":{"e":null,"f":"4"}},"g":{"d":"6"}}\n',
  );
});
