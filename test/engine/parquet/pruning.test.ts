import {
  type DataType as ArrowType,
  Bool,
  DateDay,
  Float64,
  Int32,
  Int64,
  Table,
  TimestampMicrosecond,
  tableToIPC,
  Uint32,
  Uint64,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import fc from 'fast-check';
import * as parquetWasm from 'parquet-wasm';
import { expect, test } from 'vitest';
import { readFooter } from '../../../engine/formats/parquet/footer.ts';
import { planRowGroups } from '../../../engine/formats/parquet/plan-row-groups.ts';
import { JsLane } from '../../../engine/lanes/js/lane.ts';
import { WasmLane } from '../../../engine/lanes/wasm/lane.ts';
import type { Lane, ScanPlan, TaskPart } from '../../../engine/task.ts';
import type { BoundExpression, Operator } from '../../../query/expression.ts';
import { BOOL, type Scalar } from '../../../query/types.ts';
import { describeBytes } from '../parquet-files.ts';

const ROWS = 900;

type Value = number | bigint | boolean | string | null;

interface Kind {
  readonly type: ArrowType;
  /** A value for any whole number of 0 to 999: the order of the numbers is the order of the values. */
  readonly of: (number: number) => Value;
  /** The same value as a query has it. */
  readonly literal: (number: number) => Scalar;
}

const text = (number: number) =>
  `${String.fromCodePoint(97 + (number % 7), 0x1f600 + (number % 5))}${'x'.repeat(number % 90)}${number}`;
const float = (number: number) => (number === 500 ? -0 : number === 999 ? Number.NaN : (number - 500) / 8);

const KINDS: Readonly<Record<string, Kind>> = {
  i32: { type: new Int32(), of: (n) => n - 500, literal: (n) => n - 500 },
  i64: { type: new Int64(), of: (n) => BigInt(n - 500) << 40n, literal: (n) => BigInt(n - 500) << 40n },
  u32: { type: new Uint32(), of: (n) => n * 4294967, literal: (n) => BigInt(n * 4294967) },
  u64: { type: new Uint64(), of: (n) => BigInt(n) << 54n, literal: (n) => BigInt(n) << 54n },
  f64: { type: new Float64(), of: float, literal: (n) => (n === 500 ? 0 : float(n)) },
  text: { type: new Utf8(), of: text, literal: text },
  flag: { type: new Bool(), of: (n) => n >= 500, literal: (n) => n >= 500 },
  day: { type: new DateDay(), of: (n) => (n - 500) * 86_400_000, literal: (n) => n - 500 },
  at: { type: new TimestampMicrosecond(), of: (n) => n - 500, literal: (n) => BigInt(n - 500) * 1000n },
};
const NAMES = Object.keys(KINDS);
type Comparison = 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge';

/** How the numbers of a column follow one another, and where it is NULL. */
const shape = fc.record({
  order: fc.constantFrom('rising', 'falling', 'steps', 'random'),
  nulls: fc.constantFrom('none', 'some', 'blocks'),
  seed: fc.integer({ min: 1, max: 1 << 30 }),
});
type Shape = typeof shape extends fc.Arbitrary<infer T> ? T : never;

function numbers({ order, nulls, seed }: Shape): (number | null)[] {
  let state = seed;
  const random = (limit: number) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >> 8) % limit;
  };
  return Array.from({ length: ROWS }, (_, row) => {
    if (nulls === 'some' && random(10) === 0) return null;
    if (nulls === 'blocks' && row % 300 < 120) return null;
    const rising = Math.floor((row * 1000) / ROWS);
    switch (order) {
      case 'rising':
        return rising;
      case 'falling':
        return 999 - rising;
      case 'steps':
        return Math.min(999, rising - (rising % 125) + random(20));
      default:
        return random(1000);
    }
  });
}

type Predicate =
  | { readonly kind: 'compare'; readonly name: string; readonly operator: Comparison; readonly number: number }
  | { readonly kind: 'in'; readonly name: string; readonly numbers: readonly number[] }
  | { readonly kind: 'null'; readonly name: string; readonly not: boolean }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Predicate[] }
  | { readonly kind: 'not'; readonly part: Predicate };

