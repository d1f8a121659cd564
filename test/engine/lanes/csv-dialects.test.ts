import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CsvDialect, RFC_4180 } from '../../../engine/csv-format.ts';
import { openLane } from '../../../engine/lanes/lane-registry.ts';
import { scalarAt } from '../../../engine/scalars.ts';
import type { ByteSource, Lane, ScanPlan } from '../../../engine/task.ts';
import { bindFragment } from '../../../query/bind.ts';
import type { LaneName } from '../../../query/fragment.ts';
import { parseType, type Scalar, type Schema } from '../../../query/types.ts';
import { dialects, tables, writeCsv, writings } from '../formats/csv/dialects.ts';

/** Lanes that read every dialect. */
const LANES: readonly LaneName[] = ['js', 'wasm'];

function schemaOf(types: readonly string[]): Schema {
  return types.map((type, column) => ({ name: `c${column}`, type: parseType(type) }));
}

async function read(lane: Lane, name: LaneName, text: string, dialect: CsvDialect, schema: Schema, chunk: number) {
  const bytes = Buffer.from(text);
  const source: ByteSource = {
    name: 'rows.csv',
    size: bytes.length,
    read: (offset, target) => bytes.copy(target, 0, offset, offset + target.length),
    close: () => {},
  };
  const columns = schema.map((field) => ({
    name: field.name,
    expression: { kind: 'column', name: field.name } as const,
  }));
  const plan: ScanPlan = {
    lane: name,
    fragment: bindFragment({ version: 1, object: 'rows.csv', lane: name, output: { kind: 'rows', columns } }, schema),
    object: {
      location: { kind: 'file', name: 'rows.csv', path: '', size: bytes.length, version: '1' },
      format: { kind: 'csv', ...dialect, dataStart: 0, header: false },
      schema,
    },
  };
  const rows: Scalar[][] = [];
  let firstRow = 0;
  for (let start = 0; start < bytes.length; start += chunk) {
    const part = {
      kind: 'csv-chunk',
      start,
      end: Math.min(start + chunk, bytes.length),
      firstRow,
    } as const;
    const { batches, rowBounds } = await lane.run(plan, part, source, () => false);
    for (const batch of batches)
      for (let row = 0; row < batch.length; row++) rows.push(batch.columns.map((column) => scalarAt(column, row)));
    firstRow = rowBounds?.next ?? firstRow;
  }
  return rows;
}

describe.each(LANES)('the %s lane', (name) => {
  test('reads texts in every dialect, whatever chunk borders cut', async () => {
    const lane = await openLane(name);
    await fc.assert(
      fc.asyncProperty(dialects, tables(3), writings, async (dialect, table, writing) => {
        const text = writeCsv(table, dialect, writing);
        const schema = schemaOf(['varchar', 'varchar', 'varchar']);
        for (let chunk = 1; chunk <= Buffer.byteLength(text); chunk += 1 + (chunk >> 3))
          expect(await read(lane, name, text, dialect, schema, chunk), `chunks of ${chunk} bytes`).toEqual(table);
      }),
      { numRuns: 30 },
    );
  });

  test('reads values as the dialect spells them', async () => {
    const dialect: CsvDialect = {
      ...RFC_4180,
      delimiter: 0x3b,
      nulls: ['NA', '-'],
      trim: true,
      decimalMark: ',',
      thousands: '.',
      dateFormat: '%d.%m.%Y',
      timestampFormat: '%d.%m.%Y %H:%M',
    };
    const schema = schemaOf(['bigint', 'double', 'decimal(9,2)', 'date', 'timestamp', 'varchar', 'boolean']);
    const text = [
      '1.000; 1.234,5 ;-0,25;31.12.1969;01.01.1970 00:01; x ;true',
      'NA;-; NA ;NA;NA;NA;-',
      ';;;;;;',
      '"7";"1,5";"2";"02.01.1970";"02.01.1970 0:00";"NA";"false"',
    ].join('\n');
    expect(await read(await openLane(name), name, text, dialect, schema, 20)).toEqual([
      [1000n, 1234.5, -25n, -1, 60_000_000n, 'x', true],
      [null, null, null, null, null, null, null],
      [null, null, null, null, null, '', null],
      [7n, 1.5, 200n, 1, 86_400_000_000n, 'NA', false],
    ]);
    for (const [column, wrong, type] of [
      [0, '1,5', 'bigint'],
      [3, '1970-01-01', 'date'],
      [3, '30.02.1970', 'date'],
    ] as const) {
      const row = schema.map((_, index) => (index === column ? wrong : ''));
      await expect(read(await openLane(name), name, row.join(';'), dialect, schema, 100)).rejects.toThrow(
        `row at byte 0: column "c${column}": "${wrong}" is not a valid ${type}`,
      );
    }
  });
});
