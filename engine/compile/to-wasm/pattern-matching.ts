import { BOOL, UTF8 } from '../../../query/types.ts';
import { emitKernelCall } from './calls.ts';
import type { Emitted } from './emitted.ts';
import type { RowCode } from './row-code.ts';

/** LIKE and ILIKE: text, pattern, escape character ('' for none). ILIKE is LIKE of small letters. */
export function emitLike(row: RowCode, operator: 'like' | 'ilike', operands: readonly Emitted[]): Emitted {
  const [text, pattern, escapeWith] = operands as [Emitted, Emitted, Emitted];
  const inSmallLetters = (value: Emitted) => emitKernelCall(row, 'lowerUtf8', 'lower', [value], UTF8, {});
  const sides = operator === 'like' ? [text, pattern] : [text, pattern].map(inSmallLetters);
  return emitKernelCall(row, 'likeUtf8', operator, [...sides, escapeWith], BOOL, { fails: true });
}
