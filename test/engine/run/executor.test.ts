import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { Executor } from '../../../engine/run/executor.ts';
import { locateFile } from '../../../engine/run/locate.ts';
import { finalizeGroups, mergePartials } from '../../../engine/run/merge.ts';
import type { Scan } from '../../../engine/run/scan.ts';
import { scalarAt } from '../../../engine/scalars.ts';
import { bindFragment } from '../../../query/bind.ts';
import { type Fragment, type FragmentOutput, LANE_NAMES } from '../../../query/fragment.ts';
import type { Scalar } from '../../../query/types.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-executor-'));
const opened: Executor[] = [];
afterAll(async () => {
  await Promise.all(opened.map((executor) => executor.close()));
  rmSync(folder, { recursive: true });
});

function open(options: ConstructorParameters<typeof Executor>[0]): Executor {
  const executor = new Executor(options);
  opened.push(executor);
  return executor;
}

const column = (name: string) => ({ name, expression: { kind: 'column' as const, name } });
const ALL: FragmentOutput = { kind: 'rows', columns: [column('id'), column('text'), column('x')] };
const GROUPS: Extract<FragmentOutput, { kind: 'groups' }> = {
  kind: 'groups',
  keys: [column('text')],
  aggregates: [
    { name: 'n', function: 'count_star', args: [] },
    { name: 's', function: 'sum', args: [{ kind: 'column', name: 'x' }] },
    { name: 'm', function: 'max', args: [{ kind: 'column', name: 'id' }] },
  ],
};

async function scan(executor: Executor, path: string, output: FragmentOutput, signal?: AbortSignal): Promise<Scan> {
  const fragment: Fragment = { version: 1, object: 'object', lane: 'js', output };
  return executor.scan(await executor.describe(await locateFile(path)), fragment, signal);
}

async function rowsOf({ batches }: Scan): Promise<Scalar[][]> {
  const rows: Scalar[][] = [];
  for await (const batch of batches)
    for (let row = 0; row < batch.length; row++) rows.push(batch.columns.map((column) => scalarAt(column, row)));
  return rows;
}

type Row = readonly [bigint, string | null, number];

let files = 0;
function writeCsv(rows: readonly Row[], lineEnd = '\n', lastLineEnd = lineEnd): string {
  const path = join(folder, `object${files++}.csv`);
  const field = (text: string | null) => (text === null ? '' : `"${text.replaceAll('"', '""')}"`);
  const lines = rows.map(([id, text, x]) => `${id},${field(text)},${x}`);
  writeFileSync(path, ['id,text,x', ...lines].join(lineEnd) + lastLineEnd);
  const columns = [
    { name: 'id', type: 'bigint' },
    { name: 'text', type: 'varchar' },
    { name: 'x', type: 'double' },
  ];
  writeFileSync(`${path}.schema.json`, JSON.stringify({ columns }));
  return path;
}

