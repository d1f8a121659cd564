import { expect, test } from 'vitest';
import { ThriftWriter } from '../../../engine/formats/parquet/thrift-writer.ts';
import { JsLane } from '../../../engine/lanes/js/lane.ts';
import { WasmLane } from '../../../engine/lanes/wasm/lane.ts';
import { ParquetColumns } from '../../../engine/lanes/wasm/parquet-columns.ts';
import { scalarAt } from '../../../engine/scalars.ts';
import type { ScanPlan } from '../../../engine/task.ts';
import { bindFragment } from '../../../query/bind.ts';
import { planFragment } from '../../../query/plan.ts';
import { parseSql } from '../../../query/sql/parse-sql.ts';
import { describeBytes } from '../parquet-files.ts';

const PLAIN = 0;
const BIT_PACKED = 4;

type Value = number | null;

/** A V1 page of INT32 values; its levels from the highest bit of a byte down. */
function page(values: readonly Value[]): Uint8Array {
  const levels = new Uint8Array(Math.ceil(values.length / 8));
  values.forEach((value, i) => {
    if (value !== null) levels[i >> 3]! |= 0x80 >> (i & 7);
  });
  const present = Int32Array.from(values.filter((value) => value !== null));
  const body = Buffer.concat([levels, new Uint8Array(present.buffer)]);
  return Buffer.concat([pageHeader(values.length, body.length, BIT_PACKED), body]);
}

function pageHeader(values: number, size: number, levelEncoding: number): Uint8Array {
  const writer = new ThriftWriter();
  writer.struct(() => {
    writer.i32(1, 0);
    writer.i32(2, size);
    writer.i32(3, size);
    writer.structField(5, () => {
      writer.i32(1, values);
      writer.i32(2, PLAIN);
      writer.i32(3, levelEncoding);
      writer.i32(4, levelEncoding);
    });
  });
  return writer.finish();
}

/** A file with one column `x` and one row group of such pages. */
function file(pages: readonly Uint8Array[], rows: number): Uint8Array {
  const data = Buffer.concat(pages);
  const footer = new ThriftWriter();
  footer.struct(() => {
    footer.i32(1, 1);
    footer.list(2, 2, (i) => {
      if (i === 1) {
        footer.i32(1, 1);
        footer.i32(3, 1);
      }
      footer.binary(4, i === 0 ? 'schema' : 'x');
      if (i === 0) footer.i32(5, 1);
    });
    footer.i64(3, rows);
    footer.list(4, 1, () => {
      footer.list(1, 1, () => {
        footer.i64(2, 4);
        footer.structField(3, () => {
          footer.i32(1, 1);
          footer.i32List(2, [PLAIN, BIT_PACKED]);
          footer.binaryList(3, ['x']);
          footer.i32(4, 0);
          footer.i64(5, rows);
          footer.i64(6, data.length);
          footer.i64(7, data.length);
          footer.i64(9, 4);
        });
      });
      footer.i64(2, data.length);
      footer.i64(3, rows);
    });
  });
  const length = Buffer.alloc(4);
  length.writeUInt32LE(footer.finish().length);
  return new Uint8Array(Buffer.concat([Buffer.from('PAR1'), data, footer.finish(), length, Buffer.from('PAR1')]));
}

const lanes = [
  { name: 'wasm', lane: new WasmLane() },
  { name: 'js', lane: new JsLane() },
] as const;

async function answer({ name, lane }: (typeof lanes)[number], bytes: Uint8Array, sql: string): Promise<unknown[]> {
  const { source, description } = await describeBytes('t.parquet', bytes);
  const { fragment } = planFragment(await parseSql(sql), description.schema, name);
  const plan: ScanPlan = { object: description, fragment: bindFragment(fragment, description.schema), lane: name };
  const { batches } = await lane.run(plan, { kind: 'row-group', index: 0 }, source, () => false);
  return batches.flatMap(({ columns, length }) => Array.from({ length }, (_, row) => scalarAt(columns[0]!, row)));
}

test.each(lanes)('$name: levels in the deprecated BIT_PACKED encoding', async (lane) => {
  const pages = [1, 7, 8, 9, 700, 5000].map((rows) =>
    Array.from({ length: rows }, (_, i): Value => ((Math.imul(i + rows, 0x9e3779b1) >>> 0) % 7 < 2 ? null : i)),
  );
  // A page of NULLs alone, and one without any.
  pages.push(
    Array(300).fill(null),
    Array.from({ length: 300 }, (_, i) => 1000 - i),
  );
  const values = pages.flat();
  const bytes = file(pages.map(page), values.length);
  expect(await answer(lane, bytes, 'SELECT x FROM t')).toEqual(values);
  expect(await answer(lane, bytes, 'SELECT x FROM t WHERE x % 5 = 2 OR x IS NULL')).toEqual(
    values.filter((value) => value === null || value % 5 === 2),
  );
});

test('columns with such levels are kept from parquet-wasm, which takes the bits in the wrong order', async () => {
  const values = Array.from({ length: 50 }, (_, i): Value => (i % 3 === 0 ? null : i));
  const { source, description } = await describeBytes('t.parquet', file([page(values)], 50));
  const { columns } = await new ParquetColumns().read(source, description, 0, [0]);
  expect(values.map((_, row) => scalarAt(columns[0]!, row))).toEqual(values);
});

test.each(lanes)('$name: levels that end too early, or are in another encoding, are damage', async (lane) => {
  const cut = Buffer.concat([pageHeader(100, 12, BIT_PACKED), new Uint8Array(12)]);
  await expect(answer(lane, file([cut], 100), 'SELECT x FROM t')).rejects.toThrow(/t\.parquet.*"x".*13 bytes of 12/);
  const plain = Buffer.concat([pageHeader(100, 500, PLAIN), new Uint8Array(500)]);
  await expect(answer(lane, file([plain], 100), 'SELECT x FROM t')).rejects.toThrow(/t\.parquet.*"x".*levels are in/);
});
