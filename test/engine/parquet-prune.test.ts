import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isLeaf, schemaOf } from '../../engine/formats/parquet/file-columns.ts';
import { type ParquetFooter, readFooter } from '../../engine/formats/parquet/footer.ts';
import type { RawStatistics } from '../../engine/formats/parquet/metadata.ts';
import { groupZones, mayMatch } from '../../engine/formats/parquet/prune.ts';
import { SluiceError } from '../../query/error.ts';
import type { BoundExpression, Operator } from '../../query/expression.ts';
import { BOOL, type DataType, decimal, INT32, INT64, type Scalar, TIMESTAMP } from '../../query/types.ts';
import { MemorySource, readBytes } from './parquet-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-prune-'));
const path = join(folder, 'clustered.parquet');
let connection: DuckDBConnection;
let footer: ParquetFooter;

/** Four groups of 2048 rows; most columns rise with the row number. */
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run(`COPY (SELECT i, CAST(i AS INTEGER) - 4000 AS i32, CAST(4294967295 - i AS UINTEGER) AS u32,
      CAST((i - 4000) / 4.0 AS DECIMAL(15,2)) AS price, CAST(i - 4000 AS DECIMAL(4,0)) AS dec4, i / 8.0 AS f64,
      CASE WHEN i % 100 = 3 THEN 'NaN'::DOUBLE ELSE i END AS withnan, DATE '1992-01-01' + CAST(i AS INTEGER) AS day,
      TIMESTAMP '1969-12-31 23:00:00' + INTERVAL (i) SECOND AS at, printf('k%05d', i) AS key,
      i >= 4096 AS flag, CASE WHEN i >= 2048 THEN i END AS tail, CAST(NULL AS INTEGER) AS nothing,
      CAST(18446744073709551615 - i AS UBIGINT) AS u64, TIME '00:00:00' + INTERVAL (i * 10) SECOND AS clock,
      CAST(printf('00000000-0000-4abc-8def-%012d', i) AS UUID) AS id, encode(printf('%05d', i)) AS blob,
      CAST(TIMESTAMP_NS '1969-12-31 23:59:59.9' + INTERVAL (i) MICROSECOND AS TIMESTAMP_NS) AS at_ns, CAST(i AS FLOAT) AS f32
    FROM range(8192) r(i)) TO '${path}' (FORMAT parquet, ROW_GROUP_SIZE 2048)`);
  footer = (await readFooter(new MemorySource('clustered', readBytes(path)), '1')).footer;
});
afterAll(() => {
  connection.closeSync();
  rmSync(folder, { recursive: true });
});

function column(name: string): BoundExpression & { type: DataType } {
  const index = footer.columns.findIndex((leaf) => leaf.name === name);
  return { kind: 'column', index, name, type: footer.columns[index]!.type };
}

function call(operator: Operator, ...args: BoundExpression[]): BoundExpression {
  return { kind: 'call', operator, args, type: BOOL };
}

/** `column OP value`, the value of the column's type. */
function compare(name: string, operator: Operator, ...values: Scalar[]): BoundExpression {
  const { type } = column(name);
  return call(operator, column(name), ...values.map((value) => ({ kind: 'literal', type, value }) as const));
}

function kept(...conjuncts: BoundExpression[]): string {
  return footer.metadata.rowGroups
    .map((group) => (mayMatch(conjuncts, groupZones(group, footer)) ? '+' : '-'))
    .join('');
}

const day = (offset: number) => 8035 + offset;

