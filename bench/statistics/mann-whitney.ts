import { errorFunction } from 'simple-statistics';

/** Differences with a smaller p are called significant. */
export const SIGNIFICANT = 0.05;

/** Up to so many values in all, p is exact. */
const EXACT = 50;

/**
 * The two-sided Mann-Whitney U test (Mann & Whitney 1947): how likely it is that two samples of one distribution differ
 * in their ranks by at least so much. Equal values share the mean of their ranks. Up to 50 values in all, p is exact,
 * ties or not, by counting the subsets of the pooled ranks (the shift algorithm of Streitberg & Röhmel 1986); beyond,
 * it is the normal approximation with corrections for ties and continuity (Lehmann 1975, section 1.2).
 * @returns p, twice the smaller tail, at most 1.
 */
export function mannWhitney(a: readonly number[], b: readonly number[]): number {
  if (a.length === 0 || b.length === 0) return 1;
  const ranks = doubledRanks([...a, ...b]);
  const sum = ranks.slice(0, a.length).reduce((total, rank) => total + rank, 0);
  return ranks.length <= EXACT ? exact(ranks, a.length, sum) : approximate(ranks, a.length, sum);
}

/** Whether samples of these sizes can be told apart at all: 3 and 3, for one, cannot, however far they lie apart. */
export function canBeSignificant(a: number, b: number): boolean {
  let arrangements = 1;
  for (let i = 1; i <= a; i++) arrangements *= (b + i) / i;
  return 2 / arrangements < SIGNIFICANT;
}

/** Ranks from 1, doubled, so that the means that ties share are whole numbers. */
function doubledRanks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((i, j) => values[i]! - values[j]!);
  const ranks = new Array<number>(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    for (let i = start; i < end; i++) ranks[order[i]!] = start + 1 + end;
    start = end;
  }
  return ranks;
}

/** Counts, by their sum, all ways to choose `size` of the ranks. */
function exact(ranks: readonly number[], size: number, sum: number): number {
  const most = ranks.reduce((total, rank) => total + rank, 0);
  // ways[k][s]: how many choices of k of the ranks seen so far add up to s.
  const ways = Array.from({ length: size + 1 }, () => new Float64Array(most + 1));
  ways[0]![0] = 1;
  for (const rank of ranks) {
    for (let k = size; k >= 1; k--) {
      const fewer = ways[k - 1]!;
      const here = ways[k]!;
      for (let s = most; s >= rank; s--) here[s]! += fewer[s - rank]!;
    }
  }
  let all = 0;
  let below = 0;
  let above = 0;
  ways[size]!.forEach((count, s) => {
    all += count;
    if (s <= sum) below += count;
    if (s >= sum) above += count;
  });
  return Math.min(1, (2 * Math.min(below, above)) / all);
}

function approximate(ranks: readonly number[], size: number, sum: number): number {
  const n = ranks.length;
  const others = n - size;
  const ties = new Map<number, number>();
  for (const rank of ranks) ties.set(rank, (ties.get(rank) ?? 0) + 1);
  const lost = [...ties.values()].reduce((total, t) => total + (t ** 3 - t), 0) / (n * (n - 1));
  const deviation = Math.sqrt(((size * others) / 12) * (n + 1 - lost));
  const distance = Math.abs(sum / 2 - (size * (n + 1)) / 2) - 0.5;
  if (deviation === 0 || distance <= 0) return 1;
  return Math.min(1, 1 - errorFunction(distance / deviation / Math.SQRT2));
}