describe('a scan of CSV', () => {
  const row = fc.tuple(
    fc.bigInt({ min: -1000n, max: 1000n }),
    fc.option(fc.string({ unit: fc.constantFrom('\n', '"', ',', 'a', 'ä', '\r\n'), maxLength: 12 })),
    fc.double({ min: -1000, max: 1000, noDefaultInfinity: true, noNaN: true }).map((x) => (x === 0 ? 0 : x)),
  );

  test('gives all rows in order and the same bits for groups, wherever chunks end and however many workers run', async () => {
    const sizes = [1, 7, 50];
    const executors = [1, 2, 3].flatMap((threads) => sizes.map((chunkSize) => open({ threads, chunkSize })));
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 15 }),
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        fc.constantFrom(...executors.slice(0, sizes.length).keys()),
        async (rows, lineEnd, closed, size) => {
          const path = writeCsv(rows, lineEnd, closed ? lineEnd : '');
          const alike = executors.filter((_, index) => index % sizes.length === size);
          const groups = [];
          for (const executor of alike) {
            expect(await rowsOf(await scan(executor, path, ALL))).toEqual(rows);
            groups.push(await rowsOf(await scan(executor, path, GROUPS)));
          }
          expect(groups[1]).toEqual(groups[0]);
          expect(groups[2]).toEqual(groups[0]);
          const keys = [...new Set(rows.map(([, text]) => text))];
          expect(groups[0]?.map(([key]) => key)).toEqual(keys);
          expect(groups[0]?.map(([, count]) => count)).toEqual(
            keys.map((key) => BigInt(rows.filter(([, text]) => text === key).length)),
          );
        },
      ),
      { numRuns: 20 },
    );
  });

  test('gives the same bits for sums of doubles over many batches, however many workers run', async () => {
    const rows = Array.from({ length: 30_000 }, (_, id): Row => [BigInt(id), `text ${id % 3}`, Math.sin(id) * 1e6]);
    const object = await open({ threads: 1 }).describe(await locateFile(writeCsv(rows)));
    const executors = [1, 2, 3].map((threads) => open({ threads, chunkSize: 200_000 }));
    for (const lane of LANE_NAMES)
      for (const output of [GROUPS, { ...GROUPS, keys: [] }]) {
        const fragment: Fragment = { version: 1, object: 'object', lane, output };
        const sums = [];
        for (const executor of executors) sums.push(await rowsOf(executor.scan(object, fragment)));
        expect(sums[1]).toEqual(sums[0]);
        expect(sums[2]).toEqual(sums[0]);
      }
  });

  test('stops at its limit without running all tasks', async () => {
    const rows = Array.from({ length: 5000 }, (_, id): Row => [BigInt(id), 'text', id]);
    const running = await scan(open({ threads: 2, chunkSize: 500 }), writeCsv(rows), {
      ...ALL,
      limit: 60,
    } as FragmentOutput);
    expect(await rowsOf(running)).toEqual(rows.slice(0, 60));
    const { rowsScanned, tasks } = await running.statistics;
    expect(tasks.total).toBeGreaterThan(100);
    expect(rowsScanned).toBeLessThan(200);
  });

  test('gives the first rows in an order from all its tasks, ties by their order in the object', async () => {
    const rows = Array.from({ length: 2000 }, (_, id): Row => [BigInt(id), 'text', (id * 7) % 100]);
    const orderBy = [{ column: 2, descending: true, nullsFirst: false }];
    const first = rows.toSorted((a, b) => b[2] - a[2]).slice(0, 30);
    for (const threads of [1, 2]) {
      const executor = open({ threads, chunkSize: 500 });
      const path = writeCsv(rows);
      const object = await executor.describe(await locateFile(path));
      const columns = ['id', 'text', 'x'].map((name, index) => ({
        name,
        expression: { kind: 'column' as const, index, name, type: object.schema[index]!.type },
      }));
      const output = { kind: 'rows' as const, columns, limit: 30, orderBy };
      const running = executor.scanBound({ object, fragment: { conjuncts: [], output }, lane: 'js' });
      expect(await rowsOf(running)).toEqual(first);
      expect((await running.statistics).pushed).toEqual(['project', 'sort', 'limit']);
    }
  });

  test('gives groups in several batches where its memory is bounded, which merge to the same states', async () => {
    const rows = Array.from({ length: 3000 }, (_, id): Row => [BigInt(id), `text ${id % 700}`, id / 4]);
    const path = writeCsv(rows);
    const executors = [
      open({ threads: 2, chunkSize: 4000 }),
      open({ threads: 2, chunkSize: 4000, memory: { lane: 1 << 26, groups: 1, results: 1 << 26 } }),
    ];
    for (const keys of [GROUPS.keys, []]) {
      const output = { ...GROUPS, keys };
      const answers = [];
      for (const executor of executors) {
        const object = await executor.describe(await locateFile(path));
        const fragment: Fragment = { version: 1, object: 'object', lane: 'wasm', output };
        const batches = await Array.fromAsync(executor.scan(object, fragment).batches);
        const bound = bindFragment(fragment, object.schema).output;
        const merged = finalizeGroups(bound, mergePartials(bound, batches));
        answers.push({ batches: batches.length, columns: merged.columns });
      }
      expect(answers.map(({ batches }) => batches > 1)).toEqual([false, true]);
      expect(answers[1]?.columns).toEqual(answers[0]?.columns);
    }
  });

  test('without rows gives no groups, and one group where there are no keys', async () => {
    const executor = open({ threads: 1 });
    const path = writeCsv([]);
    expect(await rowsOf(await scan(executor, path, ALL))).toEqual([]);
    expect(await rowsOf(await scan(executor, path, GROUPS))).toEqual([]);
    expect(await rowsOf(await scan(executor, path, { ...GROUPS, keys: [] } as FragmentOutput))).toEqual([
      [0n, null, null],
    ]);
  });

  test('names the line of a damaged row, gives the rows before it, and runs on', async () => {
    const executor = open({ threads: 2, chunkSize: 100 });
    const rows = Array.from({ length: 100 }, (_, id): Row => [BigInt(id), 'two\nlines', id]);
    const path = writeCsv(rows, '\n', '\nnine,"text",1\n');
    const running = await scan(executor, path, ALL);
    const seen: Scalar[] = [];
    const failed = (async () => {
      for await (const batch of running.batches) seen.push(...Array.from(batch.columns[0] ? [batch.length] : []));
    })();
    await expect(failed).rejects.toMatchObject({ code: 'bad-data', message: expect.stringContaining('(line 202)') });
    await expect(running.statistics).rejects.toMatchObject({ code: 'bad-data' });
    expect(seen.length).toBeGreaterThan(0);
    expect(await rowsOf(await scan(executor, writeCsv(rows), ALL))).toEqual(rows);
  });

  test('tells when the object was replaced between description and scan', async () => {
    const executor = open({ threads: 1 });
    const path = writeCsv([[1n, 'a', 1]]);
    const description = await executor.describe(await locateFile(path));
    writeFileSync(path, 'id,text,x\n2,"bb",2\n');
    const running = executor.scan(description, { version: 1, object: 'object', lane: 'js', output: ALL });
    await expect(rowsOf(running)).rejects.toMatchObject({
      code: 'bad-data',
      message: expect.stringContaining('changed'),
    });
    expect(await rowsOf(await scan(executor, path, ALL))).toEqual([[2n, 'bb', 2]]);
  });
});

