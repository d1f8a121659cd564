import { evaluate } from '../../../query/evaluate.ts';
import type { BoundExpression } from '../../../query/expression.ts';
import { literal } from '../../../query/fold.ts';
import { BOOL } from '../../../query/types.ts';
import { emitHostCall } from './calls.ts';
import type { Emitted } from './emitted.ts';
import type { LazyOperands } from './logic.ts';
import type { RowCode } from './row-code.ts';

/** LIKE and ILIKE: text, pattern, escape character ('' for none). */
export function emitLike(
  row: RowCode,
  operator: 'like' | 'ilike',
  args: readonly BoundExpression[],
  operands: LazyOperands,
): Emitted {
  const [text, pattern, escapeWith] = args as [BoundExpression, BoundExpression, BoundExpression | undefined];
  const hasEscape = escapeWith && !(escapeWith.kind === 'literal' && escapeWith.value === '');
  const emitted = [text, pattern, ...(hasEscape ? [escapeWith] : [])].map((arg) => operands.emit(arg));
  if (operator === 'like' && !hasEscape)
    return row.result(BOOL, row.validity(emitted), () => {
      for (const operand of emitted) row.push(operand);
      row.code.call(row.kernel('likeUtf8', ['i32', 'i32', 'i32', 'i32'], 'i32'));
    });
  const types = args.map(({ type }) => type);
  return emitHostCall(row, operator, emitted, BOOL, false, (...values) =>
    evaluate({ kind: 'call', operator, args: types.map((type, i) => literal(type, values[i] ?? '')), type: BOOL }, []),
  );
}
