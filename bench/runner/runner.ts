import { AnswerBook } from '../answers/answers.ts';
import type { Experiment } from '../experiment/experiment.ts';
import { caseName, type Levels } from '../experiment/factors.ts';
import type { Kind, KindContext, Measurement, Rounds, Session } from '../kinds/kind.ts';
import { caseKey, type Sample, type SamplesFile } from '../results/samples.ts';
import { outliers, seededRandom, shuffled } from '../statistics/statistics.ts';
import { untilQuiet, watchMachine } from './disturbance.ts';

/** Cases that differ in the contenders alone and so are measured in turns. */
interface Contest {
  readonly levels: Levels;
  readonly cases: Levels[];
}

/** Groups cases by all but the contending factors, in the order of the first case of each. */
export function contestsOf(cases: readonly Levels[], contenders: readonly string[]): Contest[] {
  const contests = new Map<string, Contest>();
  for (const levels of cases) {
    const common = Object.fromEntries(Object.entries(levels).filter(([factor]) => !contenders.includes(factor)));
    const key = JSON.stringify(common);
    const contest = contests.get(key);
    if (contest) contest.cases.push(levels);
    else contests.set(key, { levels: common, cases: [levels] });
  }
  return [...contests.values()];
}

/**
 * Measures one experiment. Of each contest: every case is warmed up, then in each round every case is measured once, in
 * an order drawn anew for each round from `seed`. All answers, those of the warm-up too, are checked against the first
 * one given to the same question. A contest whose cases are all in `file` is left out.
 * @throws SluiceError `bad-value` when two answers differ; whatever the kind throws.
 */
export async function measureExperiment(
  experiment: Experiment,
  kind: Kind,
  session: Session,
  file: SamplesFile,
  seed: number,
  context: KindContext,
): Promise<void> {
  const book = new AnswerBook();
  const random = seededRandom(seed);
  const done = new Set(file.samples.map((sample) => caseKey(sample.experiment, sample.levels)));
  const contests = contestsOf(session.cases, kind.contenders);
  await untilQuiet(session.pids());
  for (const { what, why } of session.skipped) context.progress(`${experiment.name}: skipped ${what}: ${why}`);
  for (const [number, contest] of contests.entries()) {
    const label = `${experiment.name} ${number + 1}/${contests.length} ${describeContest(contest)}`;
    const missing = contest.cases.filter((levels) => !done.has(caseKey(experiment.name, levels)));
    if (missing.length === 0) {
      context.progress(`${label}: already measured`);
      continue;
    }
    const started = performance.now();
    await session.setUp(contest.levels);
    const measure = async (levels: Levels): Promise<Measurement> => {
      context.signal.throwIfAborted();
      const measurement = await session.measure(levels);
      const question = JSON.stringify(kind.answers.map((factor) => levels[factor]));
      if (measurement.answer) book.check(experiment.name, question, levels, measurement.answer);
      return measurement;
    };
    const roundsOf = (levels: Levels): Rounds => session.roundsOf?.(levels) ?? experiment;
    for (let i = 0; i < experiment.warmup; i++) {
      for (const levels of missing) if (i < roundsOf(levels).warmup) await measure(levels);
    }
    const samples: Sample[] = [];
    for (let round = 0; round < experiment.rounds; round++) {
      const due = missing.filter((levels) => round < roundsOf(levels).rounds);
      for (const levels of shuffled(due, random)) {
        const watch = watchMachine(session.pids());
        const { metrics } = await measure(levels);
        const disturbed = watch.stop();
        for (const metric of metrics)
          samples.push({ experiment: experiment.name, levels, round, ...metric, disturbed });
      }
    }
    await file.append(markOutliers(samples));
    context.progress(`${label}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
  }
}

function describeContest({ levels, cases }: Contest): string {
  const own = ['format', 'cores'].filter((factor) => levels[factor] !== undefined);
  return [caseName(levels), ...own.map((factor) => `${factor} ${levels[factor]}`), `${cases.length} cases`]
    .filter((part) => part !== '')
    .join(', ');
}

/** A round whose time is an outlier among the rounds of its case is disturbed, with all its metrics. */
export function markOutliers(samples: readonly Sample[]): Sample[] {
  const times = new Map<string, Sample[]>();
  for (const sample of samples) {
    if (sample.metric !== 'time') continue;
    const key = caseKey(sample.experiment, sample.levels);
    times.set(key, [...(times.get(key) ?? []), sample]);
  }
  const far = new Set<string>();
  for (const [key, ofCase] of times) {
    const flags = outliers(ofCase.map((sample) => sample.value));
    ofCase.forEach((sample, i) => {
      if (flags[i]) far.add(`${key} ${sample.round}`);
    });
  }
  return samples.map((sample) =>
    far.has(`${caseKey(sample.experiment, sample.levels)} ${sample.round}`) ? { ...sample, disturbed: true } : sample,
  );
}
