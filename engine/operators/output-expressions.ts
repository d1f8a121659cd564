import type { BoundExpression } from '../../query/expression.ts';
import type { BoundOutput } from '../../query/fragment.ts';

/** All that an output calculates of each row. */
export function outputExpressions(output: BoundOutput): readonly BoundExpression[] {
  if (output.kind === 'rows') return output.columns.map(({ expression }) => expression);
  const args = output.aggregates.flatMap(({ args }) => args);
  return [...output.keys.map(({ expression }) => expression), ...args];
}
