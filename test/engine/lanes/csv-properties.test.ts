import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import type { Batch } from '../../../engine/column.ts';
import { planChunks } from '../../../engine/formats/byte-chunks.ts';
import { openLane } from '../../../engine/lanes/lane-registry.ts';
import { Executor } from '../../../engine/run/executor.ts';
import { locateFile } from '../../../engine/run/locate.ts';
import { oneByOne, runInOrder } from '../../../engine/run/run-in-order.ts';
import { scalarAt } from '../../../engine/scalars.ts';
import type { Lane, ObjectLocation, ScanPlan } from '../../../engine/task.ts';
import { bindFragment } from '../../../query/bind.ts';
import { LANE_NAMES, type LaneName } from '../../../query/fragment.ts';
import type { Scalar } from '../../../query/types.ts';
import { memorySource } from '../memory-source.ts';
import { type RandomCsv, randomCsv, type Shape } from './random-csv.ts';

/** Any other tables: `SLUICE_SEED=7 SLUICE_RUNS=1000 npx vitest run test/engine/lanes/csv-properties.test.ts`. */
const seed = Number(process.env.SLUICE_SEED ?? 1);
const runs = (usual: number) => Number(process.env.SLUICE_RUNS ?? usual);

const shape = (rows: number): fc.Arbitrary<Shape> =>
  fc.record({ seed: fc.nat(), rows: fc.integer({ min: 1, max: rows }), columns: fc.integer({ min: 1, max: 6 }) });

function planOf({ schema, format }: RandomCsv, location: ObjectLocation, lane: LaneName): ScanPlan {
  const columns = schema.map(({ name }) => ({ name, expression: { kind: 'column', name } as const }));
  const fragment = { version: 1, object: location.name, lane, output: { kind: 'rows', columns } } as const;
  return { lane, fragment: bindFragment(fragment, schema), object: { location, format, schema } };
}

async function rowsOf({ batches }: { batches: AsyncIterable<Batch> }): Promise<Scalar[][]> {
  const rows: Scalar[][] = [];
  for await (const { columns, length } of batches)
    for (let row = 0; row < length; row++) rows.push(columns.map((column) => scalarAt(column, row)));
  return rows;
}

/** The rows that a lane reads in chunks of `size` bytes, where each chunk is guessed at and verified. */
async function readInChunks(lane: Lane, name: LaneName, csv: RandomCsv, size: number): Promise<Scalar[][]> {
  const { bytes, format } = csv;
  const plan = planOf(csv, { kind: 'file', name: 'random.csv', path: '', size: bytes.length, version: '1' }, name);
  const source = memorySource(bytes, 'random.csv');
  const parts = planChunks(format.dataStart, bytes.length, size).map(
    (chunk) => ({ kind: 'csv-chunk', ...chunk }) as const,
  );
  const results = runInOrder(
    parts,
    oneByOne(parts, (part) => lane.run(plan, part, source, () => false)),
    () => 1,
  );
  const batches = async function* () {
    for await (const result of results) yield* result.batches;
  };
  return rowsOf({ batches: batches() });
}

/** Expects that `read` gives the rows; says what it read where it does not. */
async function expectRows({ bytes, format, rows }: RandomCsv, read: Promise<Scalar[][]>, what = ''): Promise<void> {
  const shown = `${JSON.stringify(bytes.toString())} in ${JSON.stringify(format)} ${what}`;
  const found = await read.catch((error: Error) => {
    throw new Error(`${error.message}: ${shown}`, { cause: error });
  });
  expect(found, shown).toEqual(rows);
}

describe.each(LANE_NAMES)('on the %s lane', (name) => {
  test('random tables in random dialects come back, whatever the size of chunks', async () => {
    const lane = await openLane(name);
    await fc.assert(
      fc.asyncProperty(shape(8), fc.nat(), async (table, other) => {
        const csv = randomCsv(table);
        for (const size of [1, 2, 3 + (other % 61), csv.bytes.length])
          await expectRows(csv, readInChunks(lane, name, csv, size), `in chunks of ${size} bytes`);
      }),
      { seed, numRuns: runs(60) },
    );
  });

  test('random tables in random dialects come back at every size of chunks', async () => {
    const lane = await openLane(name);
    await fc.assert(
      fc.asyncProperty(shape(6), async (table) => {
        const csv = randomCsv(table);
        for (let size = 1; size <= csv.bytes.length; size++)
          await expectRows(csv, readInChunks(lane, name, csv, size), `in chunks of ${size} bytes`);
      }),
      { seed, numRuns: runs(8) },
    );
  });
});

describe('by an executor', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-random-csv-'));
  const executors = [1, 2].flatMap((threads) => [5, 64, 1000].map((chunkSize) => new Executor({ threads, chunkSize })));
  afterAll(async () => {
    await Promise.all(executors.map((executor) => executor.close()));
    rmSync(folder, { recursive: true });
  });

  test('random tables in random dialects come back, however many workers guess at chunks', async () => {
    const path = join(folder, 'random.csv');
    await fc.assert(
      fc.asyncProperty(
        shape(60),
        fc.constantFrom(...executors),
        fc.constantFrom(...LANE_NAMES),
        async (table, executor, name) => {
          const csv = randomCsv(table);
          writeFileSync(path, csv.bytes);
          await expectRows(csv, rowsOf(executor.scanBound(planOf(csv, await locateFile(path), name))));
        },
      ),
      { seed, numRuns: runs(25) },
    );
  });
});
