import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Batch } from '../../../engine/column.ts';
import { TopK } from '../../../engine/operators/top-k.ts';
import { columnFromScalars, scalarAt } from '../../../engine/scalars.ts';
import { compareScalars } from '../../../query/evaluate.ts';
import type { FragmentOrder } from '../../../query/fragment.ts';
import { BOOL, decimal, FLOAT64, INT32, INT64, type Scalar, type Schema, UTF8 } from '../../../query/types.ts';

const SCHEMA: Schema = [BOOL, INT32, INT64, FLOAT64, decimal(30, 2), UTF8].map((type) => ({ name: type.kind, type }));

const orNull = (values: fc.Arbitrary<Scalar>) => fc.oneof({ arbitrary: values, weight: 3 }, fc.constant(null));
const row = fc.tuple(
  orNull(fc.boolean()),
  orNull(fc.integer({ min: -2, max: 2 })),
  orNull(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  orNull(fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, 1.5)),
  orNull(fc.bigInt({ min: -(10n ** 29n), max: 10n ** 29n })),
  orNull(fc.string({ unit: fc.constantFrom('a', 'é', '\uffff', '😀'), maxLength: 3 })),
);
const order: fc.Arbitrary<FragmentOrder> = fc.record({
  column: fc.nat({ max: SCHEMA.length - 1 }),
  descending: fc.boolean(),
  nullsFirst: fc.boolean(),
});

function batchOf(rows: readonly (readonly Scalar[])[]): Batch {
  const columns = SCHEMA.map(({ type }, index) =>
    columnFromScalars(
      type,
      rows.map((row) => row[index]!),
    ),
  );
  return { schema: SCHEMA, length: rows.length, columns };
}

function rowsOf(batch: Batch): Scalar[][] {
  return Array.from({ length: batch.length }, (_, row) => batch.columns.map((column) => scalarAt(column, row)));
}

function sorted(rows: readonly (readonly Scalar[])[], orderBy: readonly FragmentOrder[]) {
  return rows.toSorted((a, b) => {
    for (const { column, descending, nullsFirst } of orderBy) {
      const [x, y] = [a[column]!, b[column]!];
      if (x === null || y === null) {
        if (x === y) continue;
        return (x === null) === nullsFirst ? -1 : 1;
      }
      const order = compareScalars(x, y);
      if (order !== 0) return descending ? -order : order;
    }
    return 0;
  });
}

describe('the first rows in an order', () => {
  test('are those that a stable sort puts first, however the rows were split', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(row, { maxLength: 12 }), { maxLength: 6 }),
        fc.array(order, { minLength: 1, maxLength: 3 }),
        fc.nat({ max: 20 }),
        (batches, orderBy, limit) => {
          const rows = new TopK(SCHEMA, orderBy, limit);
          for (const batch of batches) {
            rows.add(batchOf(batch));
            // Every other batch meets a settled state.
            if (batch.length % 2 === 0) rows.finish();
          }
          expect(rowsOf(rows.finish())).toEqual(sorted(batches.flat(), orderBy).slice(0, limit));
        },
      ),
      { numRuns: 300 },
    );
  });

  test('of many rows are found', () => {
    const schema: Schema = [{ name: 'x', type: INT32 }];
    const rows = new TopK(schema, [{ column: 0, descending: true, nullsFirst: false }], 3);
    const batches = Array.from({ length: 100 }, (_, batch) =>
      Int32Array.from({ length: 1000 }, (_, row) => (batch * 7919 + row * 104_729) % 1_000_003),
    );
    for (const values of batches)
      rows.add({ schema, length: 1000, columns: [{ kind: 'fixed', type: INT32, length: 1000, values }] });
    const all = batches.flatMap((values) => [...values]).sort((a, b) => b - a);
    expect(rowsOf(rows.finish()).map(([x]) => x)).toEqual(all.slice(0, 3));
  });
});
