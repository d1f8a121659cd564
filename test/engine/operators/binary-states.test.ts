import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { finishAggregate, openAggregate } from '../../../engine/operators/aggregates.ts';
import { columnFromScalars, scalarAt } from '../../../engine/scalars.ts';
import { SluiceError } from '../../../query/error.ts';
import type { AggregateFunction, BoundAggregate } from '../../../query/expression.ts';
import { BINARY, type DataType, FLOAT64, INT32, INT64, type Scalar, UTF8 } from '../../../query/types.ts';

function aggregateOf(name: AggregateFunction, operand: DataType, type: DataType, rest: Partial<BoundAggregate> = {}) {
  const args = [{ kind: 'column' as const, index: 0, name: 'x', type: operand }];
  return { name: 'a', function: name, args, parameters: [], distinct: false, type, ...rest } satisfies BoundAggregate;
}

const BINARY_STATES: readonly BoundAggregate[] = [
  aggregateOf('median', INT32, FLOAT64),
  aggregateOf('quantile_disc', UTF8, UTF8, { parameters: [0.5] }),
  aggregateOf('approx_quantile', FLOAT64, FLOAT64, { parameters: [0.5] }),
  aggregateOf('approx_count_distinct', INT32, INT64),
  aggregateOf('string_agg', UTF8, UTF8, { parameters: [','] }),
  aggregateOf('count', UTF8, INT64, { distinct: true }),
];

const name = (aggregate: BoundAggregate) => `${aggregate.function} of ${aggregate.args[0]!.type.kind}`;

function statesOf(aggregate: BoundAggregate, values: readonly Scalar[]) {
  const state = openAggregate(aggregate);
  state.update([columnFromScalars(aggregate.args[0]!.type, values)], undefined, values.length);
  return state.partial(1);
}

function finished(aggregate: BoundAggregate, values: readonly Scalar[]): Scalar {
  return scalarAt(finishAggregate(aggregate, statesOf(aggregate, values), 1), 0);
}

/** Merges and finishes bytes that somebody sent as a state; gives the code of the error. */
function fate(aggregate: BoundAggregate, bytes: Uint8Array, offsets = Int32Array.of(0, bytes.length)): string {
  const column = { kind: 'utf8' as const, type: BINARY, length: 1, offsets, bytes };
  try {
    const state = openAggregate(aggregate);
    state.merge([column], undefined, 1);
    finishAggregate(aggregate, state.partial(1), 1);
    return 'taken';
  } catch (error) {
    if (error instanceof SluiceError) return error.code;
    throw error;
  }
}

describe.each(BINARY_STATES.map((aggregate) => [name(aggregate), aggregate] as const))(
  'states of %s',
  (_name, aggregate) => {
    const values: Scalar[] = Array.from({ length: 40 }, (_, i) =>
      aggregate.args[0]!.type.kind === 'utf8' ? `v${i}` : i,
    );
    const [states] = statesOf(aggregate, values);
    const bytes = states?.kind === 'utf8' ? states.bytes : new Uint8Array(0);

    test('that are garbage, cut short or changed are refused or taken, and nothing worse', () => {
      const garbage = fc.uint8Array({ maxLength: 80 }).map((rest) => Uint8Array.of(1, ...rest));
      const cut = fc.nat({ max: bytes.length - 1 }).map((length) => bytes.subarray(0, length));
      const changed = fc
        .tuple(fc.nat({ max: bytes.length - 1 }), fc.nat({ max: 255 }))
        .map(([at, byte]) => bytes.with(at, byte));
      fc.assert(
        fc.property(fc.oneof(garbage, cut, changed), (hostile) => {
          expect(['taken', 'bad-data']).toContain(fate(aggregate, hostile));
        }),
        { numRuns: 300 },
      );
    });

    test('of another version, without bytes or beyond their buffer are refused', () => {
      expect(fate(aggregate, bytes)).toBe('taken');
      expect(fate(aggregate, bytes.with(0, 2))).toBe('bad-data');
      expect(fate(aggregate, new Uint8Array(0))).toBe('bad-data');
      expect(fate(aggregate, bytes, Int32Array.of(0, 2 ** 30))).toBe('bad-data');
      expect(fate(aggregate, bytes, Int32Array.of(-5, 4))).toBe('bad-data');
    });
  },
);

