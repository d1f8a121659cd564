import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { fromArrow, toArrow } from '../../../engine/arrow.ts';
import type { Column } from '../../../engine/column.ts';
import { finishAggregate, openAggregate } from '../../../engine/operators/aggregates.ts';
import { columnFromScalars, scalarAt } from '../../../engine/scalars.ts';
import type { AggregateFunction, BoundAggregate } from '../../../query/expression.ts';
import { formatScalar } from '../../../query/format-value.ts';
import { stateFields, sumType } from '../../../query/partial-states.ts';
import {
  BOOL,
  DATE,
  type DataType,
  decimal,
  FLOAT64,
  formatType,
  INT32,
  INT64,
  type Scalar,
  TIMESTAMP,
  UTF8,
} from '../../../query/types.ts';

let duckdb: DuckDBConnection;
beforeAll(async () => {
  duckdb = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
});

/** What DuckDB's own result types are for the aggregates here. */
function finalType(name: AggregateFunction, operand: DataType): DataType {
  switch (name) {
    case 'count':
    case 'approx_count_distinct':
      return INT64;
    case 'sum':
      return sumType(operand);
    case 'avg':
    case 'var_samp':
    case 'var_pop':
    case 'stddev_samp':
    case 'stddev_pop':
      return FLOAT64;
    case 'median':
    case 'quantile_cont':
      if (operand.kind === 'int32' || operand.kind === 'int64') return FLOAT64;
      return operand.kind === 'date' ? TIMESTAMP : operand;
    default:
      return operand;
  }
}

interface Options {
  readonly parameters?: readonly Scalar[];
  readonly distinct?: boolean;
  readonly second?: DataType;
}

function aggregateOf(name: AggregateFunction, type: DataType, options: Options = {}): BoundAggregate {
  const { parameters = [], distinct = false, second } = options;
  const args = [type, ...(second ? [second] : [])].map((type, index) => ({
    kind: 'column' as const,
    index,
    name: `x${index}`,
    type,
  }));
  return { name: 'a', function: name, args, parameters, distinct, type: finalType(name, type) };
}

/** Group number, then the operands. */
type Row = readonly [number, ...Scalar[]];

interface Split {
  /** Where tasks begin. */
  readonly cuts: readonly number[];
  readonly rows: readonly Row[];
}

const GROUPS = 3;

/** Each task gives its groups in the order of their first row, as states that have crossed a wire; all merge. */
function aggregate(bound: BoundAggregate, { rows, cuts }: Split): Scalar[] {
  const places = [0, ...cuts.map((cut) => cut % (rows.length + 1)).sort((a, b) => a - b), rows.length];
  const merged = openAggregate(bound);
  for (let i = 0; i + 1 < places.length; i++) {
    const task = rows.slice(places[i], places[i + 1]);
    const keys = [...new Set(task.map(([group]) => group))];
    const groups = Int32Array.from(task, ([group]) => keys.indexOf(group));
    const state = openAggregate(bound);
    // Two vectors a task.
    for (const [from, to] of [
      [0, task.length >> 1],
      [task.length >> 1, task.length],
    ])
      state.update(columnsOf(bound, task.slice(from, to)), groups.subarray(from, to), to! - from!);
    merged.merge(acrossTheWire(bound, state.partial(keys.length)), Int32Array.from(keys), keys.length);
  }
  const result = finishAggregate(bound, merged.partial(GROUPS), GROUPS);
  expect(result.length).toBe(GROUPS);
  return Array.from({ length: GROUPS }, (_, group) => scalarAt(result, group));
}

function columnsOf(bound: BoundAggregate, rows: readonly Row[]): Column[] {
  return bound.args.map(({ type }, index) =>
    columnFromScalars(
      type,
      rows.map((row) => row[index + 1] as Scalar),
    ),
  );
}

