import { median as medianOf, quantileSorted, sampleWithReplacement } from 'simple-statistics';
import { z } from 'zod';
import { caseKey, type Levels } from '../samples/levels.ts';
import type { CaseSummary } from '../samples/summary.ts';
import { formatInterval, formatNumber } from '../samples/table.ts';
import { estimateRatio } from '../statistics/bootstrap.ts';
import { seededRandom } from '../statistics/random.ts';
import type { FindingSubject, FindingType } from './finding.ts';
import { describeVarying } from './varying-levels.ts';

/** From which level of `x` on, a number, the time stays near that of the last one, the steady state. */
export const settlesSchema = z.strictObject({
  type: z.literal('settles'),
  x: z.string(),
  /** How far above the steady state is still near it: 0.1 is 10 %. */
  within: z.number().positive(),
});

type Settles = z.infer<typeof settlesSchema>;

interface Course {
  /** What its cases have in common. */
  readonly levels: Levels;
  /** The times, by ascending x. */
  readonly steps: readonly { readonly x: number; readonly time: CaseSummary }[];
  /** Where V8 changed compilers, from the case of the last x: metrics that count in x. */
  readonly changes: readonly CaseSummary[];
}

const RESAMPLES = 1000;

/**
 * A sentence for each combination of the other levels: the first against the last, and where it settles, with the range
 * that holds 95 % of the places found when the rounds are resampled, the same rounds for all x.
 */
export const settles: FindingType<Settles> = {
  names: ({ x }) => [{ key: 'x', factor: x }],
  tell: (finding, experiment, summaries, seed) =>
    coursesOf(finding.x, summaries).map((course) => tellCourse(finding, experiment, course, seed)),
};

function coursesOf(x: string, summaries: readonly CaseSummary[]): Course[] {
  const courses = new Map<string, { levels: Levels; steps: Course['steps'][number][]; changes: CaseSummary[] }>();
  for (const summary of summaries) {
    if (summary.wrong !== undefined) continue;
    const levels = { ...summary.levels, [x]: '' };
    const course = courses.get(caseKey('', levels)) ?? { levels, steps: [], changes: [] };
    courses.set(caseKey('', levels), course);
    if (summary.metric === 'time') course.steps.push({ x: Number(summary.levels[x]), time: summary });
    else if (summary.unit === x) course.changes.push(summary);
  }
  return [...courses.values()]
    .filter(({ steps }) => steps.length > 1)
    .map((course) => ({ ...course, steps: course.steps.sort((a, b) => a.x - b.x) }));
}

function tellCourse(
  { x, within }: Settles,
  experiment: FindingSubject,
  { levels, steps, changes }: Course,
  seed: number,
): string {
  const [first, last] = [steps[0]!, steps.at(-1)!];
  const where = describeVarying(levels, experiment);
  const ratio = estimateRatio(first.time.values, last.time.values, seed);
  const place = placeOf(
    steps.map(({ x, time }) => ({ x, time: time.median })),
    within,
  );
  const { low, high } = placesOf(steps, within, seed);
  const near = `at most ${formatNumber(100 * within)} % above it from ${x} ${place} on (${low} – ${high})`;
  const seen = changes
    .toSorted((a, b) => a.median - b.median)
    .map(({ metric, median, low, high }) => `${metric} ${low === high ? median : formatRange(median, low, high)}`);
  const code = seen.length === 0 ? '' : `; first ${x} in the code of: ${seen.join(', ')}`;
  return `${where === '' ? '' : `${where}: `}${x} ${first.x} takes ${formatInterval(ratio)} times as long as ${x} ${last.x}; ${near}${code}.`;
}

function formatRange(median: number, low: number, high: number): string {
  return `${median} (${low} – ${high})`;
}

/** The first x from which on no time is further above the last one. */
function placeOf(steps: readonly { readonly x: number; readonly time: number }[], within: number): number {
  const bound = steps.at(-1)!.time * (1 + within);
  const lastAbove = steps.findLastIndex(({ time }) => time > bound);
  return steps[lastAbove + 1]!.x;
}

function placesOf(steps: Course['steps'], within: number, seed: number): { low: number; high: number } {
  const random = seededRandom(seed);
  const times = steps.map(({ x, time }) => ({
    x,
    byRound: new Map(time.rounds.map((round, i) => [round, time.values[i]!])),
  }));
  const rounds = [...times[0]!.byRound.keys()].filter((round) => times.every(({ byRound }) => byRound.has(round)));
  const places = Array.from({ length: RESAMPLES }, () => {
    const drawn = sampleWithReplacement(rounds, rounds.length, random);
    return placeOf(
      times.map(({ x, byRound }) => ({ x, time: medianOf(drawn.map((round) => byRound.get(round)!)) })),
      within,
    );
  }).sort((a, b) => a - b);
  return { low: nearest(places, 0.025), high: nearest(places, 0.975) };
}

/** A level that was measured, where the quantile would lie between two. */
function nearest(sorted: readonly number[], p: number): number {
  const quantile = quantileSorted([...sorted], p);
  return sorted.find((value) => value >= quantile)!;
}
