import type { ObjectDescription, ScanPlan } from '../../engine/task.ts';
import { bindFragment } from '../../query/bind.ts';
import { SluiceError } from '../../query/error.ts';
import type { LaneName } from '../../query/fragment.ts';
import { planFragment } from '../../query/plan.ts';
import { parseSql } from '../../query/sql/parse-sql.ts';

/**
 * Plans a query of which nothing is left to do behind its scan.
 * @throws SluiceError `bad-request` when there is.
 */
export async function planQuery(sql: string, object: ObjectDescription, lane: LaneName): Promise<ScanPlan> {
  const { fragment, residual } = planFragment(await parseSql(sql), object.schema, lane);
  const plain = residual.columns.every(({ expression }, i) => expression.kind === 'column' && expression.index === i);
  if (!plain || residual.having || residual.orderBy.length > 0)
    throw new SluiceError('bad-request', `to be measured, a query selects its keys, then aggregates: ${sql}`);
  return { object, fragment: bindFragment(fragment, object.schema), lane };
}
