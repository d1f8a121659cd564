import { describe, expect, test } from 'vitest';
import { openLane } from '../../../engine/lanes/lane-registry.ts';
import { openSource } from '../../../engine/run/byte-source.ts';
import { finalizeGroups, mergePartials } from '../../../engine/run/merge.ts';
import { planTasks } from '../../../engine/run/plan-tasks.ts';
import { columnFromScalars, scalarAt } from '../../../engine/scalars.ts';
import type { ObjectDescription, ScanPlan } from '../../../engine/task.ts';
import { bindFragment } from '../../../query/bind.ts';
import { LANE_NAMES } from '../../../query/fragment.ts';
import { planFragment } from '../../../query/plan.ts';
import { parseSql } from '../../../query/sql/parse-sql.ts';
import { parseType, type Scalar, type Schema } from '../../../query/types.ts';

const SCHEMA: Schema = [
  { name: 'n', type: parseType('int') },
  { name: 'd', type: parseType('double') },
  { name: 'm', type: parseType('decimal(12,2)') },
  { name: 't', type: parseType('varchar') },
];
const ROWS = 5000;
const COLUMNS = [
  columnFromScalars(
    parseType('int'),
    Array.from({ length: ROWS }, (_, i) => (i % 7 === 0 ? null : i % 10)),
  ),
  columnFromScalars(
    parseType('double'),
    Array.from({ length: ROWS }, (_, i) => i),
  ),
  columnFromScalars(
    parseType('decimal(12,2)'),
    Array.from({ length: ROWS }, (_, i) => BigInt(i)),
  ),
  columnFromScalars(
    parseType('varchar'),
    Array.from({ length: ROWS }, (_, i) => (i % 3 === 0 ? null : `text ${i % 100}`)),
  ),
];
const OBJECT: ObjectDescription = {
  location: { kind: 'memory', name: 'numbers', size: 0, version: '1' },
  format: { kind: 'columns', rows: ROWS },
  schema: SCHEMA,
};

async function run(lane: (typeof LANE_NAMES)[number], sql: string): Promise<Scalar[][]> {
  const { fragment } = planFragment(await parseSql(sql), SCHEMA, lane);
  const plan: ScanPlan = { object: OBJECT, fragment: bindFragment(fragment, SCHEMA), lane };
  const opened = await openLane(lane);
  opened.hold('numbers', COLUMNS);
  const { parts } = await planTasks(plan);
  const batches = [];
  for (const part of parts) {
    const result = await opened.run(plan, part, openSource(OBJECT.location), () => false);
    batches.push(...result.batches);
  }
  const { output } = plan.fragment;
  const whole = output.kind === 'groups' ? [finalizeGroups(output, mergePartials(output, batches))] : batches;
  return whole.flatMap((batch) =>
    Array.from({ length: batch.length }, (_, row) => batch.columns.map((column) => scalarAt(column, row))),
  );
}

describe.each(LANE_NAMES)('columns held by the %s lane', (lane) => {
  test('are filtered, projected and come out as they were', async () => {
    const rows = await run(lane, "SELECT d, n, t FROM numbers WHERE d >= 4998 OR t = 'text 1' AND n = 1 AND d < 200");
    expect(rows).toEqual([
      [1, 1, 'text 1'],
      [101, 1, 'text 1'],
      [4998, null, null],
      [4999, 9, 'text 99'],
    ]);
  });

  test('are summed without a filter', async () => {
    expect(await run(lane, 'SELECT sum(d), count(n), sum(m), max(t) FROM numbers')).toEqual([
      [12497500, BigInt(ROWS - 715), 12497500n, 'text 99'],
    ]);
  });

  test('are computed with in every batch, where no filter comes first', async () => {
    const groups = await run(lane, 'SELECT CAST(d AS bigint) // 2500, count(*) FROM numbers GROUP BY ALL');
    expect(groups.sort()).toEqual([
      [0n, 2500n],
      [1n, 2500n],
    ]);
  });

  test('are grouped by a column that is also computed with', async () => {
    const groups = await run(lane, 'SELECT n, count(*), sum(n + 1), sum(d) FROM numbers WHERE d < 20 GROUP BY n');
    expect(groups.sort()).toEqual(
      [
        [1, 2n, 4n, 12],
        [2, 2n, 6n, 14],
        [3, 2n, 8n, 16],
        [4, 1n, 5n, 4],
        [5, 2n, 12n, 20],
        [6, 2n, 14n, 22],
        [7, 1n, 8n, 17],
        [8, 2n, 18n, 26],
        [9, 2n, 20n, 28],
        [0, 1n, 1n, 10],
        [null, 3n, null, 21],
      ].sort(),
    );
  });
});
