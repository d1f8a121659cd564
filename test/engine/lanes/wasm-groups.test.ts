import { describe, expect, test } from 'vitest';
import type { Batch, Column } from '../../../engine/column.ts';
import { BatchCompiler } from '../../../engine/lanes/wasm/batch-compiler.ts';
import { type GroupBounds, GroupSink } from '../../../engine/lanes/wasm/group-sink.ts';
import { instantiateKernels } from '../../../engine/lanes/wasm/kernels.ts';
import { EngineMemory } from '../../../engine/lanes/wasm/memory.ts';
import { TextRoom } from '../../../engine/lanes/wasm/text-room.ts';
import { allocateVector, type Vector } from '../../../engine/lanes/wasm/vector.ts';
import { openAggregate } from '../../../engine/operators/aggregates.ts';
import { mergePartials } from '../../../engine/run/merge.ts';
import { columnFromScalars, scalarAt } from '../../../engine/scalars.ts';
import { VECTOR_SIZE } from '../../../engine/task.ts';
import type { AggregateFunction, BoundAggregate, BoundExpression } from '../../../query/expression.ts';
import type { BoundOutput } from '../../../query/fragment.ts';
import { partialSchema } from '../../../query/partial-states.ts';
import { type DataType, parseType, type Scalar } from '../../../query/types.ts';

type GroupsOutput = Extract<BoundOutput, { kind: 'groups' }>;
interface TestColumn {
  readonly type: DataType;
  readonly scalars: readonly Scalar[];
}

/** Runs rows through a sink, batch by batch. */
function group(output: GroupsOutput, columns: readonly TestColumn[], bounds: GroupBounds = {}): readonly Batch[] {
  const memory = new EngineMemory();
  const kernels = instantiateKernels(memory);
  const compiler = new BatchCompiler(memory, kernels, new TextRoom(memory));
  const vectors = columns.map(({ type }) => allocateVector(memory, type));
  const sink = new GroupSink(memory, kernels, compiler, output, new Map(vectors.entries()), bounds);
  const rows = columns[0]?.scalars.length ?? 0;
  for (let first = 0; first < rows; first += VECTOR_SIZE) {
    const count = Math.min(VECTOR_SIZE, rows - first);
    const mark = memory.mark();
    columns.forEach(({ type, scalars }, i) => {
      fillVector(memory, vectors[i] as Vector, columnFromScalars(type, scalars.slice(first, first + count)));
    });
    sink.take(count);
    if (bounds.bytes === undefined) continue;
    expect(memory.mark()).toBeGreaterThanOrEqual(mark);
  }
  return sink.finish();
}

function fillVector(memory: EngineMemory, vector: Vector, column: Column): void {
  vector.hasNulls = column.validity !== undefined;
  memory.u8.fill(1, vector.validity, vector.validity + VECTOR_SIZE);
  if (column.validity) memory.u8.set(column.validity, vector.validity);
  if (column.kind === 'fixed') {
    const { values } = column;
    memory.u8.set(new Uint8Array(values.buffer as ArrayBuffer, values.byteOffset, values.byteLength), vector.values);
    return;
  }
  const text = memory.allocate(column.bytes.length);
  memory.u8.set(column.bytes, text);
  for (let row = 0; row < column.length; row++) {
    const start = column.offsets[row] as number;
    memory.u32[(vector.values >> 2) + row] = text + start;
    memory.u32[(vector.values >> 2) + VECTOR_SIZE + row] = (column.offsets[row + 1] as number) - start;
  }
}

