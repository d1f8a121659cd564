import { z } from 'zod';
import { caseKey, type Levels } from '../samples/levels.ts';
import type { CaseSummary } from '../samples/summary.ts';
import { formatInterval, formatNumber } from '../samples/table.ts';
import { type Estimate, estimate } from '../statistics/bootstrap.ts';
import type { FindingSubject, FindingType } from './finding.ts';
import { describeVarying } from './varying-levels.ts';

/** Which fraction of the work is serial, by the times at several levels of `x`, numbers of cores with 1 among them. */
export const amdahlSchema = z.strictObject({
  type: z.literal('amdahl'),
  x: z.string(),
  /** A sentence for each level of this factor. */
  factor: z.string(),
});

type Amdahl = z.infer<typeof amdahlSchema>;

/** With 1 and one other number of cores every fraction fits. */
const LEAST_COUNTS = 3;

/** Speed-ups by number of cores, all other levels equal. */
interface Scaling {
  readonly levels: Levels;
  /** By number of cores, 1 left out. */
  readonly speedUps: ReadonlyMap<number, Estimate>;
  /** The fraction f in the law. */
  readonly serial: Estimate;
  /** By how much of itself a measured speed-up is off the law at most. */
  readonly misfit: number;
}

/**
 * Amdahl's law (Amdahl 1967) for p cores: T(p) / T(1) = f + (1 - f) / p, f being the serial fraction. Speed-ups are made
 * within rounds, in which all numbers of cores took turns; f is fitted to each round by least squares, and told as the
 * median of the rounds with its 95 % bootstrap interval. f has in it whatever keeps p cores from p times the speed:
 * waking and waiting, shared caches and memory. It is above 1 where more cores are slower.
 */
export const amdahl: FindingType<Amdahl> = {
  names: ({ x, factor }) => [
    { key: 'x', factor: x },
    { key: 'factor', factor },
  ],
  tell({ x, factor }, experiment, summaries, seed) {
    const scalings = scalingsOf(x, summaries, seed);
    if (scalings.length === 0) return undefined;
    const levels = [...new Set(scalings.map((scaling) => scaling.levels[factor]!))];
    const told = levels.map((level) => {
      const own = scalings.filter((scaling) => scaling.levels[factor] === level);
      return `${level}: ${tellLevel(own, factor, experiment)}.`;
    });
    const counts = new Set(scalings.flatMap(({ speedUps }) => [1, ...speedUps.keys()]));
    if (counts.size < LEAST_COUNTS)
      told.push(
        `measured at ${[...counts].join(' and ')} ${x} only, where any serial fraction fits: these are speed-ups in other words, and no evidence that Amdahl's law holds.`,
      );
    return told;
  },
  table({ x }, experiment, summaries, seed) {
    const scalings = scalingsOf(x, summaries, seed);
    const counts = [...new Set(scalings.flatMap(({ speedUps }) => [...speedUps.keys()]))].sort((a, b) => a - b);
    return {
      header: ['', ...counts.map((count) => `speed-up at ${count} ${x}`), 'serial fraction', 'speed-up at most'],
      rows: scalings.map(({ levels, speedUps, serial }) => [
        describeVarying(levels, experiment),
        ...counts.map((count) => {
          const speedUp = speedUps.get(count);
          return speedUp ? formatInterval(speedUp) : '';
        }),
        formatInterval(serial),
        limitOf(serial.median),
      ]),
    };
  },
};

function tellLevel(scalings: readonly Scaling[], factor: string, experiment: FindingSubject): string {
  const sorted = [...scalings].sort((a, b) => a.serial.median - b.serial.median);
  const [least, most] = [sorted[0]!, sorted.at(-1)!];
  const tell = ({ levels, serial }: Scaling) => {
    const where = describeVarying({ ...levels, [factor]: '' }, experiment);
    return `${formatInterval(serial)}${where === '' ? '' : `, ${where}`}, ${meaningOf(serial.median)}`;
  };
  const fraction =
    sorted.length === 1
      ? `the serial fraction is ${tell(least)}`
      : `the serial fraction goes from ${tell(least)}, to ${tell(most)}`;
  const counts = Math.max(...scalings.map(({ speedUps }) => 1 + speedUps.size));
  if (counts < LEAST_COUNTS) return fraction;
  const misfit = Math.max(...scalings.map((scaling) => scaling.misfit));
  return `${fraction}; speed-ups are off Amdahl's law by ${formatNumber(100 * misfit)} % at most`;
}

function scalingsOf(x: string, summaries: readonly CaseSummary[], seed: number): Scaling[] {
  const groups = new Map<string, { levels: Levels; cases: Map<number, CaseSummary> }>();
  for (const summary of summaries) {
    if (summary.metric !== 'time' || summary.wrong !== undefined) continue;
    const levels = { ...summary.levels, [x]: '' };
    const group = groups.get(caseKey('', levels)) ?? { levels, cases: new Map() };
    groups.set(caseKey('', levels), group);
    group.cases.set(Number(summary.levels[x]), summary);
  }
  return [...groups.values()].flatMap(({ levels, cases }) => scalingOf(levels, cases, seed) ?? []);
}

function scalingOf(levels: Levels, cases: ReadonlyMap<number, CaseSummary>, seed: number): Scaling | undefined {
  const counts = [...cases.keys()].filter((count) => count > 1).sort((a, b) => a - b);
  const alone = cases.get(1);
  if (!alone || counts.length === 0) return undefined;
  /** Of the rounds in which all numbers of cores were measured, the speed-ups in the order of `counts`. */
  const rounds = alone.rounds.flatMap((round, i) => {
    const speedUps = counts.flatMap((count) => {
      const { rounds, values } = cases.get(count)!;
      const at = rounds.indexOf(round);
      return at < 0 ? [] : [alone.values[i]! / values[at]!];
    });
    return speedUps.length === counts.length ? [speedUps] : [];
  });
  if (rounds.length === 0) return undefined;
  const serial = estimate(
    rounds.map((speedUps) => serialFraction(counts, speedUps)),
    seed,
  );
  const speedUps = new Map(
    counts.map((count, i) => [
      count,
      estimate(
        rounds.map((ofRound) => ofRound[i]!),
        seed,
      ),
    ]),
  );
  const misfits = [...speedUps].map(([count, { median }]) => Math.abs(speedUpBy(serial.median, count) / median - 1));
  return { levels, speedUps, serial, misfit: Math.max(...misfits) };
}

/** The f for which the squares of T(p) / T(1) - f - (1 - f) / p, over all p, are the least. */
function serialFraction(counts: readonly number[], speedUps: readonly number[]): number {
  let products = 0;
  let squares = 0;
  for (const [i, p] of counts.entries()) {
    const lost = 1 - 1 / p;
    products += (1 / speedUps[i]! - 1 / p) * lost;
    squares += lost * lost;
  }
  return products / squares;
}

function speedUpBy(serial: number, p: number): number {
  return 1 / (serial + (1 - serial) / p);
}

function meaningOf(serial: number): string {
  return serial < 1 ? `which limits the speed-up to ${limitOf(serial)}` : 'where more are no faster';
}

/** The speed-up that no number of cores can exceed. */
function limitOf(serial: number): string {
  if (serial >= 1) return '1';
  return serial > 0 ? formatNumber(1 / serial) : 'nothing';
}
