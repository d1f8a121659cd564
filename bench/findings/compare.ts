import { z } from 'zod';
import { caseKey, describeLevels, type Levels } from '../samples/levels.ts';
import type { CaseSummary } from '../samples/summary.ts';
import { formatInterval, formatNumber, formatP, type Table } from '../samples/table.ts';
import { type Estimate, estimate, estimateGeometricMean } from '../statistics/bootstrap.ts';
import { canBeSignificant, mannWhitney, SIGNIFICANT } from '../statistics/mann-whitney.ts';
import type { FindingSubject, FindingType } from './finding.ts';

const level = z.union([z.string().min(1), z.number()]).transform(String);

/** Two levels of one factor, all other factors equal. */
export const compareSchema = z.strictObject({
  type: z.literal('compare').default('compare'),
  factor: z.string(),
  subject: level,
  baseline: level,
  /** The factor of which each level gets a sentence of its own. */
  by: z.string().optional(),
});

type Compare = z.infer<typeof compareSchema>;

/** `few`: too few rounds for any test to tell. */
type Verdict = 'better' | 'worse' | 'same' | 'few';

/** Two cases that differ in one factor, and how they compare. */
interface Pair {
  /** What they have in common. */
  readonly levels: Levels;
  /** As the experiment says: how many times as fast the subject is, or its time over the baseline's; one a round. */
  readonly ratios: readonly number[];
  readonly ratio: Estimate;
  /** Of the Mann-Whitney U test on the times. */
  readonly p: number;
  readonly verdict: Verdict;
}

interface Compared {
  readonly pairs: readonly Pair[];
  /** What the cases have in common of which either is wrong. */
  readonly wrong: readonly Levels[];
}

/**
 * The time of the subject against that of the baseline. Ratios are made within rounds, in which both were measured one
 * after the other, so that a slow minute of the machine hits both: the estimate is the median of the rounds' ratios.
 * There is "no significant difference" when its 95 % interval includes 1, or when the Mann-Whitney U test gives
 * p >= 0.05; p is not corrected for the number of comparisons. Several pairs give the geometric mean of their ratios.
 * Cases that were measured in different contests share the numbers of their rounds only: that widens the interval.
 */
export const compare: FindingType<Compare> = {
  names: ({ factor, subject, baseline, by }) => [
    { key: 'factor', factor },
    { key: 'subject', factor, level: subject },
    { key: 'baseline', factor, level: baseline },
    ...(by === undefined ? [] : [{ key: 'by', factor: by }]),
  ],
  tell(finding, experiment, summaries, seed) {
    const { pairs, wrong } = comparedOf(finding, experiment, summaries, seed);
    const { by } = finding;
    if (by === undefined) return tellCompared(finding, experiment, { pairs, wrong }, seed);
    const levels = new Set([...pairs.map((pair) => pair.levels), ...wrong].map((common) => common[by]!));
    return [...levels].map((level) => {
      const own = (common: Levels) => common[by] === level;
      const compared = { pairs: pairs.filter((pair) => own(pair.levels)), wrong: wrong.filter(own) };
      return `${level}: ${tellCompared(finding, experiment, compared, seed)}`;
    });
  },
};

function tellCompared(
  finding: Compare,
  experiment: FindingSubject,
  { pairs, wrong }: Compared,
  seed: number,
): string | undefined {
  if (pairs.length === 0 && wrong.length === 0) return undefined;
  const told =
    pairs.length === 1 ? tellOne(finding, experiment, pairs[0]!) : tellSuite(finding, experiment, pairs, seed);
  if (wrong.length === 0) return `${told}.`;
  const cases = `results are wrong in ${wrong.length}: ${wrong.map(describeLevels).join('; ')}`;
  return pairs.length === 0 ? `${finding.subject} against ${finding.baseline}: ${cases}.` : `${told}; ${cases}.`;
}

const RATIO_TITLES = { speed: 'times as fast', time: 'time over time (lower is better)' };

/**
 * The ratios of each comparison, with 95 % intervals: a column for each comparison, a row for each combination of the
 * other levels. A `~` marks differences that are not significant.
 */
export function ratioTable(
  experiment: FindingSubject & { readonly findings: readonly { readonly type: string }[] },
  summaries: readonly CaseSummary[],
  seed: number,
): Table {
  const own = summaries.filter((summary) => summary.experiment === experiment.name);
  const compared = experiment.findings
    .filter((finding): finding is Compare => finding.type === 'compare')
    .map((finding) => ({ ...finding, ...comparedOf(finding, experiment, own, seed) }))
    .filter(({ pairs, wrong }) => pairs.length + wrong.length > 0);
  const rows = new Map<string, string[]>();
  const put = (levels: Levels, column: number, cell: string) => {
    const name = describeLevels(levels);
    const row = rows.get(name) ?? [name, ...compared.map(() => '')];
    row[column + 1] = cell;
    rows.set(name, row);
  };
  for (const [column, { pairs, wrong }] of compared.entries()) {
    for (const { levels, ratio, verdict } of pairs)
      put(levels, column, formatInterval(ratio, verdict === 'same' || verdict === 'few' ? '~' : ''));
    for (const levels of wrong) put(levels, column, 'wrong');
  }
  const headings = compared.map(({ subject, baseline }) => `${subject} : ${baseline}`);
  return { header: [RATIO_TITLES[experiment.ratio], ...headings], rows: [...rows.values()] };
}

