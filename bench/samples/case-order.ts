import type { Levels } from './levels.ts';

/**
 * Sorts what belongs to cases as the experiment lists the levels of its factors, the first factor varying slowest; levels
 * that it does not list come behind, numbers by their size.
 */
export function inCaseOrder<T extends { readonly levels: Levels }>(
  items: readonly T[],
  factors: Readonly<Record<string, string | readonly string[]>>,
): T[] {
  const rank = ({ levels }: T) =>
    Object.entries(factors).flatMap(([factor, order]) => {
      const level = levels[factor] ?? '';
      const place = order.indexOf(level);
      return place < 0 ? [order.length, Number(level) || 0] : [place, 0];
    });
  return [...items].sort((a, b) => compareLists(rank(a), rank(b)));
}

function compareLists(a: readonly number[], b: readonly number[]): number {
  const place = a.findIndex((value, i) => value !== b[i]);
  return place < 0 ? 0 : a[place]! - b[place]!;
}
