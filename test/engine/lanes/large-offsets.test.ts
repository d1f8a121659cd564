import { describe, expect, test } from 'vitest';
import { RFC_4180 } from '../../../engine/csv-format.ts';
import { openLane } from '../../../engine/lanes/lane-registry.ts';
import { mergePartials } from '../../../engine/run/merge.ts';
import { columnFromScalars, scalarAt } from '../../../engine/scalars.ts';
import type { ByteSource, ObjectDescription, ScanPlan, TaskPart } from '../../../engine/task.ts';
import { bindFragment } from '../../../query/bind.ts';
import { type FragmentOutput, LANE_NAMES, type LaneName } from '../../../query/fragment.ts';
import { INT64, type Scalar, UTF8 } from '../../../query/types.ts';

const SCHEMA = [
  { name: 'n', type: INT64 },
  { name: 's', type: UTF8 },
];
const ROWS: FragmentOutput = {
  kind: 'rows',
  columns: SCHEMA.map(({ name }) => ({ name, expression: { kind: 'column', name } })),
};

/** An object whose only bytes that anyone may ask for are `text`, from `base` on. */
function sourceAt(base: number, text: string): ByteSource {
  const bytes = Buffer.from(text);
  return {
    name: 'huge',
    size: base + bytes.length,
    read(offset, target) {
      if (offset < base) throw new RangeError(`byte ${offset} is none of this task's`);
      return bytes.copy(target, 0, offset - base, Math.min(bytes.length, offset - base + target.length));
    },
    close: () => {},
  };
}

function planOf(lane: LaneName, format: ObjectDescription['format'], size: number): ScanPlan {
  const location = { kind: 'memory', name: 'huge', size, version: '1' } as const;
  return {
    object: { location, format, schema: SCHEMA },
    fragment: bindFragment({ version: 1, object: 'huge', lane, output: ROWS }, SCHEMA),
    lane,
  };
}

async function run(
  lane: LaneName,
  format: ObjectDescription['format'],
  part: TaskPart,
  source: ByteSource,
): Promise<Scalar[][]> {
  const { batches } = await (await openLane(lane)).run(planOf(lane, format, source.size), part, source, () => false);
  return batches.flatMap(({ columns, length }) =>
    Array.from({ length }, (_, row) => columns.map((column) => scalarAt(column, row))),
  );
}

const CSV = { kind: 'csv', ...RFC_4180, dataStart: 4, header: true } as const;
const NDJSON = { kind: 'ndjson', dataStart: 0 } as const;

describe.each(LANE_NAMES)('in the %s lane', (lane) => {
  test.each([2 ** 31 - 3, 2 ** 31, 2 ** 32 - 1, 2 ** 32 + 7, 2 ** 40])(
    'a CSV chunk at byte %i is read like any other',
    async (base) => {
      const text = 'tail of a row\n1,a\n2,"b,\nc"\n3,\n';
      const source = sourceAt(base, text);
      const part = { kind: 'csv-chunk', start: base, end: base + 20 } as const;
      expect(await run(lane, CSV, part, source)).toEqual([
        [1n, 'a'],
        [2n, 'b,\nc'],
      ]);
      const wrong = sourceAt(base, 'x\n1,a\nwrong,b\n');
      await expect(run(lane, CSV, { ...part, end: base + 14 }, wrong)).rejects.toThrow(`row at byte ${base + 6}`);
    },
  );

  test.each([2 ** 31, 2 ** 32 + 7])('so is an NDJSON chunk at byte %i', async (base) => {
    const source = sourceAt(base, '"x"}\n{"n": 1, "s": "a"}\n{"n": tru}\n');
    const part = { kind: 'ndjson-chunk', start: base, end: base + 10 } as const;
    expect(await run(lane, NDJSON, part, source)).toEqual([[1n, 'a']]);
    await expect(run(lane, NDJSON, { ...part, end: base + 30 }, source)).rejects.toThrow(`row at byte ${base + 24}`);
  });
});

test('counts and sums of counts go beyond 32 bits', () => {
  const count = { name: 'n', function: 'count_star', args: [], parameters: [], distinct: false, type: INT64 } as const;
  const output = { kind: 'groups', keys: [], aggregates: [count] } as const;
  const schema = [{ name: 'n', type: INT64 }];
  const partial = (value: bigint) => ({ schema, length: 1, columns: [columnFromScalars(INT64, [value])] });
  const merged = mergePartials(output, [partial(2n ** 31n), partial(2n ** 32n + 1n), partial(2n ** 50n)]);
  expect(scalarAt(merged.columns[0]!, 0)).toBe(2n ** 31n + 2n ** 32n + 1n + 2n ** 50n);
});
