import { serialize } from 'node:v8';
import { describe, expect, test } from 'vitest';
import { RFC_4180 } from '../../../engine/csv-format.ts';
import { planChunks } from '../../../engine/formats/byte-chunks.ts';
import { WasmLane } from '../../../engine/lanes/wasm/lane.ts';
import type { ByteSource, ScanPlan, TaskPart } from '../../../engine/task.ts';
import { bindFragment } from '../../../query/bind.ts';
import type { Fragment } from '../../../query/fragment.ts';
import { parseType, type Schema } from '../../../query/types.ts';
import { memorySource } from '../memory-source.ts';

// A lane keeps what a task worked with for the next task of its plan. Whatever tasks it has done, it must give what a new
// lane gives.

type Format = 'csv' | 'ndjson';

const SCHEMA: Schema = [
  { name: 'id', type: parseType('bigint') },
  { name: 'kind', type: parseType('varchar') },
  { name: 'weight', type: parseType('double') },
  { name: 'price', type: parseType('decimal(10,2)') },
];

const COLUMN = (name: string) => ({ kind: 'column', name }) as const;
const sums = ['id', 'weight', 'price'].map((name) => ({
  name: `sum_${name}`,
  function: 'sum' as const,
  args: [COLUMN(name)],
}));
const ALL: Fragment['output'] = {
  kind: 'rows',
  columns: SCHEMA.map(({ name }) => ({ name, expression: COLUMN(name) })),
};
const TOTALS: Fragment['output'] = { kind: 'groups', keys: [], aggregates: sums };
const groupedBy = (name: string): Fragment['output'] => ({
  kind: 'groups',
  keys: [{ name, expression: COLUMN(name) }],
  aggregates: [...sums, { name: 'least', function: 'min', args: [COLUMN('kind')] }],
});
const OUTPUTS: readonly (readonly [string, Fragment['output']])[] = [
  ['rows', ALL],
  ['rows with a limit', { ...ALL, limit: 70 } as Fragment['output']],
  ['totals', TOTALS],
  ['few groups', groupedBy('kind')],
  ['many groups', groupedBy('id')],
];

const ROWS = Array.from({ length: 6_000 }, (_, i) => [i * 7 - 90, `kind ${i % 11}`, i / 7, `${i}.25`] as const);

function textOf(format: Format, rows: readonly (readonly (number | string | null)[])[]): string {
  const line = (row: readonly (number | string | null)[]) =>
    format === 'csv'
      ? row.map((value) => value ?? '').join(',')
      : JSON.stringify(Object.fromEntries(row.map((value, i) => [SCHEMA[i]?.name, value])));
  return rows.map((row) => `${line(row)}\n`).join('');
}

function planOf(format: Format, output: Fragment['output'], badRows: 'error' | 'null' | 'skip' = 'error'): ScanPlan {
  const filter: Fragment['filter'] = {
    kind: 'call',
    function: '<>',
    args: [COLUMN('id'), { kind: 'literal', type: { kind: 'int64' }, value: '3' }],
  };
  return {
    lane: 'wasm',
    fragment: bindFragment({ version: 1, object: 'rows.csv', lane: 'wasm', filter, output }, SCHEMA),
    object: {
      location: { kind: 'file', name: 'rows.csv', path: '', size: 0, version: '1' },
      format:
        format === 'csv'
          ? { kind: 'csv', ...RFC_4180, badRows, dataStart: 0, header: false }
          : { kind: 'ndjson', dataStart: 0 },
      schema: SCHEMA,
    },
  };
}

interface Task {
  readonly plan: ScanPlan;
  readonly part: TaskPart;
  readonly source: ByteSource;
}

function tasksOf(plan: ScanPlan, text: string, chunk = 50_000): Task[] {
  const source = memorySource(text);
  const kind = plan.object.format.kind === 'csv' ? 'csv-chunk' : 'ndjson-chunk';
  return planChunks(0, source.size, chunk).map((bytes) => ({ plan, part: { kind, ...bytes }, source }));
}

/** The result's bits, for a quick comparison. */
async function run(lane: WasmLane, { plan, part, source }: Task): Promise<Buffer> {
  return serialize(await lane.run(plan, part, source, () => false));
}

const known = new WeakMap<Task, Promise<Buffer>>();