function acrossTheWire(bound: BoundAggregate, columns: readonly Column[]): readonly Column[] {
  const schema = stateFields(bound);
  expect(columns.map(({ type }) => formatType(type))).toEqual(schema.map(({ type }) => formatType(type)));
  return fromArrow(toArrow({ schema, length: columns[0]!.length, columns })).columns;
}

const sql = (value: Scalar, type: DataType) =>
  `${value === null ? 'NULL' : `'${formatScalar(value, type).replaceAll("'", "''")}'`}::${formatType(type)}`;

/** What DuckDB answers for the same rows, as text; a group without rows is a group of no rows. */
async function theirs(bound: BoundAggregate, call: string, { rows }: Split): Promise<(string | null)[]> {
  const values = rows.map(
    ([group, ...operands], row) =>
      `(${row}, ${group}, ${operands.map((value, i) => sql(value, bound.args[i]!.type)).join(', ')})`,
  );
  const names = bound.args.map((_, index) => `x${index}`).join(', ');
  const nothing = `(SELECT -1, 0, ${bound.args.map(({ type }) => `NULL::${formatType(type)}`).join(', ')} WHERE false)`;
  const source = values.length > 0 ? `(VALUES ${values.join(', ')})` : nothing;
  await duckdb.run(`CREATE OR REPLACE TABLE t AS SELECT * FROM ${source} AS v(r, g, ${names}) ORDER BY r`);
  const one = (group: number) => `(SELECT (${call})::VARCHAR FROM t WHERE g = ${group})`;
  const answer = await duckdb.runAndReadAll(`SELECT ${Array.from({ length: GROUPS }, (_, g) => one(g)).join(', ')}`);
  return answer.getRows()[0]!.map((value) => (value === null ? null : String(value)));
}

const VALUES: Record<string, fc.Arbitrary<Scalar>> = {
  bool: fc.boolean(),
  int32: fc.oneof(fc.integer({ min: -5, max: 5 }), fc.integer()),
  int64: fc.oneof(fc.bigInt({ min: -5n, max: 5n }), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  float64: fc.oneof(
    fc.integer({ min: -5, max: 5 }).map((x) => x / 4),
    fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((x) => (x === 0 ? 0 : x)),
  ),
  decimal: fc.oneof(fc.bigInt({ min: -9n, max: 9n }), fc.bigInt({ min: -(10n ** 11n), max: 10n ** 11n })),
  wide: fc.oneof(fc.bigInt({ min: -9n, max: 9n }), fc.bigInt({ min: -(10n ** 29n), max: 10n ** 29n })),
  date: fc.integer({ min: -20_000, max: 40_000 }),
  timestamp: fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }),
  utf8: fc.string({ unit: fc.constantFrom('a', 'b', 'é', '😀', ' '), maxLength: 4 }),
};

function valuesOf(type: DataType): fc.Arbitrary<Scalar> {
  const values = VALUES[type.kind === 'decimal' && type.precision > 18 ? 'wide' : type.kind]!;
  return fc.oneof({ arbitrary: values, weight: 4 }, { arbitrary: fc.constant(null), weight: 1 });
}

const splitOf = (types: readonly DataType[]): fc.Arbitrary<Split> =>
  fc.record({
    cuts: fc.array(fc.nat(), { maxLength: 3 }),
    rows: fc.array(fc.tuple(fc.nat({ max: GROUPS - 1 }), ...types.map(valuesOf)) as unknown as fc.Arbitrary<Row>, {
      maxLength: 30,
    }),
  });

const close = (text: string | null) => (text === null ? null : Number(text.replace('inf', 'Infinity')));

