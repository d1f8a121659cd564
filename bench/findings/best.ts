import { z } from 'zod';
import { caseKey, type Levels } from '../samples/levels.ts';
import type { CaseSummary } from '../samples/summary.ts';
import { formatInterval, formatNumber } from '../samples/table.ts';
import { estimateRatio } from '../statistics/bootstrap.ts';
import { canBeSignificant, mannWhitney, SIGNIFICANT } from '../statistics/mann-whitney.ts';
import type { FindingSubject, FindingType } from './finding.ts';
import { describeVarying } from './varying-levels.ts';

/**
 * Which level of the factor `x`, whose levels are numbers, is the best by a metric of which more is better; and up to
 * where another one, `gain`, grows in proportion to x.
 */
export const bestSchema = z.strictObject({
  type: z.literal('best'),
  x: z.string(),
  metric: z.string(),
  gain: z.string(),
});

type Best = z.infer<typeof bestSchema>;

/** A level of x: what it gains may be unknown. */
interface Step {
  readonly x: number;
  readonly merit: CaseSummary;
  readonly gain: CaseSummary | undefined;
}

interface Range {
  /** What its cases have in common. */
  readonly levels: Levels;
  /** By ascending x. */
  readonly steps: readonly Step[];
}

/** A gain that stays so much behind the step of x is less than proportional. */
const MARGIN = 0.05;

/**
 * A sentence for each combination of the other levels. Levels that do not differ significantly from the best one
 * (Mann-Whitney U, p >= 0.05) are named with it. Growth is less than proportional at the first step at which the ratio
 * of the gains over the ratio of the levels, with its whole 95 % interval, is below 1 and its median below 0.95.
 */
export const best: FindingType<Best> = {
  names: ({ x }) => [{ key: 'x', factor: x }],
  tell: (finding, experiment, summaries, seed) =>
    rangesOf(finding, summaries).map((range) => tellRange(finding, experiment, range, seed)),
  table(finding, experiment, summaries) {
    const unit = (metric: string) => summaries.find((summary) => summary.metric === metric)?.unit ?? '';
    const rows = rangesOf(finding, summaries).flatMap(({ levels, steps }) =>
      steps.map(({ x, merit, gain }) => [
        describeVarying({ ...levels, [finding.x]: String(x) }, experiment),
        gain ? formatInterval(gain) : '',
        formatInterval(merit),
      ]),
    );
    const title = (metric: string) => `${metric}, ${unit(metric)}`;
    return { header: ['', title(finding.gain), title(finding.metric)], rows };
  },
};

function rangesOf({ x, metric, gain }: Best, summaries: readonly CaseSummary[]): Range[] {
  const right = summaries.filter((summary) => summary.wrong === undefined);
  const gains = new Map(
    right.filter((other) => other.metric === gain).map((other) => [caseKey('', other.levels), other]),
  );
  const ranges = new Map<string, { levels: Levels; steps: Step[] }>();
  for (const merit of right) {
    if (merit.metric !== metric) continue;
    const levels = { ...merit.levels, [x]: '' };
    const range = ranges.get(caseKey('', levels)) ?? { levels, steps: [] };
    ranges.set(caseKey('', levels), range);
    range.steps.push({ x: Number(merit.levels[x]), merit, gain: gains.get(caseKey('', merit.levels)) });
  }
  return [...ranges.values()]
    .filter(({ steps }) => steps.length > 1)
    .map(({ levels, steps }) => ({ levels, steps: steps.sort((a, b) => a.x - b.x) }));
}

function tellRange(
  { x, metric, gain }: Best,
  experiment: FindingSubject,
  { levels, steps }: Range,
  seed: number,
): string {
  const where = describeVarying(levels, experiment);
  const top = steps.reduce((a, b) => (b.merit.median > a.merit.median ? b : a));
  const equals = steps.filter((step) => step !== top && isLikeBest(step.merit, top.merit)).map((step) => step.x);
  const isTested = steps.every(({ merit }) => canBeSignificant(merit.n, top.merit.n));
  const alike = equals.length === 0 ? '' : `, no significant difference at ${equals.join(', ')}`;
  const same = isTested ? alike : ', in too few rounds for a test';
  const head = `${where === '' ? '' : `${where}: `}the best ${metric} is ${formatInterval(top.merit)} ${top.merit.unit} at ${x} ${top.x}${same}`;
  const knee = kneeOf(steps, seed);
  if (!knee) return `${head}; ${gain} never grow less than in proportion to ${x}.`;
  const { before, after, ratio } = knee;
  return `${head}; ${gain} grow less than in proportion to ${x} from ${before} on: to ${after} by ${formatInterval(ratio)} times for ${formatNumber(after / before)} times.`;
}

function isLikeBest(own: CaseSummary, top: CaseSummary): boolean {
  return mannWhitney(own.values, top.values) >= SIGNIFICANT;
}

function kneeOf(steps: readonly Step[], seed: number) {
  for (const [i, step] of steps.entries()) {
    const before = steps[i - 1];
    if (!before?.gain || !step.gain) continue;
    const ratio = estimateRatio(step.gain.values, before.gain.values, seed);
    const proportional = step.x / before.x;
    if (ratio.high < proportional && ratio.median < proportional * (1 - MARGIN))
      return { before: before.x, after: step.x, ratio };
  }
  return undefined;
}
