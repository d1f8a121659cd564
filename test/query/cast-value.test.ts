import type { DuckDBConnection } from '@duckdb/node-api';
import { beforeAll, expect, test } from 'vitest';
import { castExists, castScalar, tryCastScalar } from '../../query/cast-value.ts';
import { SluiceError } from '../../query/error.ts';
import { parseType, UTF8 } from '../../query/types.ts';
import { openDuckDb } from './duckdb-values.ts';

/** Values of each type, as text. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  boolean: ['true', 'false'],
  integer: ['0', '1', '-1', '2147483647', '-2147483648', '999', '1000', '-9999'],
  bigint: ['0', '-1', '9223372036854775807', '-9223372036854775808', '2147483648', '9007199254740993', '999999999999'],
  double:
    '0 -0 1 0.5 1.5 2.5 -0.5 -1.5 0.05 0.15 1e15 1e16 123456789012345680 1e20 1e22 1e37 1e38 1e39 1e-4 1e-5 1e-7 1.005 2147483647.4 -2147483648.5 9223372036854775807 9223372036854774784 -9223372036854775808 nan inf -inf 1e308 5e-324 123456.789 999.95 99999.95 0.1 4.35 2.675 1234567890123456.7'.split(
      ' ',
    ),
  'decimal(4,1)': ['0', '0.1', '0.5', '1.5', '2.5', '-0.5', '-1.5', '-2.5', '999.9', '-999.9'],
  'decimal(18,3)': ['0.001', '0.5', '1.5', '-2.5', '123456789012345.678', '999999999999999.999', '999.949', '999.950'],
  'decimal(18,0)': ['0', '1', '999999999999999999', '-999999999999999999', '2147483648', '9007199254740993'],
  'decimal(38,0)': [
    '99999999999999999999999999999999999999',
    '-99999999999999999999999999999999999999',
    '9223372036854775807',
    '9223372036854775808',
    '-9223372036854775809',
    '9007199254740993',
  ],
  'decimal(38,10)': ['1.5', '-2.5', '1234567890123456789012345678.0123456789', '9223372036854775807.5', '0.0000000001'],
  'decimal(3,3)': ['0', '0.5', '0.05', '-0.999'],
  date: [
    '1970-01-01',
    '2020-02-29',
    '0001-01-01',
    '9999-12-31',
    '1582-10-15',
    '-0001-01-01',
    '5877642-06-25 (BC)',
    '5881580-07-10',
    '294247-01-10',
    '294247-01-11',
    '290309-12-22 (BC)',
    '290309-12-21 (BC)',
    'infinity',
    '-infinity',
  ],
  timestamp: [
    '1969-12-31 23:59:59.999999',
    '2020-02-29 12:34:56.789',
    '9999-12-31 23:59:59.999999',
    '294247-01-10 04:00:54.775806',
    '290309-12-22 (BC) 00:00:00',
    '0044-03-15 (BC) 01:02:03',
    'infinity',
    '-infinity',
    'epoch',
  ],
  varchar: [
    ...'|a|true|TRUE|t|F|yes|no|on|1|0|2| 1 |1.5|2.5|-2.5|1e3|1e-3|+5|+ 5|5-|0x10|0b11|1_000|_1|1_|.5|5.|.|1e|1e400|12345678901'.split(
      '|',
    ),
    ...'99999999999999999999|99999999999999999999999999999999999999|999999999999999999999999999999999999999|nan|inf|+inf|-infinity'.split(
      '|',
    ),
    ...'2147483647.5|2147483647.4|0.4999|999.95|-0|\t5\n|\u00a05|9223372036854775807.4|9223372036854775807.5'.split(
      '|',
    ),
    ...'2020-01-31|2020-1-5|2020-13-01|2019-02-29|20200131|2020/01/31|2020 01 31|2020-01/31|2020-01-31x|2020-01-31 10:00'.split(
      '|',
    ),
    ...'2020-01-31T10:00:00|2020-01-31 10:00:00.123456789|2020-01-31 10:00:00+02|2020-01-31 24:00:00|0044-03-15 (BC)|epoch'.split(
      '|',
    ),
  ],
};

/** DuckDB 1.5 gives a wrong number, or refuses a number that fits. */
const THEIR_MISTAKES = new Set(['boolean true decimal(3,3)', 'varchar 1e-3 decimal(3,3)', 'varchar -nan double']);

let duckdb: DuckDBConnection;
beforeAll(async () => {
  duckdb = await openDuckDb();
});

const TYPES = Object.keys(VALUES);

test.each(TYPES)('%s casts to every type, and is refused, as in DuckDB', async (name) => {
  const from = parseType(name);
  for (const target of TYPES) {
    const to = parseType(target);
    if (!castExists(from, to)) continue;
    for (const text of VALUES[name]!) {
      const own = name === 'varchar' ? 'x' : `CAST(x AS ${name})`;
      const reader = await duckdb.runAndReadAll(
        `SELECT TRY_CAST(${own} AS ${target})::VARCHAR FROM (SELECT $1::VARCHAR AS x)`,
        [text],
      );
      const theirs = reader.getRows()[0]![0];
      const value = tryCastScalar(castScalar(text, UTF8, from), from, to);
      const ours = castScalar(value, to, UTF8);
      const place = `${name} ${text} ${target}`;
      if (!THEIR_MISTAKES.has(place)) expect(`${place}: ${ours}`).toBe(`${place}: ${theirs}`);
    }
  }
});

test('a cast that fails names the value and the type', () => {
  expect(() => castScalar('x', UTF8, parseType('integer'))).toThrow(
    new SluiceError('bad-value', '"x" cannot be read as integer'),
  );
});