async function agrees(name: AggregateFunction, type: DataType, call: string, options: Options = {}): Promise<void> {
  const bound = aggregateOf(name, type, options);
  const types = bound.args.map(({ type }) => type);
  await fc.assert(
    fc.asyncProperty(splitOf(types), async (split) => {
      const expected = await theirs(bound, call, split);
      const results = aggregate(bound, split);
      if (bound.type.kind !== 'float64')
        expect(results.map((value) => (value === null ? null : formatScalar(value, bound.type)))).toEqual(expected);
      else
        for (const [group, value] of results.entries()) {
          const wanted = close(expected[group]!);
          if (wanted === null || value === null) expect(value).toBe(wanted);
          else
            expect(Math.abs((value as number) - wanted)).toBeLessThanOrEqual(1e-12 * Math.max(1e6, Math.abs(wanted)));
        }
    }),
    { numRuns: 8 },
  );
}

const NUMBERS = [INT32, INT64, FLOAT64, decimal(12, 2), decimal(30, 4)];
const ALL = [...NUMBERS, BOOL, DATE, TIMESTAMP, UTF8];

describe('partial states of random splits, merged and finished, give what DuckDB gives', () => {
  const each = (types: readonly DataType[]) => test.each(types.map((type) => [formatType(type), type] as const));

  each(ALL)('for counts and extremes of %s', async (_name, type) => {
    await agrees('count', type, 'count(x0)');
    await agrees('min', type, 'min(x0)');
    await agrees('max', type, 'max(x0)');
  });

  each(ALL)('for first, last and any_value of %s', async (_name, type) => {
    await agrees('first', type, 'first(x0 ORDER BY r)');
    await agrees('last', type, 'last(x0 ORDER BY r)');
    await agrees('any_value', type, 'any_value(x0 ORDER BY r)');
  });

  each(ALL)('for arg_min and arg_max of and by %s', async (_name, type) => {
    await agrees('arg_min', INT32, 'arg_min(x0, x1 ORDER BY r)', { second: type });
    await agrees('arg_max', type, 'arg_max(x0, x1 ORDER BY r)', { second: INT32 });
  });

  each(NUMBERS)('for sums and averages of %s', async (_name, type) => {
    await agrees('sum', type, 'sum(x0)');
    await agrees('avg', type, 'avg(x0)');
  });

  test('for variances and deviations', async () => {
    for (const name of ['var_samp', 'var_pop', 'stddev_samp', 'stddev_pop'] as const)
      await agrees(name, FLOAT64, `${name}(x0)`);
  });

  test('for bool_and and bool_or', async () => {
    await agrees('bool_and', BOOL, 'bool_and(x0)');
    await agrees('bool_or', BOOL, 'bool_or(x0)');
  });

  each([...NUMBERS, DATE, TIMESTAMP])('for interpolated quantiles of %s', async (_name, type) => {
    await agrees('median', type, 'median(x0)');
    await agrees('quantile_cont', type, 'quantile_cont(x0, 0.3)', { parameters: [0.3] });
    await agrees('quantile_cont', type, 'quantile_cont(x0, -0.9)', { parameters: [-0.9] });
  });

  each(ALL)('for discrete quantiles of %s', async (_name, type) => {
    await agrees('quantile_disc', type, 'quantile_disc(x0, 0.1)', { parameters: [0.1] });
    await agrees('quantile_disc', type, 'quantile_disc(x0, -0.35)', { parameters: [-0.35] });
  });

  each(ALL)('for DISTINCT over %s', async (_name, type) => {
    await agrees('count', type, 'count(DISTINCT x0)', { distinct: true });
    await agrees('quantile_disc', type, 'quantile_disc(DISTINCT x0, 0.5)', { distinct: true, parameters: [0.5] });
  });

  each(NUMBERS)('for DISTINCT sums and averages of %s', async (_name, type) => {
    await agrees('sum', type, 'sum(DISTINCT x0)', { distinct: true });
    await agrees('avg', type, 'avg(DISTINCT x0)', { distinct: true });
  });

  test('for string_agg', async () => {
    await agrees('string_agg', UTF8, `string_agg(x0, ', ' ORDER BY r)`, { parameters: [', '] });
    await agrees('string_agg', UTF8, `string_agg(x0, '' ORDER BY r)`, { parameters: [''] });
  });
});