function comparedOf(
  { factor, subject, baseline }: Compare,
  { ratio }: FindingSubject,
  summaries: readonly CaseSummary[],
  seed: number,
): Compared {
  const times = summaries.filter(({ metric }) => metric === 'time');
  const common = (levels: Levels): Levels => ({ ...levels, [factor]: '' });
  const key = (levels: Levels) => caseKey('', common(levels));
  const baselines = new Map(
    times.filter(({ levels }) => levels[factor] === baseline).map((summary) => [key(summary.levels), summary]),
  );
  const pairs: Pair[] = [];
  const wrong: Levels[] = [];
  for (const summary of times) {
    const other = baselines.get(key(summary.levels));
    if (summary.levels[factor] !== subject || !other) continue;
    if (summary.wrong !== undefined || other.wrong !== undefined) wrong.push(common(summary.levels));
    else pairs.push(pairOf(common(summary.levels), summary, other, ratio, seed));
  }
  return { pairs, wrong };
}

function pairOf(
  levels: Levels,
  subject: CaseSummary,
  baseline: CaseSummary,
  kind: FindingSubject['ratio'],
  seed: number,
): Pair {
  const below = new Map(baseline.rounds.map((round, i) => [round, baseline.values[i]!]));
  const ratios = subject.rounds.flatMap((round, i) => {
    const other = below.get(round);
    if (other === undefined) return [];
    return kind === 'speed' ? other / subject.values[i]! : subject.values[i]! / other;
  });
  const ratio = estimate(ratios, seed);
  const p = mannWhitney(subject.values, baseline.values);
  return { levels, ratios, ratio, p, verdict: verdictOf(ratio, p, kind, canBeSignificant(subject.n, baseline.n)) };
}

function verdictOf(
  { median, low, high }: Estimate,
  p: number,
  kind: FindingSubject['ratio'],
  enough: boolean,
): Verdict {
  if (!enough) return 'few';
  if (p >= SIGNIFICANT || (low <= 1 && high >= 1)) return 'same';
  return median > 1 === (kind === 'speed') ? 'better' : 'worse';
}

function tellOne({ subject, baseline }: Compare, { ratio: kind }: FindingSubject, pair: Pair): string {
  const { ratio, p, verdict } = pair;
  if (verdict === 'few')
    return `${subject} ${relation(ratio, baseline, kind)} in ${ratio.n} ${ratio.n === 1 ? 'round' : 'rounds'}, too few for a test`;
  const told = `${relation(ratio, baseline, kind)} (${formatNumber(ratio.low)} – ${formatNumber(ratio.high)}, ${formatP(p)})`;
  return verdict === 'same'
    ? `no significant difference between ${subject} and ${baseline}: ${subject} ${told}`
    : `${subject} ${told}`;
}

function tellSuite(
  { subject, baseline }: Compare,
  { ratio: kind }: FindingSubject,
  pairs: readonly Pair[],
  seed: number,
): string {
  if (pairs.length === 0) return '';
  const mean = estimateGeometricMean(
    pairs.map(({ ratios }) => ratios),
    seed,
  );
  const count = (verdict: Verdict) => pairs.filter((pair) => pair.verdict === verdict).length;
  const sorted = [...pairs].sort((a, b) => a.ratio.median - b.ratio.median);
  const [least, most] = [sorted[0]!, sorted.at(-1)!];
  const few = count('few');
  const same = mean.low <= 1 && mean.high >= 1 && few < pairs.length;
  return [
    same ? `no significant difference between ${subject} and ${baseline} on the whole: ${subject} ` : `${subject} `,
    relation(mean, baseline, kind),
    ` (${formatNumber(mean.low)} – ${formatNumber(mean.high)}, geometric mean of ${pairs.length} cases)`,
    `, from ${formatNumber(least.ratio.median)} (${describeLevels(least.levels)})`,
    ` to ${formatNumber(most.ratio.median)} (${describeLevels(most.levels)})`,
    few === pairs.length
      ? ', in too few rounds for a test'
      : `: faster in ${count('better')}, slower in ${count('worse')}, no significant difference in ${count('same')}`,
    few > 0 && few < pairs.length ? `, too few rounds for a test in ${few}` : '',
  ].join('');
}

function relation({ median }: Estimate, baseline: string, kind: FindingSubject['ratio']): string {
  return kind === 'time'
    ? `takes ${formatNumber(median)} times the time of ${baseline}`
    : `is ${formatNumber(median)} times as fast as ${baseline}`;
}
