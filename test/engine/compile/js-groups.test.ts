import { describe, expect, test } from 'vitest';
import type { Batch, Column } from '../../../engine/column.ts';
import { JsLane } from '../../../engine/lanes/js/lane.ts';
import { openAggregate } from '../../../engine/operators/aggregates.ts';
import { GroupTable } from '../../../engine/operators/group-table.ts';
import { finalizeGroups, mergePartials } from '../../../engine/run/merge.ts';
import { columnFromScalars, scalarAt } from '../../../engine/scalars.ts';
import type { ByteSource, ScanPlan } from '../../../engine/task.ts';
import { AGGREGATE_FUNCTIONS, type AggregateFunction, type BoundAggregate } from '../../../query/expression.ts';
import type { BoundOutput } from '../../../query/fragment.ts';
import { sumType } from '../../../query/partial-states.ts';
import { BOOL, type DataType, type Field, FLOAT64, INT64, type Scalar, UTF8 } from '../../../query/types.ts';
import { RandomBound, randomSource, SCHEMA } from './random-bound.ts';

type GroupsOutput = BoundOutput & { kind: 'groups' };

const NO_SOURCE: ByteSource = { name: 'memory', size: 0, read: () => 0, close: () => undefined };
/** A t-digest depends on how its values came. */
const FUNCTIONS = AGGREGATE_FUNCTIONS.filter((fn) => fn !== 'approx_quantile');
const NUMERIC = ['int32', 'int64', 'decimal', 'float64'];

const columnAt = (index: number) => ({ kind: 'column', index, ...(SCHEMA[index] as Field) }) as const;
const indexes = (accepts: (type: DataType) => boolean) =>
  SCHEMA.flatMap(({ type }, index) => (accepts(type) ? [index] : []));

/** What operands and parameters an aggregate takes, and what it gives. */
function boundAggregate(name: string, fn: AggregateFunction, random: RandomBound): BoundAggregate {
  const of = (accepts: (type: DataType) => boolean) => columnAt(random.pick(indexes(accepts)));
  const any = () => of(() => true);
  const made = (args: BoundAggregate['args'], type: DataType, parameters: readonly Scalar[] = []): BoundAggregate => ({
    name,
    function: fn,
    args,
    parameters,
    distinct: false,
    type,
  });
  switch (fn) {
    case 'count_star':
      return made([], INT64);
    case 'count':
    case 'approx_count_distinct':
      return made([any()], INT64);
    case 'sum':
    case 'avg': {
      const arg = of(({ kind }) => NUMERIC.includes(kind));
      return made([arg], fn === 'avg' ? FLOAT64 : sumType(arg.type));
    }
    case 'bool_and':
    case 'bool_or':
      return made([of(({ kind }) => kind === 'bool')], BOOL);
    case 'first':
    case 'last': {
      const arg = any();
      return made([arg, of(({ kind }) => kind === 'bool')].slice(0, random.pick([1, 2])), arg.type);
    }
    case 'arg_min':
    case 'arg_max': {
      const arg = any();
      return made([arg, any()], arg.type);
    }
    case 'var_samp':
    case 'var_pop':
    case 'stddev_samp':
    case 'stddev_pop':
    case 'median':
    case 'quantile_cont':
    case 'approx_quantile':
      return made([of(({ kind }) => kind === 'float64')], FLOAT64, [0.25]);
    case 'string_agg':
      return made([of(({ kind }) => kind === 'utf8')], UTF8, ['; ']);
    default: {
      const arg = any();
      return made([arg], arg.type, [0.5]);
    }
  }
}