describe('memory', () => {
  const values = Array.from({ length: 5000 }, (_, i) => i);

  test.each([
    ['median', 'approx_quantile', false],
    ['count', 'approx_count_distinct', true],
  ] as const)('of an exact %s is bounded, and the error names %s', (fn, instead, distinct) => {
    const state = openAggregate(aggregateOf(fn, INT32, FLOAT64, { distinct }), 10_000);
    const update = () => state.update([columnFromScalars(INT32, values)], undefined, values.length);
    expect(update).toThrow(instead);
    expect(update).toThrow(expect.objectContaining({ code: 'bad-value' }));
  });

  test('of the approximate ones stays small', () => {
    for (const aggregate of [
      aggregateOf('approx_quantile', INT32, FLOAT64, { parameters: [0.5] }),
      aggregateOf('approx_count_distinct', INT32, INT64),
    ]) {
      const state = openAggregate(aggregate);
      for (let batch = 0; batch < 100; batch++) {
        const column = columnFromScalars(
          INT32,
          values.map((value) => value + 5000 * batch),
        );
        state.update([column], undefined, values.length);
      }
      expect(state.bytes).toBeLessThan(2_000_000);
    }
  });
});

describe('approx_count_distinct', () => {
  const aggregate = aggregateOf('approx_count_distinct', INT32, INT64);

  test('is within 2 % for 0 to 1,000,000 values', () => {
    for (const count of [0, 1, 100, 2000, 5000, 40_000, 1_000_000]) {
      const state = openAggregate(aggregate);
      const column = {
        kind: 'fixed' as const,
        type: INT32,
        length: count,
        values: Int32Array.from({ length: count }, (_, i) => 7 * i),
      };
      state.update([column], undefined, count);
      state.update([column], undefined, count);
      const estimate = Number(scalarAt(finishAggregate(aggregate, state.partial(1), 1), 0));
      expect(Math.abs(estimate - count)).toBeLessThanOrEqual(0.02 * count);
    }
  });

  test('is the same for any split of the rows', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 20_000 }), { minLength: 1, maxLength: 4 }), (sizes) => {
        const all = sizes.flatMap((size, task) => Array.from({ length: size }, (_, i) => task * 5000 + i));
        const merged = openAggregate(aggregate);
        let from = 0;
        for (const size of sizes) {
          merged.merge(statesOf(aggregate, all.slice(from, from + size)), undefined, 1);
          from += size;
        }
        expect(scalarAt(finishAggregate(aggregate, merged.partial(1), 1), 0)).toBe(finished(aggregate, all));
      }),
      { numRuns: 10 },
    );
  });
});

describe('approx_quantile', () => {
  const count = 50_000;
  const shapes: Record<string, (u: number) => number> = {
    uniform: (u) => u,
    exponential: (u) => -Math.log(1 - u),
    'of few values': (u) => Math.floor(u * 5),
  };

  test.each(Object.entries(shapes))('of %s values is near the exact one, and within the values', (_name, shape) => {
    // A permutation of an even grid: deterministic, in no order.
    const values = Array.from({ length: count }, (_, i) => shape(((i * 7919) % count) / count));
    const sorted = values.toSorted((a, b) => a - b);
    for (const fraction of [0, 0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 1]) {
      const aggregate = aggregateOf('approx_quantile', FLOAT64, FLOAT64, { parameters: [fraction] });
      const merged = openAggregate(aggregate);
      for (let from = 0; from < count; from += 9999)
        merged.merge(statesOf(aggregate, values.slice(from, from + 9999)), undefined, 1);
      const estimate = Number(scalarAt(finishAggregate(aggregate, merged.partial(1), 1), 0));
      const allowed = 0.005 * Math.sqrt(fraction * (1 - fraction)) + 2e-4;
      const at = (place: number) => sorted[Math.min(count - 1, Math.max(0, Math.floor(place * count)))]!;
      expect(estimate).toBeGreaterThanOrEqual(at(fraction - allowed));
      expect(estimate).toBeLessThanOrEqual(at(fraction + allowed));
    }
  });
});
