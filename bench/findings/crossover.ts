import { median as medianOf, quantileSorted, sampleWithReplacement } from 'simple-statistics';
import { z } from 'zod';
import { caseKey, type Levels } from '../samples/levels.ts';
import type { CaseSummary } from '../samples/summary.ts';
import { formatNumber } from '../samples/table.ts';
import { seededRandom } from '../statistics/random.ts';
import type { FindingSubject, FindingType } from './finding.ts';
import { describeVarying } from './varying-levels.ts';

const level = z.union([z.string().min(1), z.number()]).transform(String);

/** At which level of the factor `x`, whose levels are numbers above 0, two levels of another factor take equally long. */
export const crossoverSchema = z.strictObject({
  type: z.literal('crossover'),
  x: z.string(),
  factor: z.string(),
  subject: level,
  baseline: level,
});

type Crossover = z.infer<typeof crossoverSchema>;

const RESAMPLES = 1000;
/** Larger than any level. */
const BEYOND = Number.MAX_SAFE_INTEGER;

/** Times of both at one x. */
interface Step {
  readonly x: number;
  readonly subject: readonly number[];
  readonly baseline: readonly number[];
}

/** The curves of both over x, all other levels equal. */
interface Race {
  /** What its cases have in common. */
  readonly levels: Levels;
  /** By ascending x. */
  readonly steps: readonly Step[];
}

/**
 * Where the curves of median times cross, a sentence for each combination of the other levels: between the two levels of
 * x where the faster one changes, both axes taken as logarithms and the curves as straight. The interval holds 95 % of
 * the crossings that are found when the rounds of each case are resampled; resamples without a crossing are counted as
 * beyond the range, on the side of the winner. The last crossing counts where there are several, and that is said.
 */
export const crossover: FindingType<Crossover> = {
  names: ({ x, factor, subject, baseline }) => [
    { key: 'x', factor: x },
    { key: 'factor', factor },
    { key: 'subject', factor, level: subject },
    { key: 'baseline', factor, level: baseline },
  ],
  tell: (finding, experiment, summaries, seed) =>
    racesOf(finding, summaries).map((race) => tellRace(finding, experiment, race, seed)),
};

function racesOf({ x, factor, subject, baseline }: Crossover, summaries: readonly CaseSummary[]): Race[] {
  const races = new Map<string, { levels: Levels; steps: Map<number, { [level: string]: readonly number[] }> }>();
  for (const { metric, levels, values, wrong } of summaries) {
    if (metric !== 'time' || wrong !== undefined) continue;
    const common = { ...levels, [x]: '', [factor]: '' };
    const key = caseKey('', common);
    const race = races.get(key) ?? { levels: common, steps: new Map() };
    races.set(key, race);
    const place = Number(levels[x]);
    race.steps.set(place, { ...race.steps.get(place), [levels[factor]!]: values });
  }
  return [...races.values()].flatMap(({ levels, steps }) => {
    const both = [...steps]
      .flatMap(([place, times]) => {
        const [above, below] = [times[subject], times[baseline]];
        return above && below ? [{ x: place, subject: above, baseline: below }] : [];
      })
      .sort((a, b) => a.x - b.x);
    return both.length < 2 ? [] : [{ levels, steps: both }];
  });
}

function tellRace(
  { x, subject, baseline }: Crossover,
  experiment: FindingSubject,
  { levels, steps }: Race,
  seed: number,
): string {
  const lags = steps.map((step) => lagOf(medianOf([...step.subject]), medianOf([...step.baseline])));
  const crossings = crossingsOf(steps, lags);
  const [first, last] = [steps[0]!.x, steps.at(-1)!.x];
  const [winner, loser] = lags[0]! <= 0 ? [subject, baseline] : [baseline, subject];
  const varying = describeVarying(levels, experiment);
  const where = varying === '' ? '' : `${varying}: `;
  const at = crossings.at(-1);
  if (at === undefined)
    return `${where}${winner} is faster than ${loser} over the whole range, ${x} ${first} to ${last}.`;
  const { low, high } = intervalOf(steps, seed);
  const place = `${x} ${formatNumber(at)} (${bound(low, first, last)} – ${bound(high, first, last)})`;
  return crossings.length === 1
    ? `${where}${winner} is faster up to, and ${loser} from, ${place}.`
    : `${where}${winner} and ${loser} cross ${crossings.length} times, the last time at ${place}.`;
}

function bound(value: number, first: number, last: number): string {
  if (value < first) return `below ${first}`;
  return value > last ? `above ${last}` : formatNumber(value);
}

/** The logarithm of how many times as long as the baseline the subject takes. */
function lagOf(subject: number, baseline: number): number {
  return Math.log(subject / baseline);
}

/** The places at which the lag changes its sign, ascending. */
function crossingsOf(steps: readonly Step[], lags: readonly number[]): number[] {
  return lags.slice(1).flatMap((lag, i) => {
    const before = lags[i]!;
    if (before <= 0 === lag <= 0) return [];
    const [left, right] = [Math.log(steps[i]!.x), Math.log(steps[i + 1]!.x)];
    return Math.exp(left + ((right - left) * before) / (before - lag));
  });
}

/** Of the last crossing; beyond the range where a resample has none. */
function intervalOf(steps: readonly Step[], seed: number): { low: number; high: number } {
  const random = seededRandom(seed);
  const draw = (values: readonly number[]) => medianOf(sampleWithReplacement([...values], values.length, random));
  const rises = lastLag(steps) > 0;
  const drawn = Array.from({ length: RESAMPLES }, () => {
    const lags = steps.map(({ subject, baseline }) => lagOf(draw(subject), draw(baseline)));
    // Without a crossing, whoever wins at the end as it should has won from the start on.
    const none = lags.at(-1)! > 0 === rises ? 0 : BEYOND;
    return crossingsOf(steps, lags).at(-1) ?? none;
  }).sort((a, b) => a - b);
  return { low: quantileSorted(drawn, 0.025), high: quantileSorted(drawn, 0.975) };
}

function lastLag(steps: readonly Step[]): number {
  const { subject, baseline } = steps.at(-1)!;
  return lagOf(medianOf([...subject]), medianOf([...baseline]));
}
