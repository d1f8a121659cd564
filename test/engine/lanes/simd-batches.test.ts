import { describe, expect, test } from 'vitest';
import { ColumnLoader } from '../../../engine/lanes/wasm/column-loader.ts';
import { instantiateKernels } from '../../../engine/lanes/wasm/kernels.ts';
import { EngineMemory } from '../../../engine/lanes/wasm/memory.ts';
import { SimdBatches } from '../../../engine/lanes/wasm/simd-batches.ts';
import { SimdInstances } from '../../../engine/lanes/wasm/simd-instances.ts';
import { TextRoom } from '../../../engine/lanes/wasm/text-room.ts';
import { allocateVector } from '../../../engine/lanes/wasm/vector.ts';
import { columnFromScalars } from '../../../engine/scalars.ts';
import { VECTOR_SIZE } from '../../../engine/task.ts';
import { evaluate } from '../../../query/evaluate.ts';
import { BOOL, type DataType, type Scalar } from '../../../query/types.ts';
import { Dice, Expressions, randomRows, TYPES } from './lane-expressions.ts';

const memory = new EngineMemory();
const kernels = instantiateKernels(memory, new TextRoom(memory));
const batches = new SimdBatches(memory, new SimdInstances(memory));
const start = memory.mark();

/** Vectors with these rows. */
function load(rows: readonly Scalar[][]) {
  memory.release(start);
  const columns = TYPES.map((type, i) =>
    columnFromScalars(
      type,
      rows.map((row) => row[i] as Scalar),
    ),
  );
  const loader = new ColumnLoader(memory, kernels, new Map(columns.entries()));
  const vectors = TYPES.map((type) => allocateVector(memory, type));
  loader.begin(0, rows.length);
  for (const [i, vector] of vectors.entries()) loader.load(i, vector, 0, rows.length);
  return new Map(vectors.entries());
}

function valueAt(type: DataType, address: number, row: number): Scalar {
  const view = new DataView(memory.memory.buffer);
  if (type.kind === 'bool') return view.getUint8(address + row) !== 0;
  if (type.kind === 'float64') return view.getFloat64(address + 8 * row, true);
  if (type.kind === 'int32' || type.kind === 'date') return view.getInt32(address + 4 * row, true);
  return view.getBigInt64(address + 8 * row, true);
}

/** What `compute` gives; undefined where it refuses. */
function attempt<T>(compute: () => T): T | undefined {
  try {
    return compute();
  } catch {
    return undefined;
  }
}

function checkFilter(seed: number, count: number): boolean {
  const dice = new Dice(seed);
  const rows = randomRows(dice, count);
  const expressions = new Expressions(dice);
  const conjuncts = Array.from({ length: 1 + dice.below(3) }, () => expressions.of(BOOL, 3));
  const inputs = load(rows);
  const selection = memory.allocate(4 * (VECTOR_SIZE + 16));
  const passed = batches.prepare({ kind: 'filter', conjuncts, selection }, inputs)?.(count) ?? Number.NaN;
  const expected = attempt(() =>
    rows.flatMap((row, i) => (conjuncts.every((conjunct) => evaluate(conjunct, row) === true) ? [i] : [])),
  );
  if (!expected) expect(passed, `seed ${seed}: an overflow`).toBe(-1);
  if (!expected || passed < 0) return false;
  const picks = [...memory.u32.subarray(selection >> 2, (selection >> 2) + passed)];
  expect(picks, `seed ${seed}, ${count} rows`).toEqual(expected);
  return true;
}

function checkProjection(seed: number, count: number): boolean {
  const dice = new Dice(seed);
  const rows = randomRows(dice, count);
  const expressions = new Expressions(dice);
  const inputs = load(rows);
  const outputs = Array.from({ length: 3 }, () => {
    const type = dice.pick(TYPES);
    return { expression: expressions.of(type, 3), place: allocateVector(memory, type) };
  });
  const result = batches.prepare({ kind: 'project', outputs }, inputs)?.(count);
  const expected = attempt(() => rows.map((row) => outputs.map(({ expression }) => evaluate(expression, row))));
  if (!expected) expect(result, `seed ${seed}: an overflow`).toBe(-1);
  if (!expected || result !== 0) return false;
  outputs.forEach(({ expression: { type }, place }, i) => {
    const values = rows.map((_, row) =>
      memory.u8[place.validity + row] === 0 ? null : valueAt(type, place.values, row),
    );
    expect(values, `seed ${seed}, ${count} rows, output ${i}`).toEqual(expected.map((row) => row[i]));
  });
  return true;
}

describe.each([
  ['a filter picks the rows', checkFilter],
  ['a projection gives the values', checkProjection],
])('in SIMD code %s of the reference, or leaves the batch to scalar code', (_, check) => {
  test('for every number of rows from 1 to 70', () => {
    let decided = 0;
    for (let count = 1; count <= 70; count++) for (let i = 0; i < 5; i++) if (check(1000 * count + i, count)) decided++;
    expect(decided).toBeGreaterThan(180);
  });

  test('for whole batches', () => {
    let decided = 0;
    for (let seed = 0; seed < 10; seed++) if (check(seed, VECTOR_SIZE)) decided++;
    expect(decided).toBeGreaterThan(4);
  });
});