const name = fc.constantFrom(...NAMES);
const number = fc.integer({ min: 0, max: 999 });
const simple: fc.Arbitrary<Predicate> = fc.oneof(
  fc.record({
    kind: fc.constant('compare' as const),
    name,
    operator: fc.constantFrom<Comparison>('eq', 'ne', 'lt', 'le', 'gt', 'ge'),
    number,
  }),
  fc.record({ kind: fc.constant('in' as const), name, numbers: fc.array(number, { minLength: 1, maxLength: 3 }) }),
  fc.record({ kind: fc.constant('null' as const), name, not: fc.boolean() }),
);
const predicate: fc.Arbitrary<Predicate> = fc.oneof(
  simple,
  fc.record({
    kind: fc.constantFrom('and' as const, 'or' as const),
    parts: fc.array(simple, { minLength: 2, maxLength: 3 }),
  }),
  simple.map((part) => ({ kind: 'not' as const, part })),
);

function write(shapes: readonly Shape[], pageBytes: number, groupRows: number, dictionary: boolean): Uint8Array {
  const columns = NAMES.map((each, i) => {
    const { type, of } = KINDS[each]!;
    return [
      each,
      vectorFromArray(
        numbers(shapes[i]!).map((n) => (n === null ? null : of(n))),
        type,
      ),
    ] as const;
  });
  const row = vectorFromArray(
    Array.from({ length: ROWS }, (_, i) => i),
    new Int32(),
  );
  const table = parquetWasm.Table.fromIPCStream(
    tableToIPC(new Table({ row, ...Object.fromEntries(columns) }), 'stream'),
  );
  const properties = new parquetWasm.WriterPropertiesBuilder()
    .setMaxRowGroupSize(groupRows)
    .setDataPageSizeLimit(pageBytes)
    .setWriteBatchSize(16)
    .setDictionaryEnabled(dictionary)
    .setStatisticsEnabled(parquetWasm.EnabledStatistics.Page);
  return parquetWasm.writeParquet(table, properties.build());
}

async function rowsOf(lane: Lane, plan: ScanPlan, parts: readonly TaskPart[], source: Parameters<Lane['run']>[2]) {
  const rows: number[] = [];
  for (const part of parts)
    for (const { columns, length } of (await lane.run(plan, part, source, () => false)).batches) {
      const [column] = columns;
      if (column?.kind === 'fixed') rows.push(...(column.values as Int32Array).subarray(0, length));
    }
  return rows;
}

test('pruning never loses a row, whatever the values, pages and predicates', async () => {
  const lanes: readonly Lane[] = [new JsLane(), new WasmLane()];
  let pages = 0;
  let groups = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(shape, { minLength: NAMES.length, maxLength: NAMES.length }),
      fc.constantFrom(64, 200, 1000, 100_000),
      fc.constantFrom(100, 256, 900),
      fc.boolean(),
      fc.array(predicate, { minLength: 12, maxLength: 12 }),
      async (shapes, pageBytes, groupRows, dictionary, predicates) => {
        const { source, description } = await describeBytes('t', write(shapes, pageBytes, groupRows, dictionary));
        const { footer } = await readFooter(source, description.location.version);
        const column = (wanted: string): BoundExpression => {
          const index = description.schema.findIndex((field) => field.name === wanted);
          return { kind: 'column', index, name: wanted, type: description.schema[index]!.type };
        };
        const call = (operator: Operator, ...args: BoundExpression[]): BoundExpression => ({
          kind: 'call',
          operator,
          args,
          type: BOOL,
        });
        const literal = (of: string, n: number): BoundExpression => ({
          kind: 'literal',
          value: KINDS[of]!.literal(n),
          type: column(of).type,
        });
        const expression = (each: Predicate): BoundExpression => {
          switch (each.kind) {
            case 'compare':
              return call(each.operator, column(each.name), literal(each.name, each.number));
            case 'in':
              return call('in', column(each.name), ...each.numbers.map((n) => literal(each.name, n)));
            case 'null':
              return call(each.not ? 'is_not_null' : 'is_null', column(each.name));
            case 'not':
              return call('not', expression(each.part));
            default:
              return call(each.kind, ...each.parts.map(expression));
          }
        };
        for (const [i, each] of predicates.entries()) {
          const fragment = {
            conjuncts: [expression(each)],
            output: { kind: 'rows', columns: [{ name: 'row', expression: column('row') }] },
          } as const;
          const plan: ScanPlan = { object: description, fragment, lane: 'js' };
          const planned = await planRowGroups(source, footer, fragment, [0]);
          pages += planned.pruned.pages.pruned;
          groups += planned.pruned.groups;
          const all = footer.metadata.rowGroups.map((_, index): TaskPart => ({ kind: 'row-group', index }));
          const lane = lanes[i % 2]!;
          expect(await rowsOf(lane, plan, planned.parts, source)).toEqual(await rowsOf(lane, plan, all, source));
        }
      },
    ),
    { numRuns: 25, seed: 5 },
  );
  expect(pages).toBeGreaterThan(100);
  expect(groups).toBeGreaterThan(50);
});
