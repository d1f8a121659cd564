import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { LocalTransport } from '../../compute-tier/local-transport.ts';
import { QueryRunner } from '../../compute-tier/query-runner.ts';
import { Executor } from '../../engine/run/executor.ts';
import { scalarAt } from '../../engine/scalars.ts';
import { LANE_NAMES } from '../../query/fragment.ts';

let folder: string;
let executor: Executor;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-repetition-'));
  executor = new Executor({ threads: 2, chunkSize: 64 });
});

afterAll(async () => {
  await executor.close();
  await rm(folder, { recursive: true });
});

afterEach(() => {
  vi.useRealTimers();
});

function openRunner() {
  const runner = new QueryRunner(new LocalTransport(executor, new Map([['t', join(folder, 't.csv')]])));
  return async (text: string, lane: (typeof LANE_NAMES)[number] = 'wasm') => {
    const { batches } = await runner.run({ text, lane, strategy: 'push', cache: false });
    const rows = [];
    for await (const { columns, length } of batches)
      for (let row = 0; row < length; row++) rows.push(columns.map((column) => scalarAt(column, row)));
    return rows;
  };
}

const rowsOf = (count: number, row: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => `${row(i)}\n`).join('');

describe('a query that is asked again', () => {
  test('gives what the file holds now, also where its columns have other types and places', async () => {
    const ask = openRunner();
    const query = 'SELECT k, sum(v) AS s FROM t GROUP BY k ORDER BY k';
    await writeFile(join(folder, 't.csv'), `k,v\n${rowsOf(100, (i) => `${'abc'[i % 3]},${i}`)}`);
    const before = [
      ['a', 1683n],
      ['b', 1617n],
      ['c', 1650n],
    ];
    for (const lane of [...LANE_NAMES, ...LANE_NAMES]) expect(await ask(query, lane)).toEqual(before);
    await writeFile(join(folder, 't.csv'), `v,w,k\n${rowsOf(1000, (i) => `${i / 2},x,${i % 2}`)}`);
    const after = [
      [0n, 124_750],
      [1n, 125_000],
    ];
    for (const lane of [...LANE_NAMES, ...LANE_NAMES]) expect(await ask(query, lane)).toEqual(after);
  });

  test('asks for the time anew', async () => {
    const ask = openRunner();
    await writeFile(join(folder, 't.csv'), 'd\n2026-01-01\n2026-01-02\n2026-01-03\n');
    const query = 'SELECT count(*) FILTER (d < current_date) AS past, count(*) AS n FROM t';
    vi.useFakeTimers({ toFake: ['Date'] });
    for (const [today, past] of [
      ['2026-01-02', 1n],
      ['2026-01-02', 1n],
      ['2026-01-03', 2n],
    ] as const) {
      vi.setSystemTime(new Date(today));
      expect(await ask(query)).toEqual([[past, 3n]]);
      expect(await ask(`SELECT d FROM t WHERE d = today() ORDER BY now()`)).toHaveLength(1);
    }
  });
});
