import { describe, expect, it } from 'vitest';
import { encodeResult, type ResultFormat } from '../../compute-tier/formats/result-format.ts';
import { readArrowStream } from '../../engine/arrow.ts';
import type { Batch } from '../../engine/column.ts';
import { columnFromScalars } from '../../engine/scalars.ts';
import { BOOL, DATE, type DataType, decimal, FLOAT64, INT64, type Scalar, TIMESTAMP, UTF8 } from '../../query/types.ts';

const COLUMNS: readonly [string, DataType, readonly Scalar[]][] = [
  ['ok', BOOL, [true, null]],
  ['big', INT64, [-9223372036854775808n, null]],
  ['price', decimal(12, 2), [-5n, null]],
  ['ratio', FLOAT64, [0.1, Number.NaN]],
  ['day', DATE, [0, null]],
  ['at', TIMESTAMP, [1_500_001n, null]],
  ['a "name", quoted', UTF8, ['say "hi",\nthere', '']],
];
const BATCH: Batch = {
  schema: COLUMNS.map(([name, type]) => ({ name, type })),
  length: 2,
  columns: COLUMNS.map(([, type, values]) => columnFromScalars(type, values)),
};

async function encode(format: ResultFormat, batches: Batch[] = [BATCH]): Promise<Buffer> {
  async function* source() {
    yield* batches;
  }
  return Buffer.concat(await Array.fromAsync(encodeResult(format, BATCH.schema, source())));
}

describe('a result', () => {
  it('is exact as csv', async () => {
    expect((await encode('csv')).toString()).toBe(
      'ok,big,price,ratio,day,at,"a ""name"", quoted"\n' +
        'true,-9223372036854775808,-0.05,0.1,1970-01-01,1970-01-01 00:00:01.500001,"say ""hi"",\nthere"\n' +
        ',,,nan,,,""\n',
    );
  });

  it('is an array of objects as json, numbers in full digits', async () => {
    const text = (await encode('json')).toString();
    expect(text).toContain('"big":-9223372036854775808,"price":-0.05');
    expect(JSON.parse(text)).toMatchObject([
      { ok: true, day: '1970-01-01' },
      { ok: null, ratio: 'nan' },
    ]);
    expect((await encode('json', [])).toString()).toBe('[]\n');
  });

  it('is one object a line as ndjson', async () => {
    const lines = (await encode('ndjson')).toString().trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).ok)).toEqual([true, null]);
  });

  it('is for people as a table: control characters shown, NULL written out, rows counted', async () => {
    const text = (await encode('table')).toString();
    expect(text).toContain('say "hi",\\nthere');
    expect(text).toContain('NULL');
    expect(text.endsWith('(2 rows)\n')).toBe(true);
    expect((await encode('table', [])).toString()).toContain('(0 rows)');
  });

  it('keeps types and values as arrow', async () => {
    const bytes = await encode('arrow');
    async function* source() {
      yield bytes;
    }
    const [batch] = await Array.fromAsync(readArrowStream(source()));
    expect(batch?.schema).toEqual(BATCH.schema);
    expect((await encode('csv', [batch!])).toString()).toBe((await encode('csv')).toString());
  });
});