/** SQL, the same bound, and the groups that must remain. */
const CASES: [string, () => BoundExpression, string][] = [
  ['i < 2048', () => compare('i', 'lt', 2048n), '+---'],
  ['i <= 2048', () => compare('i', 'le', 2048n), '++--'],
  ['i = 5000', () => compare('i', 'eq', 5000n), '--+-'],
  ['i > 6143', () => compare('i', 'gt', 6143n), '---+'],
  ['i >= 6143', () => compare('i', 'ge', 6143n), '--++'],
  ['NOT i >= 6144', () => call('not', compare('i', 'ge', 6144n)), '+++-'],
  ['i <> 5', () => compare('i', 'ne', 5n), '++++'],
  ['i IN (1, 8000)', () => compare('i', 'in', 1n, 8000n), '+--+'],
  ['i IN (NULL, 8000)', () => compare('i', 'in', null, 8000n), '---+'],
  ['i = NULL', () => compare('i', 'eq', null), '----'],
  ['i < 5 OR i > 8000', () => call('or', compare('i', 'lt', 5n), compare('i', 'gt', 8000n)), '+--+'],
  ['i BETWEEN 2100 AND 2200', () => call('and', compare('i', 'ge', 2100n), compare('i', 'le', 2200n)), '-+--'],
  ['3000 < i', () => call('lt', { kind: 'literal', type: INT64, value: 3000n }, column('i')), '-+++'],
  ['i32 < -3000', () => compare('i32', 'lt', -3000), '+---'],
  ['u32 > 4294965247', () => compare('u32', 'gt', 4294965247n), '+---'],
  ['price < -488', () => compare('price', 'lt', -488n * 10n ** scaleOf('price')), '+---'],
  ['dec4 >= 2144', () => compare('dec4', 'ge', 2144n), '---+'],
  ['f64 < 256', () => compare('f64', 'lt', 256), '+---'],
  ['f64 = 300', () => compare('f64', 'eq', 300), '-+--'],
  ["day < DATE '1992-01-01' + 2048", () => compare('day', 'lt', day(2048)), '+---'],
  [`"at" < TIMESTAMP '1969-12-31 23:30:00'`, () => compare('at', 'lt', -1800_000_000n), '+---'],
  ["key = 'k05000'", () => compare('key', 'eq', 'k05000'), '--+-'],
  ["key > 'k07'", () => compare('key', 'gt', 'k07'), '---+'],
  ['flag', () => column('flag'), '--++'],
  ['NOT flag', () => call('not', column('flag')), '++--'],
  ['tail IS NULL', () => call('is_null', column('tail')), '+---'],
  ['tail IS NOT NULL', () => call('is_not_null', column('tail')), '-+++'],
  ['u64 > 18446744073709549567', () => compare('u64', 'gt', 18446744073709549567n), '+---'],
  ["CAST(clock AS VARCHAR) < '05:41:20'", () => compare('clock', 'lt', '05:41:20'), '+---'],
  ["CAST(clock AS VARCHAR) = '05:41:2'", () => compare('clock', 'eq', '05:41:2'), '----'],
  [
    "id >= CAST('00000000-0000-4abc-8def-000000006144' AS UUID)",
    () => compare('id', 'ge', '00000000-0000-4abc-8def-000000006144'),
    '---+',
  ],
  ["hex(blob) = '3035303030'", () => compare('blob', 'eq', '3035303030'), '--+-'],
  ["hex(blob) < '303230343'", () => compare('blob', 'lt', '303230343'), '+---'],
  [`epoch_us("at_ns") < -97952`, () => compare('at_ns', 'lt', -97952n), '+---'],
  ['f32 = 300', () => compare('f32', 'eq', 300), '+---'],
  ['nothing = 1', () => compare('nothing', 'eq', 1), '----'],
  [
    'CAST(dec4 AS DECIMAL(9,2)) < -2000.50',
    () =>
      call(
        'lt',
        { kind: 'cast', arg: column('dec4'), type: decimal(9, 2) },
        { kind: 'literal', type: decimal(9, 2), value: -200050n },
      ),
    '+---',
  ],
  [
    "CAST(day AS TIMESTAMP) >= TIMESTAMP '1992-01-01' + INTERVAL 6144 DAY",
    () =>
      call(
        'ge',
        { kind: 'cast', arg: column('day'), type: TIMESTAMP },
        { kind: 'literal', type: TIMESTAMP, value: BigInt(day(6144)) * 86_400_000_000n },
      ),
    '---+',
  ],
];

function scaleOf(name: string): bigint {
  const { type } = column(name);
  return type.kind === 'decimal' ? BigInt(type.scale) : 0n;
}

describe('row groups', () => {
  test.each(CASES)('%s', async (sql, expression, expected) => {
    expect(kept(expression())).toBe(expected);
    await expectNoMatchLost(sql, expected);
  });

  test('conjuncts exclude together', () => {
    expect(kept(compare('i', 'ge', 2048n), compare('i', 'lt', 4096n))).toBe('-+--');
    expect(kept()).toBe('++++');
  });

  test('a NaN that statistics leave out may satisfy a lower bound', async () => {
    for (const [sql, operator] of [
      ['withnan > 9000', 'gt'],
      ['withnan <> 7', 'ne'],
    ] as const) {
      const groups = kept(compare('withnan', operator, operator === 'gt' ? 9000 : 7));
      await expectNoMatchLost(sql, groups);
    }
    const groups = kept(compare('withnan', 'eq', Number.NaN));
    await expectNoMatchLost("withnan = 'NaN'::DOUBLE", groups);
  });

  test('what is not understood excludes nothing', () => {
    expect(kept(compare('key', 'like', 'zzz%'))).toBe('++++');
    expect(kept(call('eq', column('i'), column('i')))).toBe('++++');
  });
});

async function expectNoMatchLost(sql: string, groups: string): Promise<void> {
  const reader = await connection.runAndReadAll(
    `SELECT DISTINCT CAST(i // 2048 AS INTEGER) FROM '${path}' WHERE ${sql}`,
  );
  for (const [group] of reader.getRows()) expect([sql, group, groups[Number(group)]]).toEqual([sql, group, '+']);
}

