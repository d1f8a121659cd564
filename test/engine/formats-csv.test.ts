import { describe, expect, test } from 'vitest';
import type { CsvOptions } from '../../engine/csv-format.ts';
import { planChunks } from '../../engine/formats/byte-chunks.ts';
import { describeCsv } from '../../engine/formats/csv/describe-csv.ts';
import { parseSidecar } from '../../engine/formats/csv/sidecar.ts';
import { formatType } from '../../query/types.ts';
import { memorySource } from './memory-source.ts';

async function detect(content: string | Buffer, options?: CsvOptions, sampleSize?: number) {
  const { format, schema } = await describeCsv(memorySource(content), options, sampleSize);
  const columns = schema.map(({ name, type }) => `${name} ${formatType(type)}`);
  return {
    columns,
    delimiter: String.fromCharCode(format.delimiter),
    dataStart: format.dataStart,
    header: format.header,
  };
}

describe('the description of a CSV object', () => {
  test('takes the narrowest type that all values of the sample fit', async () => {
    const content = [
      'b,i,f,d,t,s,n,mixed',
      'true,1,1.5,2024-02-29,2024-01-01 00:00:00,x,,1',
      'FALSE,-9223372036854775808,2,1999-12-31,2024-01-01T23:59:59.123456,"",,true',
      ',,,,,,,',
    ].join('\n');
    expect((await detect(content)).columns).toEqual([
      'b boolean',
      'i bigint',
      'f double',
      'd date',
      't timestamp',
      's varchar',
      'n varchar',
      'mixed varchar',
    ]);
  });

  test('keeps what only looks like a number or a date as text or double', async () => {
    const content = 'a,b,c\n9223372036854775808,2023-02-29,1_000\n';
    expect((await detect(content)).columns).toEqual(['a double', 'b varchar', 'c varchar']);
  });

  test.each([';', '\t', '|', ','])('finds the delimiter %j, also next to others in quotes', async (delimiter) => {
    const rows = [
      ['name', 'value'],
      ['"a,b;c|d\te"', '1'],
      ['"q""\n"', '2'],
    ];
    const found = await detect(rows.map((row) => row.join(delimiter)).join('\n'));
    expect(found).toMatchObject({ delimiter, columns: ['name varchar', 'value bigint'] });
  });

  test('starts behind the byte order mark and a header line of any form', async () => {
    const content = '\ufeff"a\n1",b\r\n1,2\r\n';
    expect(await detect(content)).toEqual({
      columns: ['a\n1 bigint', 'b bigint'],
      delimiter: ',',
      dataStart: 3 + 9,
      header: true,
    });
  });

  test('sees that a first line of data is no header', async () => {
    expect(await detect('1,2\n3,4\n')).toMatchObject({
      header: false,
      dataStart: 0,
      columns: ['column0 bigint', 'column1 bigint'],
    });
  });

  test('takes the first line of an object of texts as header', async () => {
    expect(await detect('ä,b\nx,y\n')).toMatchObject({ header: true, columns: ['ä varchar', 'b varchar'] });
    expect(await detect('only\n')).toMatchObject({ header: true, columns: ['only varchar'] });
  });

  test('gives every column a name of its own', async () => {
    expect((await detect('a,A,,a_1,a\n1,2,3,4,5\n')).columns.map((column) => column.split(' ')[0])).toEqual([
      'a',
      'A_1',
      'column2',
      'a_1_1',
      'a_2',
    ]);
  });

  test('ignores a row that the sample cuts', async () => {
    expect((await detect('a,b\n1,2\n3,text\n', undefined, 10)).columns).toEqual(['a bigint', 'b bigint']);
  });

  test.each([
    ['', 'is empty'],
    ['\ufeff', 'is empty'],
    ['"a,b\n1,2\n', 'is every quote closed'],
    [
      Buffer.from('a,gr\xfcn\n1,2\n', 'latin1'),
      'rows.csv: row at byte 0: the name of a column is not UTF-8: "gr\ufffdn"',
    ],
  ])('refuses %j', async (content, why) => {
    await expect(detect(content)).rejects.toMatchObject({ code: 'bad-data', message: expect.stringContaining(why) });
  });

  test('follows the sidecar, with or without a header line', async () => {
    const sidecar = parseSidecar(
      'x',
      '{"columns": [{"name": "a", "type": "decimal(12,2)"}, {"name": "b", "type": "text"}]}',
    );
    const columns = ['a decimal(12,2)', 'b varchar'];
    expect(await detect('A,B\n1,2\n', sidecar)).toMatchObject({ columns, header: true });
    expect(await detect('1.25,x\n2,y\n', sidecar)).toMatchObject({ columns, header: false });
    expect(await detect('x,y\n2,y\n', sidecar)).toMatchObject({ columns, header: true });
    await expect(detect('a,b,c\n', sidecar)).rejects.toMatchObject({ message: expect.stringContaining('3 columns') });
  });
});

describe('a sidecar', () => {
  test.each([
    ['{', 'is not JSON'],
    ['{"columns": []}', 'at columns:'],
    ['{"columns": [{"name": "a"}]}', 'at columns[0].type:'],
    ['{"columns": [{"name": "a", "type": "blob"}]}', 'at columns[0].type: unknown type "blob"'],
    ['{"columns": [{"name": "a", "type": "decimal(39,2)"}]}', 'out of range'],
    ['{"columns": [{"name": "a", "type": "int"}, {"name": "A", "type": "int"}]}', 'stands there twice'],
  ])('that reads %s says what is wrong and where', (text, why) => {
    expect(() => parseSidecar('x.csv.schema.json', text)).toThrow(why);
  });
});

test('chunks meet, cover the rows, and depend on nothing but size', () => {
  expect(planChunks(10, 10, 4)).toEqual([]);
  expect(planChunks(10, 19, 4)).toEqual([
    { start: 10, end: 14 },
    { start: 14, end: 18 },
    { start: 18, end: 19 },
  ]);
});

test('chunks become smaller towards the end, where their size is not given', () => {
  const MIB = 1024 * 1024;
  const chunks = planChunks(10, 100 * MIB);
  const sizes = chunks.map(({ start, end }) => end - start);
  expect(sizes[0]).toBe(16 * MIB);
  expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
  expect(sizes.at(-2)).toBe(2 * MIB);
  expect(chunks.at(-1)?.end).toBe(100 * MIB);
  for (const [i, { start }] of chunks.entries()) expect(start).toBe(i === 0 ? 10 : chunks[i - 1]?.end);
});