/** The same groups by a Map in JavaScript and the states that the other tiers use. */
function expected(output: GroupsOutput, columns: readonly TestColumn[]): Scalar[][] {
  const numbers = new Map<string, number>();
  const keys: Scalar[][] = [];
  const length = columns[0]?.scalars.length ?? 0;
  const indexes = output.keys.map(({ expression }) => indexOf(expression));
  const groups = Int32Array.from({ length }, (_, row) => {
    const key = indexes.map((index) => columns[index]?.scalars[row] ?? null);
    const identity = identityOf(key);
    if (!numbers.has(identity)) numbers.set(identity, keys.push(key) - 1);
    return numbers.get(identity) as number;
  });
  const groupCount = output.keys.length > 0 ? keys.length : 1;
  const states = output.aggregates.flatMap((aggregate) => {
    const state = openAggregate(aggregate);
    const args = aggregate.args.map((arg) => {
      const { type, scalars } = columns[indexOf(arg)] as TestColumn;
      return columnFromScalars(type, scalars);
    });
    state.update(args, groups, length);
    return state.partial(groupCount);
  });
  return Array.from({ length: groupCount }, (_, i) => [
    ...(keys[i] ?? []),
    ...states.map((column) => scalarAt(column, i)),
  ]);
}

/** Equal exactly where two keys are: one group for 0 and -0, and one for NaN. */
function identityOf(key: readonly Scalar[]): string {
  return JSON.stringify(key.map((value) => (value === null ? null : `${typeof value} ${value === 0 ? 0 : value}`)));
}

function indexOf(expression: BoundExpression): number {
  if (expression.kind !== 'column') throw new TypeError('tests group by columns');
  return expression.index;
}

/** As `toEqual`, which takes its time over thousands of rows. */
function expectRows(batch: Batch | undefined, rows: readonly (readonly Scalar[])[]): void {
  const found = batch ? rowsOf(batch) : [];
  expect(found.length).toBe(rows.length);
  const wrong = rows.findIndex((row, i) => !row.every((value, j) => Object.is(value, found[i]?.[j])));
  if (wrong >= 0) expect(found[wrong]).toEqual(rows[wrong]);
}

function rowsOf({ columns, length }: Batch): Scalar[][] {
  return Array.from({ length }, (_, row) => columns.map((column) => scalarAt(column, row)));
}

function outputOf(columns: readonly TestColumn[], keys: readonly number[], calls: readonly Call[]): GroupsOutput {
  const column = (index: number): BoundExpression => {
    const { type } = columns[index] as TestColumn;
    return { kind: 'column', index, name: `c${index}`, type };
  };
  return {
    kind: 'groups',
    keys: keys.map((index) => ({ name: `c${index}`, expression: column(index) })),
    aggregates: calls.map(([name, ...args], i) => {
      const operands = args.map(column);
      return {
        name: `a${i}`,
        function: name,
        args: operands,
        parameters: [],
        distinct: false,
        type: typeOf(name, operands),
      };
    }),
  };
}

type Call = readonly [AggregateFunction, ...number[]];

function typeOf(name: BoundAggregate['function'], [operand]: readonly BoundExpression[]): DataType {
  if (name === 'sum') {
    if (operand?.type.kind === 'float64') return operand.type;
    const scale = operand?.type.kind === 'decimal' ? operand.type.scale : 0;
    return { kind: 'decimal', precision: 38, scale };
  }
  return operand?.type ?? parseType('bigint');
}

/** Uniform numbers in [0, 1) that only depend on the seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Values of one type: `distinct` different ones (more or less), a share of NULLs. */
function randomColumn(type: DataType, rows: number, distinct: number, nulls: number, seed: number): TestColumn {
  const next = random(seed);
  const make = (): Scalar => {
    const n = Math.floor(next() * distinct);
    switch (type.kind) {
      case 'bool':
        return n % 2 === 1;
      case 'int32':
      case 'date':
        return n % 3 === 0 ? 0 - n : n;
      case 'float64':
        return n % 7 === 0
          ? n % 2
            ? -0
            : 0
          : n % 11 === 0
            ? Number.NaN
            : n % 13 === 0
              ? Number.NEGATIVE_INFINITY
              : n / 8;
      case 'utf8':
        return n % 4 === 0 ? '' : n % 3 === 0 ? String(n) : `${'ä long text, '.repeat(n % 5)}${n}`;
      case 'decimal':
        if (type.precision > 18) return BigInt(n) * 10n ** 26n * (n % 2 ? -1n : 1n) + BigInt(n);
        return BigInt(n - 5) * 1_000_003n;
      default:
        return BigInt.asIntN(64, BigInt(n - 3) << BigInt(n % 40));
    }
  };
  return { type, scalars: Array.from({ length: rows }, () => (next() < nulls ? null : make())) };
}