describe('statistics that promise less', () => {
  const bytes = (value: number) => {
    const target = new Uint8Array(8);
    new DataView(target.buffer).setBigInt64(0, BigInt(value), true);
    return target;
  };
  const none = {
    oldMax: undefined,
    oldMin: undefined,
    max: undefined,
    min: undefined,
    nullCount: 0,
    nanCount: undefined,
    exact: true,
  };

  function keptWith(name: string, statistics: RawStatistics | undefined, expression: BoundExpression): boolean {
    const group = footer.metadata.rowGroups[0]!;
    const at = footer.columns.filter(isLeaf).find((leaf) => leaf.name === name)!.chunk;
    const chunks = group.chunks.map((chunk, i) => (i === at && chunk ? { ...chunk, statistics } : chunk));
    return mayMatch([expression], groupZones({ ...group, chunks }, footer));
  }

  test('missing, malformed or contradictory bounds exclude nothing', () => {
    const never = compare('i', 'gt', 100n);
    expect(keptWith('i', { ...none, min: bytes(0), max: bytes(9) }, never)).toBe(false);
    expect(keptWith('i', undefined, never)).toBe(true);
    expect(keptWith('i', none, never)).toBe(true);
    expect(keptWith('i', { ...none, min: bytes(0), max: new Uint8Array(3) }, never)).toBe(true);
    expect(keptWith('i', { ...none, min: bytes(9), max: bytes(0) }, never)).toBe(true);
  });

  test('deprecated bounds count for signed numbers only', () => {
    expect(keptWith('i', { ...none, oldMin: bytes(0), oldMax: bytes(9) }, compare('i', 'gt', 100n))).toBe(false);
    const text = new TextEncoder().encode('k');
    expect(keptWith('key', { ...none, oldMin: text, oldMax: text }, compare('key', 'gt', 'x'))).toBe(true);
  });

  test('an unknown number of NULLs may be none or all', () => {
    const unknown = { ...none, nullCount: undefined };
    expect(keptWith('tail', unknown, call('is_null', column('tail')))).toBe(true);
    expect(keptWith('tail', unknown, call('is_not_null', column('tail')))).toBe(true);
  });

  test('equal bounds of a string may both be cut', () => {
    const text = new TextEncoder().encode('k');
    expect(keptWith('key', { ...none, min: text, max: text }, compare('key', 'ne', 'k'))).toBe(true);
  });
});

describe('a footer', () => {
  const refusal = async (bytes: Uint8Array) => {
    const error = await readFooter(new MemorySource('x.parquet', bytes), `${Math.random()}`).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(SluiceError);
    expect(error.code).toBe('bad-data');
    expect(error.message).toContain('"x.parquet"');
    return error.message as string;
  };

  test('that is missing, cut, encrypted or of impossible length is refused with its place', async () => {
    const whole = readBytes(path);
    expect(await refusal(new Uint8Array(5))).toContain('too few');
    expect(await refusal(whole.slice(0, -1))).toContain('does not end with "PAR1"');
    const encrypted = whole.slice();
    encrypted.set(new TextEncoder().encode('PARE'), whole.length - 4);
    expect(await refusal(encrypted)).toContain('encrypted');
    const long = whole.slice();
    new DataView(long.buffer).setUint32(long.length - 8, 0xfffffff0, true);
    expect(await refusal(long)).toContain('length');
    expect(await refusal(whole.slice(100))).toContain('footer');
  });

  test('is read from the tail only, and once a version', async () => {
    const source = new MemorySource('big', readBytes(path));
    expect((await readFooter(source, 'v1')).bytesRead).toBe(source.bytesRead);
    expect(source.bytesRead).toBeLessThanOrEqual(64 * 1024);
    expect((await readFooter(source, 'v1')).bytesRead).toBe(0);
    expect((await readFooter(source, 'v2')).bytesRead).toBeGreaterThan(0);
  });

  test('lists columns that Sluice cannot read with the reason, and keeps the rest', async () => {
    const odd = join(folder, 'odd.parquet');
    await connection.run(`COPY (SELECT 1 AS a, [1, 2] AS list, {'x': 1} AS pair, CAST(1 AS DECIMAL(25,2)) AS wide,
      '12:00:00'::TIME AS clock, INTERVAL 1 DAY AS while, 2 AS z) TO '${odd}' (FORMAT parquet)`);
    const { footer: mixed } = await readFooter(new MemorySource('odd', readBytes(odd)), '1');
    expect(mixed.columns.map((column) => [column.name, isLeaf(column) ? column.chunk : column.shape.kind])).toEqual([
      ['a', 0],
      ['list', 'list'],
      ['pair', 'struct'],
      ['wide', 3],
      ['clock', 4],
      ['z', 6],
      ['pair.x', 2],
    ]);
    expect(schemaOf(mixed).filter(({ isMember }) => isMember)).toEqual([
      { name: 'pair.x', type: INT32, isMember: true },
    ]);
    expect(mixed.unsupported).toEqual([{ name: 'while', reason: 'INTERVAL' }]);
  });
});
