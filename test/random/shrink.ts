import { querySize, type RandomQuery, smallerQueries } from './random-query.ts';

/** The smallest failing query that steps of one simplification each lead to, trying `budget` queries at most. */
export async function shrink(
  query: RandomQuery,
  fails: (query: RandomQuery) => Promise<boolean>,
  budget = 400,
): Promise<RandomQuery> {
  let smallest = query;
  let tries = 0;
  for (let progress = true; progress; ) {
    progress = false;
    const size = querySize(smallest);
    for (const candidate of smallerQueries(smallest)) {
      if (tries === budget) return smallest;
      if (querySize(candidate) >= size) continue;
      tries++;
      if (!(await fails(candidate))) continue;
      smallest = candidate;
      progress = true;
      break;
    }
  }
  return smallest;
}

/** The shortest range of rows, found by halving, for which the failure stays. */
export async function shrinkRows(
  from: number,
  to: number,
  fails: (from: number, to: number) => Promise<boolean>,
): Promise<readonly [number, number]> {
  let [low, high] = [from, to];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (await fails(low, middle)) high = middle;
    else if (await fails(middle, high)) low = middle;
    else break;
  }
  return [low, high];
}