const TYPES = [
  'boolean',
  'integer',
  'bigint',
  'double',
  'decimal(12,2)',
  'decimal(36,4)',
  'date',
  'timestamp',
  'varchar',
].map(parseType);

/** Calls of every aggregate over the operand in column 1, with column 2 (int32) as key and 3 (bool) as switch. */
function callsFor(type: DataType): Call[] {
  const calls: Call[] = [
    ['count_star'],
    ['count', 1],
    ['min', 1],
    ['max', 1],
    ['any_value', 1],
    ['first', 1],
    ['last', 1],
  ];
  calls.push(
    ['first', 1, 3],
    ['last', 1, 3],
    ['arg_min', 1, 2],
    ['arg_max', 1, 2],
    ['arg_min', 2, 1],
    ['arg_max', 2, 1],
  );
  if (type.kind === 'bool') calls.push(['bool_and', 1], ['bool_or', 1], ['sum', 1]);
  if (['int32', 'int64', 'float64', 'decimal'].includes(type.kind)) calls.push(['sum', 1], ['avg', 1]);
  if (type.kind === 'float64') calls.push(['var_samp', 1], ['stddev_pop', 1]);
  return calls;
}

describe('groups of the wasm lane', () => {
  test.each(TYPES)('have the states of every aggregate over $kind that JavaScript has ($precision)', (type) => {
    for (const [nulls, distinct] of [
      [0, 40],
      [0.3, 40],
      [1, 1],
    ] as const) {
      const rows = 5000;
      const columns = [
        randomColumn(parseType('integer'), rows, 30, 0.1, 1),
        randomColumn(type, rows, distinct, nulls, 2),
        randomColumn(parseType('integer'), rows, 1000, nulls / 2, 3),
        randomColumn(parseType('boolean'), rows, 2, 0.2, 4),
      ];
      for (const keys of [[0], []]) {
        const output = outputOf(columns, keys, callsFor(type));
        const [batch, ...more] = group(output, columns);
        expect(more).toEqual([]);
        expectRows(batch, expected(output, columns));
        expect(batch?.schema).toEqual(partialSchema(output));
      }
    }
  });

  test.each([
    ['many long texts', 'varchar', (i: number) => `a text of more than seven bytes, number ${i}`],
    ['the least integers', 'bigint', (i: number) => -(1n << 63n) + BigInt(i)],
    ['the greatest integers', 'bigint', (i: number) => (1n << 63n) - 1n - BigInt(i)],
  ] as const)('are found where ranges begin or end with the integers themselves: %s', (_, type, key) => {
    // Two keys fewer than rows in the first batch: a range of 2,048 has room to spare below and above.
    for (const first of [VECTOR_SIZE - 2, VECTOR_SIZE - 3, 20]) {
      const scalars = Array.from({ length: 4 * VECTOR_SIZE }, (_, row) => key(row < VECTOR_SIZE ? row % first : row));
      const columns = [{ type: parseType(type), scalars }];
      const output = outputOf(columns, [0], [['count_star']]);
      expectRows(group(output, columns)[0], expected(output, columns));
    }
  });

  test.each(TYPES)('are found by keys of type $kind ($precision), few and many, with and without NULL', (type) => {
    for (const [nulls, distinct] of [
      [0, 5],
      [0.2, 300],
      [0.01, 1e9],
      [1, 1],
    ] as const) {
      const columns = [randomColumn(type, 9000, distinct, nulls, 5)];
      const output = outputOf(columns, [0], [['count_star'], ['count', 0]]);
      expectRows(group(output, columns)[0], expected(output, columns));
    }
  });

  test('are found by several keys of any types', () => {
    const sets: readonly (readonly number[])[] = [[0, 1], [8, 3], [5, 3, 8], [6, 0, 8, 4], TYPES.map((_, i) => i)];
    for (const [seed, keys] of sets.entries())
      for (const distinct of [3, 200]) {
        const columns = TYPES.map((type, i) => randomColumn(type, 6000, distinct, 0.1, 10 * seed + i));
        const output = outputOf(columns, keys, [['count_star'], ['sum', 1]]);
        expectRows(group(output, columns)[0], expected(output, columns));
      }
  });

  test('are found by more than 64 keys', () => {
    const columns = Array.from({ length: 70 }, (_, i) =>
      randomColumn(parseType('integer'), 3000, 2, i === 69 ? 0.5 : 0, i),
    );
    const keys = columns.map((_, i) => i);
    const output = outputOf(columns, keys, [['count_star']]);
    expectRows(group(output, columns)[0], expected(output, columns));
  });

  test('go from direct indexing over wider ranges to hashing and stay what they are', () => {
    const steps: readonly (readonly [number, number])[] = [
      [10, 20],
      [-500, 0],
      [0, 100_000],
      [1e6, 1.2e6],
      [-(2 ** 31), -(2 ** 31) + 10],
      [2 ** 31 - 10, 2 ** 31 - 1],
    ];
    const next = random(77);
    const scalars = steps.flatMap(([from, to]) =>
      Array.from({ length: 3000 }, () => from + Math.floor(next() * (to - from + 1))),
    );
    for (const type of [parseType('integer'), parseType('bigint')]) {
      const values = type.kind === 'int32' ? scalars : scalars.map((value) => BigInt(value) * 2n ** 32n);
      const columns = [{ type, scalars: [null, ...values] }];
      const output = outputOf(columns, [0], [['count_star'], ['max', 0]]);
      expectRows(group(output, columns)[0], expected(output, columns));
    }
  });

  test.each([-(2n ** 63n), 2n ** 63n - 100_000n])('are found by keys at the end of 64 bits (%s)', (start) => {
    const next = random(9);
    const widths = [10, 3000, 99_000];
    const scalars = widths.flatMap((width) =>
      Array.from({ length: VECTOR_SIZE }, () => start + BigInt(Math.floor(next() * width))),
    );
    const columns = [{ type: parseType('bigint'), scalars }];
    const output = outputOf(columns, [0], [['count_star'], ['sum', 0]]);
    expectRows(group(output, columns)[0], expected(output, columns));
  });

  test('have the key that was seen first where several are equal', () => {
    const scalars = [-0, 0, Number.NaN, -Number.NaN, 1, 0];
    const columns = [{ type: parseType('double'), scalars }];
    const rows = rowsOf(group(outputOf(columns, [0], [['count_star']]), columns)[0] as Batch);
    expect(rows).toEqual([
      [-0, 3n],
      [Number.NaN, 2n],
      [1, 1n],
    ]);
    expect(Object.is(rows[0]?.[0], -0)).toBe(true);
  });

  test('are given out in several batches within a bound of bytes, and merge to the same', () => {
    const types = [parseType('bigint'), parseType('varchar'), parseType('decimal(30,2)')];
    const columns = types.map((type, i) => randomColumn(type, 12_000, 10_000, 0.05, i));
    for (const keys of [[0], [1], [2], [0, 1]]) {
      const calls: Call[] = [['count_star'], ['sum', 0], ['min', 1], ['first', 1], ['avg', 2], ['last', 0]];
      const output = outputOf(columns, keys, calls);
      const batches = group(output, columns, { bytes: 1 << 18 });
      expect(batches.length).toBeGreaterThan(3);
      expectRows(mergePartials(output, batches), expected(output, columns));
    }
  });

  test('use the same memory again after a bound was reached', () => {
    const memory = new EngineMemory();
    const kernels = instantiateKernels(memory);
    const vector = allocateVector(memory, parseType('bigint'));
    const columns: TestColumn[] = [{ type: vector.type, scalars: [] }];
    const output = outputOf(columns, [0], [['sum', 0]]);
    const bounds = { bytes: 1 << 20 };
    const vectors = new Map([[0, vector]]);
    const sink = new GroupSink(
      memory,
      kernels,
      new BatchCompiler(memory, kernels, new TextRoom(memory)),
      output,
      vectors,
      bounds,
    );
    let groups = 0;
    const take = () => {
      for (let row = 0; row < VECTOR_SIZE; row++) memory.i64[vector.values / 8 + row] = BigInt(groups++) << 20n;
      sink.take(VECTOR_SIZE);
    };
    for (let batch = 0; batch < 50; batch++) take();
    const top = memory.mark();
    for (let batch = 0; batch < 500; batch++) take();
    expect(memory.mark()).toBe(top);
    expect(sink.finish().reduce((total, { length }) => total + length, 0)).toBe(groups);
  });

  test('are given out before their rows outnumber what their states can count', () => {
    const columns = [randomColumn(parseType('integer'), 10_000, 10, 0, 1)];
    const output = outputOf(columns, [], [['count_star'], ['sum', 0], ['last', 0]]);
    const batches = group(output, columns, { rows: 4096 });
    expect(batches.map(({ columns: [counts] }) => scalarAt(counts as Column, 0))).toEqual([4096n, 4096n, 1808n]);
    expectRows(mergePartials(output, batches), expected(output, columns));
  });

  test('count on beyond 32 bits', () => {
    const memory = new EngineMemory();
    const kernels = instantiateKernels(memory);
    const groups = memory.allocateCleared(4 * 100);
    const states = memory.allocateCleared(16);
    for (const start of [2n ** 31n - 50n, 2n ** 32n - 50n, 2n ** 53n]) {
      memory.i64[states / 8] = start;
      kernels.countRows(groups, 100, states);
      expect(memory.i64[states / 8]).toBe(start + 100n);
    }
  });

  test('add in 128 bits and refuse more than 38 digits', () => {
    const type = parseType('decimal(38,0)');
    const big = 6n * 10n ** 37n;
    const sum = (scalars: readonly bigint[]) => {
      const columns = [{ type, scalars }];
      return rowsOf(group(outputOf(columns, [], [['sum', 0]]), columns)[0] as Batch)[0]?.[0];
    };
    expect(sum([big, -big, big, -1n])).toBe(big - 1n);
    expect(sum([-(10n ** 38n) + 2n, -1n])).toBe(-(10n ** 38n) + 1n);
    expect(() => sum([10n ** 38n - 1n, 1n])).toThrow('38 digits');
    expect(() => sum([big, big, big])).toThrow('38 digits');
    expect(() => sum([-big, -big, -big])).toThrow('38 digits');
    const extremes = { type: parseType('bigint'), scalars: Array.from({ length: 3000 }, () => -(2n ** 63n)) };
    const output = outputOf([extremes], [], [['sum', 0]]);
    expect(rowsOf(group(output, [extremes])[0] as Batch)).toEqual([[-(2n ** 63n) * 3000n]]);
  });

  test('without keys and rows are one group; with keys none', () => {
    const columns = [{ type: parseType('varchar'), scalars: [] }];
    const calls: Call[] = [['count_star'], ['count', 0], ['min', 0], ['any_value', 0], ['first', 0]];
    expect(rowsOf(group(outputOf(columns, [], calls), columns)[0] as Batch)).toEqual([
      [0n, 0n, null, null, null, false],
    ]);
    expect(group(outputOf(columns, [0], calls), columns)).toEqual([]);
  });
});
