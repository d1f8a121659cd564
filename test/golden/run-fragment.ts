import { runPlan } from '../../bench/engines/run-plan.ts';
import type { Batch } from '../../engine/column.ts';
import { openLane } from '../../engine/lanes/lane-registry.ts';
import { describeObject } from '../../engine/run/describe-object.ts';
import { locateFile } from '../../engine/run/locate.ts';
import { scalarAt } from '../../engine/scalars.ts';
import { bindFragment } from '../../query/bind.ts';
import type { Fragment, LaneName } from '../../query/fragment.ts';
import { type GoldenAnswer, goldenAnswer } from './golden-file.ts';

/** Small, so that quoted fields, escapes and long rows meet the borders of chunks. */
const CHUNK_BYTES = 4096;

/** Runs a fragment over a file in this thread. */
export async function runFragment(path: string, fragment: Fragment, lane: LaneName): Promise<GoldenAnswer> {
  const object = await describeObject(await locateFile(path));
  const plan = { object, fragment: bindFragment(fragment, object.schema), lane };
  return answerOf(await runPlan(await openLane(lane), plan, CHUNK_BYTES));
}

function answerOf(batches: readonly Batch[]): GoldenAnswer {
  const rows = batches.flatMap(({ length, columns }) =>
    Array.from({ length }, (_, row) => columns.map((column) => scalarAt(column, row))),
  );
  return goldenAnswer(rows, batches[0]?.columns.map(({ type }) => type) ?? []);
}

/** `SELECT *` of a file. */
export async function allColumns(path: string): Promise<Fragment> {
  const { schema } = await describeObject(await locateFile(path));
  const columns = schema.map(({ name }) => ({ name, expression: { kind: 'column' as const, name } }));
  return { version: 1, object: path, lane: 'wasm', output: { kind: 'rows', columns } };
}