describe('a pool of workers', () => {
  const lanes = new URL('./odd-lanes.ts', import.meta.url).href;
  const rows = Array.from({ length: 200 }, (_, id): Row => [BigInt(id), 'text', id]);
  const named = (name: string): FragmentOutput => ({ kind: 'rows', columns: [{ ...column('id'), name }] });

  test('lives on when a worker dies or a lane throws, and says so', async () => {
    const executor = open({ threads: 2, chunkSize: 500, lanes });
    const path = writeCsv(rows);
    await expect(rowsOf(await scan(executor, path, named('exit')))).rejects.toMatchObject({ code: 'internal' });
    await expect(rowsOf(await scan(executor, path, named('throw')))).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringContaining('TypeError: odd'),
    });
    expect((await rowsOf(await scan(executor, path, named('start')))).length).toBeGreaterThan(5);
  });

  test('never holds more large results than twice its threads for a consumer that waits', async () => {
    const executor = open({ threads: 2, chunkSize: 50, lanes });
    const running = await scan(executor, writeCsv(rows), named('count'));
    const iterator = running.batches[Symbol.asyncIterator]();
    await iterator.next();
    await new Promise((resolve) => setTimeout(resolve, 200));
    const counted = await rowsOf(await scan(executor, writeCsv(rows), named('counted')));
    expect(Math.max(...counted.map(([count]) => Number(count)))).toBeLessThanOrEqual(4);
    await iterator.return?.();
    expect((await running.statistics).tasks.total).toBeGreaterThan(50);
  });

  test('stops a scan that is cancelled, also while its tasks run', async () => {
    const executor = open({ threads: 2, chunkSize: 50, lanes });
    const controller = new AbortController();
    const running = await scan(executor, writeCsv(rows), named('wait'), controller.signal);
    setTimeout(() => controller.abort(), 50);
    await expect(rowsOf(running)).rejects.toMatchObject({ code: 'cancelled' });
    await expect(running.statistics).rejects.toMatchObject({ code: 'cancelled' });
    expect((await rowsOf(await scan(executor, writeCsv(rows), named('start')))).length).toBeGreaterThan(5);
  });

  test('has one task at a time in each worker, though the next one waits there', async () => {
    const executor = open({ threads: 2, chunkSize: 500, lanes });
    const together = await rowsOf(await scan(executor, writeCsv(rows), named('alone')));
    expect(new Set(together.flat())).toEqual(new Set([1n]));
  });

  test('runs a chunk again when its quoting was guessed wrong, and drops the error of the wrong guess', async () => {
    const executor = open({ threads: 2, chunkSize: 500, lanes });
    const starts = await rowsOf(await scan(executor, writeCsv(rows), named('alternate')));
    expect(starts.map(([quoted]) => quoted)).toEqual(starts.map((_, index) => BigInt(index % 2)));
  });
});