/** Partial groups of all rows at once, by the states of `engine/operators` alone. */
function referenceGroups(output: GroupsOutput, columns: readonly Column[], length: number): Batch {
  const keys = output.keys.map(({ expression }) => columns[(expression as { index: number }).index] as Column);
  const schema = output.keys.map(({ name, expression }) => ({ name, type: expression.type }));
  const table = new GroupTable(schema);
  const groups = keys.length > 0 ? table.groupsOf(keys, length) : undefined;
  const count = keys.length > 0 ? table.count : 1;
  const states = output.aggregates.flatMap((aggregate) => {
    const state = openAggregate(aggregate);
    const args = aggregate.args.map((arg) => columns[(arg as { index: number }).index] as Column);
    state.update(args, groups, length);
    return state.partial(count);
  });
  return { schema: [], length: count, columns: [...table.columns(), ...states] };
}

async function laneGroups(lane: JsLane, output: GroupsOutput, length: number, tasks: number): Promise<Batch[]> {
  const plan: ScanPlan = {
    object: {
      location: { kind: 'memory', name: 'memory', size: 0, version: '1' },
      format: { kind: 'columns', rows: length },
      schema: SCHEMA,
    },
    fragment: { conjuncts: [], output },
    lane: 'js',
  };
  const batches: Batch[] = [];
  const step = Math.ceil(length / tasks);
  for (let first = 0; first < length; first += step) {
    const part = { kind: 'rows', first, count: Math.min(step, length - first) } as const;
    batches.push(...(await lane.run(plan, part, NO_SOURCE, () => false)).batches);
  }
  return batches;
}

/** The rows of a batch; doubles by 12 digits, since sums go by another order when partial groups merge. */
function rowsOf(batch: Batch): unknown[][] {
  const shown = (value: Scalar) => (typeof value === 'number' ? Number(value.toPrecision(12)) : value);
  return Array.from({ length: batch.length }, (_, row) => batch.columns.map((column) => shown(scalarAt(column, row))));
}

describe('groups of random rows are what the shared states give', () => {
  for (const distinct of [false, true])
    for (const keyed of [false, true])
      test(`for all aggregates${distinct ? ' over distinct values' : ''}, ${keyed ? 'with keys of all types' : 'without keys'}`, async () => {
        for (let seed = 1; seed <= 6; seed++) {
          const random = new RandomBound(randomSource(seed));
          const length = random.pick([0, 1, 30, 3000]);
          // Doubles that add up exactly; infinities and NaN have tests of their own.
          const pool = Array.from({ length: 40 }, () =>
            random.row().map((value) => (typeof value === 'number' && !(Math.abs(value) < 1e6) ? 0.5 : value)),
          );
          const rows = Array.from({ length }, () => random.pick(pool));
          const columns = SCHEMA.map(({ type }, i) =>
            columnFromScalars(
              type,
              rows.map((row) => (type.kind === 'decimal' || type.kind === 'int64' ? small(row[i]) : (row[i] ?? null))),
            ),
          );
          const keys = keyed
            ? Array.from({ length: random.pick([1, 2, 4]) }, () => columnAt(random.pick(indexes(() => true))))
            : [];
          const functions = distinct ? (['count', 'sum', 'avg', 'min'] as const) : FUNCTIONS;
          const aggregates = functions.map((fn, i) => ({ ...boundAggregate(`a${i}`, fn, random), distinct }));
          const output: GroupsOutput = {
            kind: 'groups',
            keys: keys.map((expression, i) => ({ name: `k${i}`, expression })),
            aggregates,
          };
          const expected = finalizeGroups(output, referenceGroups(output, columns, length));
          for (const groupBytes of [undefined, 1]) {
            const lane = new JsLane(groupBytes === undefined ? {} : { groupBytes });
            lane.hold('memory', columns);
            const batches = await laneGroups(lane, output, length, groupBytes === undefined ? 1 : 3);
            expect(rowsOf(finalizeGroups(output, mergePartials(output, batches))), `seed ${seed}`).toEqual(
              rowsOf(expected),
            );
          }
        }
      });
});

/** Far from the ends of its type, so that no sum overflows. */
function small(value: Scalar | undefined): Scalar {
  return typeof value === 'bigint' ? value % 10n ** 15n : (value ?? null);
}
