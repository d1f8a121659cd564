import { type BoundExpression, operandsOf } from '../../query/expression.ts';

const SEARCHES: ReadonlySet<string> = new Set(
  ['contains', 'starts_with', 'ends_with'].map((name) => `${name}(varchar, varchar)`),
);

/**
 * Columns, by index, that expressions only search for texts without a certain ASCII character. What is found in a text
 * without that character is found in the same place however often it is repeated elsewhere, so that answers are the same
 * before and after doubled quotes are made single.
 */
export function searchedColumns(expressions: readonly BoundExpression[], character: string): ReadonlySet<number> {
  const searched = new Set<number>();
  const others = new Set<number>();
  const visit = (expression: BoundExpression): void => {
    const [column] = operandsOf(expression);
    if (expression.kind === 'column') others.add(expression.index);
    else if (column?.kind === 'column' && isSearch(expression, character)) searched.add(column.index);
    else operandsOf(expression).forEach(visit);
  };
  expressions.forEach(visit);
  return new Set([...searched].filter((column) => !others.has(column)));
}

/** Whether all that matters of the first operand is where texts without the character stand in it. */
function isSearch(expression: BoundExpression, character: string): boolean {
  const [, pattern, escapeWith] = operandsOf(expression);
  if (pattern?.kind !== 'literal' || typeof pattern.value !== 'string' || pattern.value.includes(character))
    return false;
  if (expression.kind === 'function') return SEARCHES.has(expression.overload);
  // The wildcard of one character also stands for the one that may be repeated.
  if (expression.kind !== 'call' || expression.operator !== 'like' || pattern.value.includes('_')) return false;
  return escapeWith?.kind === 'literal' && escapeWith.value === '';
}
