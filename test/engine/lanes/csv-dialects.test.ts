import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CsvDialect, RFC_4180 } from '../../../engine/csv-format.ts';
import { LANE_NAMES, type LaneName } from '../../../query/fragment.ts';
import { parseType, type Schema } from '../../../query/types.ts';
import { dialects, tables, writeCsv, writings } from '../formats/csv/dialects.ts';
import { scanCsv } from './scan-csv.ts';

function schemaOf(types: readonly string[]): Schema {
  return types.map((type, column) => ({ name: `c${column}`, type: parseType(type) }));
}

/** The rows that the lane reads in chunks of `chunk` bytes. */
async function read(lane: LaneName, content: string, dialect: CsvDialect, schema: Schema, chunk: number) {
  return (await scanCsv({ lane, content, dialect, schema, chunk })).rows;
}

describe.each(LANE_NAMES)('the %s lane', (name) => {
  test('reads texts in every dialect, whatever chunk borders cut', async () => {
    await fc.assert(
      fc.asyncProperty(dialects, tables(3), writings, async (dialect, table, writing) => {
        const text = writeCsv(table, dialect, writing);
        const schema = schemaOf(['varchar', 'varchar', 'varchar']);
        for (let chunk = 1; chunk <= Buffer.byteLength(text); chunk += 1 + (chunk >> 3))
          expect(await read(name, text, dialect, schema, chunk), `chunks of ${chunk} bytes`).toEqual(table);
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
    expect(await read(name, text, dialect, schema, 20)).toEqual([
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
      await expect(read(name, row.join(';'), dialect, schema, 100)).rejects.toThrow(
        `row at byte 0: column "c${column}": "${wrong}" is not a valid ${type}`,
      );
    }
  });
});
