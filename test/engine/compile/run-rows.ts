import type { Column } from '../../../engine/column.ts';
import { openLane } from '../../../engine/lanes/lane-registry.ts';
import { columnFromScalars, scalarAt } from '../../../engine/scalars.ts';
import type { ByteSource, ScanPlan } from '../../../engine/task.ts';
import type { BoundExpression } from '../../../query/expression.ts';
import type { LaneName } from '../../../query/fragment.ts';
import type { Scalar, Schema } from '../../../query/types.ts';

const NO_SOURCE: ByteSource = { name: 'memory', size: 0, read: () => 0, close: () => undefined };

/** What a lane gives for expressions over those rows that pass a filter: a row each. */
export async function runRows(
  lane: LaneName,
  schema: Schema,
  rows: readonly (readonly Scalar[])[],
  conjuncts: readonly BoundExpression[],
  expressions: readonly BoundExpression[],
): Promise<Scalar[][]> {
  const opened = await openLane(lane);
  opened.hold(
    'memory',
    schema.map(
      ({ type }, i): Column =>
        columnFromScalars(
          type,
          rows.map((row) => row[i] ?? null),
        ),
    ),
  );
  const plan: ScanPlan = {
    object: {
      location: { kind: 'memory', name: 'memory', size: 0, version: '1' },
      format: { kind: 'columns', rows: rows.length },
      schema,
    },
    fragment: {
      conjuncts,
      output: { kind: 'rows', columns: expressions.map((expression, i) => ({ name: `c${i}`, expression })) },
    },
    lane,
  };
  const part = { kind: 'rows', first: 0, count: rows.length } as const;
  const { batches } = await opened.run(plan, part, NO_SOURCE, () => false);
  return batches.flatMap(({ length, columns }) =>
    Array.from({ length }, (_, row) => columns.map((column) => scalarAt(column, row))),
  );
}
