import { z } from 'zod';
import { caseKey, type Levels } from '../samples/levels.ts';
import type { CaseSummary } from '../samples/summary.ts';
import { formatNumber } from '../samples/table.ts';
import { type Estimate, estimateGeometricMean, estimateRatio } from '../statistics/bootstrap.ts';
import type { FindingSubject, FindingType } from './finding.ts';
import { describeVarying } from './varying-levels.ts';

/** Where the time of an element, the metric `each`, rises with the number of elements, and which cache ends there. */
export const kneeSchema = z.strictObject({
  type: z.literal('knee'),
  /** The factor that counts the elements. */
  x: z.string(),
  /** Of this factor one level is told. */
  factor: z.string(),
  level: z.union([z.string().min(1), z.number()]).transform(String),
});

type Knee = z.infer<typeof kneeSchema>;

/** Times of an element that are longer than the best by so much, interval and all, are not linear any more. */
const TOLERANCE = 1.1;
const MEMORY = 0;

interface Point {
  readonly x: number;
  readonly each: CaseSummary;
  /** Bytes that a call touches. */
  readonly bytes: number | undefined;
  /** The level of the smallest cache that holds them, 0 where none does. */
  readonly cache: number | undefined;
}

/** The points of cases that differ in the number of elements alone, in ascending order. */
interface Curve {
  readonly name: string;
  readonly points: readonly Point[];
}

/**
 * Scaling ends to be linear at the smallest number of elements from which on an element always takes longer than at
 * best. Why, is told by the bytes that a call touches (metric `bytes`): they outgrow a cache there (`cache`, its level).
 * Where they do not, it is another limit: a cache that others use too, the reach of the TLB, the prefetcher.
 */
export const knee: FindingType<Knee> = {
  names: ({ x, factor, level }) => [
    { key: 'x', factor: x },
    { key: 'factor', factor },
    { key: 'level', factor, level },
  ],
  tell(finding, experiment, summaries, seed) {
    const curves = curvesOf(finding, experiment, summaries).filter(({ points }) => points.length > 1);
    if (curves.length === 0) return undefined;
    const told = [...tellCaches(curves, seed), ...tellKnees(curves, seed)];
    return told.map((sentence) => `${finding.level}: ${sentence}.`);
  },
};

function curvesOf({ x, factor, level }: Knee, experiment: FindingSubject, summaries: readonly CaseSummary[]): Curve[] {
  const medians = (metric: string) =>
    new Map(summaries.filter((each) => each.metric === metric).map((each) => [caseKey('', each.levels), each.median]));
  const bytes = medians('bytes');
  const caches = medians('cache');
  const curves = new Map<string, { name: string; points: Point[] }>();
  for (const each of summaries) {
    if (each.metric !== 'each' || each.levels[factor] !== level || each.wrong !== undefined) continue;
    const own = caseKey('', each.levels);
    const common: Levels = { ...each.levels, [x]: '', [factor]: '' };
    const key = caseKey('', common);
    const curve = curves.get(key) ?? { name: describeVarying(common, experiment), points: [] };
    curve.points.push({ x: Number(each.levels[x]), each, bytes: bytes.get(own), cache: caches.get(own) });
    curves.set(key, curve);
  }
  for (const { points } of curves.values()) points.sort((a, b) => a.x - b.x);
  return [...curves.values()];
}

/** How much longer an element takes out of each further cache, over the curves that have points in both. */
function tellCaches(curves: readonly Curve[], seed: number): string[] {
  const all = new Set(curves.flatMap(({ points }) => points.map(({ cache }) => cache)));
  const levels = [...all].filter((level) => level !== undefined).sort((a, b) => distance(a) - distance(b));
  const nearest = levels.shift();
  if (nearest === undefined || levels.length === 0) return [];
  const ratios = levels.flatMap((level) => {
    const pairs = curves
      .map(({ points }) => ({ near: timesIn(points, nearest), far: timesIn(points, level) }))
      .filter(({ near, far }) => near.length > 0 && far.length > 0);
    if (pairs.length === 0) return [];
    const ratio = estimateGeometricMean(
      pairs.map(({ near, far }) => {
        const best = near.toSorted((a, b) => a - b)[near.length >> 1]!;
        return far.map((time) => time / best);
      }),
      seed,
    );
    return `${factorOf(ratio)} from ${cacheName(level)}`;
  });
  if (ratios.length === 0) return [];
  const mean = curves.length === 1 ? '' : ` (geometric means of ${curves.length} cases)`;
  return [`against ${cacheName(nearest)}, an element takes ${inWords(ratios)}${mean}`];
}

function timesIn(points: readonly Point[], cache: number): number[] {
  return points.filter((point) => point.cache === cache).flatMap(({ each }) => each.values);
}

/** Where scaling ends to be linear, by reason. */
function tellKnees(curves: readonly Curve[], seed: number): string[] {
  const ends = new Map<string, string[]>();
  const linear: string[] = [];
  for (const { name, points } of curves) {
    const best = points.reduce((a, b) => (b.each.median < a.each.median ? b : a));
    const ratioOf = (point: Point) => estimateRatio(point.each.values, best.each.values, seed);
    const isSlow = points.map((point) => point.x > best.x && ratioOf(point).low > TOLERANCE);
    const start = isSlow.lastIndexOf(false) + 1;
    const [before, at, last] = [points[start - 1], points[start], points.at(-1)!];
    if (!at || !before) {
      linear.push(name);
      continue;
    }
    const size = at.bytes === undefined ? '' : `${formatBytes(at.bytes)}; `;
    const where = last === at ? '' : ` at ${formatCount(last.x)}`;
    const told = `${name} at ${formatCount(at.x)} (${size}${factorOf(ratioOf(last))}${where})`;
    const reason = reasonOf(before, at);
    ends.set(reason, [...(ends.get(reason) ?? []), told]);
  }
  const told = [...ends].map(([reason, cases]) => `${reason}: ${cases.join(', ')}`);
  if (linear.length > 0) told.push(`to the end: ${linear.join(', ')}`);
  return [`time is linear ${told.join('; ')}`];
}

function reasonOf(before: Point, at: Point): string {
  if (before.cache === undefined || at.cache === undefined) return 'up to a size';
  return before.cache === at.cache
    ? `up to a size within ${cacheName(at.cache)}`
    : `until the arrays outgrow ${cacheName(before.cache)}`;
}

function distance(cache: number): number {
  return cache === MEMORY ? Number.POSITIVE_INFINITY : cache;
}

function cacheName(cache: number): string {
  return cache === MEMORY ? 'memory' : `L${cache}`;
}

function factorOf({ median, low, high }: Estimate): string {
  return `${formatNumber(median)} times as long (${formatNumber(low)} – ${formatNumber(high)})`;
}

function inWords(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

function formatCount(count: number): string {
  const exponent = Math.log2(count);
  return Number.isInteger(exponent) ? `2^${exponent}` : String(count);
}

function formatBytes(bytes: number): string {
  return bytes < 2 ** 20 ? `${formatNumber(bytes / 2 ** 10)} KiB` : `${formatNumber(bytes / 2 ** 20)} MiB`;
}
