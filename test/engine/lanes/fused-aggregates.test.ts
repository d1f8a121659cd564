import { describe, expect, test } from 'vitest';
import type { Column } from '../../../engine/column.ts';
import { planFusedAggregates } from '../../../engine/compile/to-wasm/fused-aggregates.ts';
import { FusedLoops } from '../../../engine/lanes/wasm/fused-loops.ts';
import { FusedSink } from '../../../engine/lanes/wasm/fused-sink.ts';
import { HeldLoader, holdColumn } from '../../../engine/lanes/wasm/held-columns.ts';
import { instantiateKernels } from '../../../engine/lanes/wasm/kernels.ts';
import { EngineMemory } from '../../../engine/lanes/wasm/memory.ts';
import { TextRoom } from '../../../engine/lanes/wasm/text-room.ts';
import { columnFromScalars, scalarAt } from '../../../engine/scalars.ts';
import { evaluate } from '../../../query/evaluate.ts';
import type { AggregateFunction, BoundAggregate, BoundExpression } from '../../../query/expression.ts';
import { sumType } from '../../../query/partial-states.ts';
import { BOOL, DATE, FLOAT64, INT32, INT64, type Scalar, TIMESTAMP } from '../../../query/types.ts';
import { DECIMAL, Dice, Expressions, randomRows, TYPES } from './lane-expressions.ts';

function aggregate(name: AggregateFunction, operand?: BoundExpression): BoundAggregate {
  const type = name === 'sum' && operand ? sumType(operand.type) : (operand?.type ?? INT64);
  return { name, function: name, args: operand ? [operand] : [], parameters: [], distinct: false, type };
}

function lessThan(a: Scalar, b: Scalar): boolean {
  if (Number.isNaN(a) || Number.isNaN(b)) return !Number.isNaN(a) && Number.isNaN(b);
  return (a as number) < (b as number);
}

interface Expected {
  readonly values: readonly Scalar[];
  /** The sum of the absolute values of a sum of floats. */
  readonly magnitudes: readonly number[];
}

/** Throws what `evaluate` throws. */
function reference(
  conjuncts: readonly BoundExpression[],
  aggregates: readonly BoundAggregate[],
  rows: Scalar[][],
): Expected {
  const passing = rows.filter((row) => conjuncts.every((conjunct) => evaluate(conjunct, row) === true));
  const results = aggregates.map(({ function: name, args: [operand] }): [Scalar, number] => {
    if (!operand) return [BigInt(passing.length), 0];
    const values = passing.map((row) => evaluate(operand, row)).filter((value) => value !== null);
    if (name === 'count') return [BigInt(values.length), 0];
    if (values.length === 0) return [null, 0];
    if (name === 'min') return [values.reduce((a, b) => (lessThan(b, a) ? b : a)), 0];
    if (name === 'max') return [values.reduce((a, b) => (lessThan(a, b) ? b : a)), 0];
    if (operand.type.kind !== 'float64')
      return [values.reduce((sum: bigint, value) => sum + BigInt(value as bigint), 0n), 0];
    const numbers = values as number[];
    return [numbers.reduce((a, b) => a + b, 0), numbers.reduce((a, b) => a + Math.abs(b), 0)];
  });
  return { values: results.map(([value]) => value), magnitudes: results.map(([, magnitude]) => magnitude) };
}

const memory = new EngineMemory();
const kernels = instantiateKernels(memory, new TextRoom(memory));
const loops = new FusedLoops(memory);
const start = memory.mark();

/** What the fused loop gives; undefined where it leaves the batch to scalar code. */
function fused(
  conjuncts: readonly BoundExpression[],
  aggregates: readonly BoundAggregate[],
  columns: readonly Column[],
  count: number,
): Scalar[] | undefined {
  const plan = planFusedAggregates(conjuncts, aggregates);
  if (!plan) throw new Error('these expressions have SIMD code');
  memory.release(start);
  const loader = new HeldLoader(
    memory,
    kernels,
    columns.map((column) => holdColumn(memory, column)),
  );
  const sink = new FusedSink(memory, loops, plan, { kind: 'groups', keys: [], aggregates });
  loader.begin(0, count);
  if (!sink.process(count, loader)) return undefined;
  return sink.finish().columns.map((column) => scalarAt(column, 0));
}

function makeCase(seed: number, count: number) {
  const dice = new Dice(seed);
  const rows = randomRows(dice, count);
  const columns = TYPES.map((type, i) =>
    columnFromScalars(
      type,
      rows.map((row) => row[i] as Scalar),
    ),
  );
  const expressions = new Expressions(dice);
  const conjuncts = Array.from({ length: dice.below(4) }, () => expressions.of(BOOL, 3));
  const summands = [FLOAT64, INT32, INT64, DECIMAL];
  const aggregates = [
    aggregate('count_star'),
    aggregate('count', expressions.of(dice.pick(TYPES), 2)),
    ...Array.from({ length: 2 }, () => aggregate('sum', expressions.of(dice.pick(summands), 3))),
    ...(['min', 'max'] as const).map((name) =>
      aggregate(name, expressions.of(dice.pick([...summands, DATE, TIMESTAMP]), 2)),
    ),
  ];
  return { rows, columns, conjuncts, aggregates };
}

/** Whether the loop gave a result. */
function check(seed: number, count: number): boolean {
  const { rows, columns, conjuncts, aggregates } = makeCase(seed, count);
  const result = fused(conjuncts, aggregates, columns, count);
  let expected: Expected;
  try {
    expected = reference(conjuncts, aggregates, rows);
  } catch {
    expect(result, `seed ${seed}: an overflow is not for the loop to decide`).toBeUndefined();
    return false;
  }
  if (!result) return false;
  result.forEach((value, i) => {
    const wanted = expected.values[i] as Scalar;
    const magnitude = expected.magnitudes[i] as number;
    const near =
      typeof value === 'number' && magnitude > 0 && Math.abs(value - (wanted as number)) <= 1e-12 * magnitude;
    // The order of additions decides whether a sum of huge numbers overflows to infinity.
    if (!near && Number.isFinite(magnitude))
      expect(value, `seed ${seed}, ${count} rows, aggregate ${i}`).toEqual(wanted);
  });
  return true;
}

describe('a fused loop gives what the reference gives, or leaves the batch to scalar code', () => {
  test('for every number of rows from 1 to 70', () => {
    let decided = 0;
    for (let count = 1; count <= 70; count++) for (let i = 0; i < 5; i++) if (check(1000 * count + i, count)) decided++;
    expect(decided).toBeGreaterThan(180);
  });

  test('for whole batches', () => {
    let decided = 0;
    for (let seed = 0; seed < 12; seed++) if (check(seed, 2048)) decided++;
    expect(decided).toBeGreaterThan(5);
  });
});