/** What a new lane gives. */
function fresh(task: Task): Promise<Buffer> {
  const result = known.get(task) ?? run(new WasmLane(), task);
  known.set(task, result);
  return result;
}

async function expectAsNew(lane: WasmLane, tasks: readonly Task[]): Promise<void> {
  for (const [i, task] of tasks.entries())
    expect((await run(lane, task)).equals(await fresh(task)), `task ${i}`).toBe(true);
}

describe.each(['csv', 'ndjson'] as const)('a lane that keeps scans of %s', (format) => {
  test.each(OUTPUTS)('gives the chunks of one plan as a new lane gives each (%s)', async (_, output) => {
    const plan = planOf(format, output);
    const lane = new WasmLane();
    await expectAsNew(lane, tasksOf(plan, textOf(format, ROWS)));
  });

  test.each(OUTPUTS)('starts anew behind a chunk that failed in the middle (%s)', async (_, output) => {
    const plan = planOf(format, output);
    const bad = ROWS.map((row, i) => (i === 3000 ? ['x', ...row.slice(1)] : row));
    const [good, failing] = [ROWS, bad].map((rows) => tasksOf(plan, textOf(format, rows), 1 << 20)[0] as Task);
    const lane = new WasmLane();
    const limited = output.kind === 'rows' && output.limit !== undefined;
    for (let turn = 0; turn < 3; turn++) {
      await expectAsNew(lane, [good as Task]);
      if (!limited) await expect(run(lane, failing as Task)).rejects.toThrow('is not a valid bigint');
    }
  });

  test('takes plans in turns', async () => {
    const lane = new WasmLane();
    const tasks = OUTPUTS.map(([, output]) => tasksOf(planOf(format, output), textOf(format, ROWS)));
    for (let turn = 0; turn < 3; turn++)
      for (const [first, second] of tasks) await expectAsNew(lane, [first, second] as Task[]);
  });

  test.each(OUTPUTS)('starts anew behind a chunk that was cancelled (%s)', async (_, output) => {
    const plan = planOf(format, output);
    const [task] = tasksOf(plan, textOf(format, ROWS).repeat(8), 1 << 22) as [Task];
    const lane = new WasmLane();
    await expectAsNew(lane, [task]);
    let asked = 0;
    const cancelled = lane.run(plan, task.part, task.source, () => ++asked > 1);
    if (output.kind === 'rows' && output.limit !== undefined) await cancelled;
    else await expect(cancelled).rejects.toThrow('was cancelled');
    await expectAsNew(lane, [task]);
  });

  test.each(OUTPUTS)('goes on behind a chunk that made its memory grow (%s)', async (_, output) => {
    const plan = planOf(format, output);
    const long = [[1, 'long '.repeat(500_000), 0.5, '1.25'], ...ROWS, ...ROWS.map(([id, ...rest]) => [-id, ...rest])];
    const [small, large] = [ROWS, long].map((rows) => tasksOf(plan, textOf(format, rows), 1 << 24)[0] as Task);
    const lane = new WasmLane();
    await expectAsNew(lane, [small, large, small, large, small] as Task[]);
  });

  test('adds doubles up in the same order, whatever the chunk before held', async () => {
    const odd = ROWS.map(([id, kind, weight, price], i) =>
      i % 3 === 0 ? [id, null, null, null] : [`${id}${'0'.repeat(13)}`, kind, -weight * 1e300, price],
    );
    for (const [, output] of OUTPUTS) {
      const plan = planOf(format, output);
      const lane = new WasmLane();
      const texts = [ROWS, odd, ROWS].map((rows) =>
        textOf(format, rows as typeof ROWS).replaceAll('"', format === 'csv' ? '' : '"'),
      );
      for (const text of texts) await expectAsNew(lane, tasksOf(plan, text));
    }
  });
});

test.each(['null', 'skip'] as const)(
  'rows and values that are rejected count for their own chunk (%s)',
  async (policy) => {
    const bad = ROWS.map((row, i) => (i % 100 === 0 ? ['x', ...row.slice(1)] : i % 333 === 0 ? row.slice(1) : row));
    const lane = new WasmLane();
    for (const [, output] of OUTPUTS) {
      const plan = planOf('csv', output, policy);
      for (const rows of [bad, ROWS, bad, ROWS])
        await expectAsNew(lane, tasksOf(plan, textOf('csv', rows as typeof ROWS)));
    }
  },
);
