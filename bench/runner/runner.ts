import { AnswerBook } from '../answers/answer-book.ts';
import type { Experiment } from '../experiment/experiment.ts';
import type { Kind, KindContext, Measurement, Metric, Session } from '../kinds/kind.ts';
import type { ContestRecord } from '../results/run-folder.ts';
import { caseKey, describeLevels, type Levels } from '../samples/levels.ts';
import type { Sample, SamplesFile } from '../samples/samples.ts';
import type { WrongCase } from '../samples/summary.ts';
import { outliers } from '../statistics/outliers.ts';
import { seededRandom, shuffled } from '../statistics/random.ts';
import { type Contest, contestsOf, describeContest } from './contest.ts';
import { type Watched, watchMachine } from './disturbance.ts';
import { stopReason, widestInterval } from './stopping.ts';
import type { TimeLeft } from './time-left.ts';

/** Where a runner writes down what it measures, and how far it has come. */
export interface Records {
  readonly file: SamplesFile;
  readonly timeLeft: TimeLeft;
  /** Called when a contest is done and its samples are in the file, with all wrong cases known by then. */
  contestDone(record: ContestRecord, wrong: readonly WrongCase[]): Promise<void>;
}

/**
 * Measures one experiment. Of each contest: every case is warmed up, then in each round every case is measured once, in
 * an order drawn anew for each round from `seed`, until the experiment's stopping rule says that it is enough. All
 * answers, those of the warm-up too, are compared with those given to the same question. A contest whose cases are all
 * in the file is left out.
 * @throws whatever the kind throws.
 */
export async function measureExperiment(
  experiment: Experiment,
  kind: Kind,
  session: Session,
  records: Records,
  seed: number,
  context: KindContext,
): Promise<void> {
  const book = new AnswerBook();
  const random = seededRandom(seed);
  const done = new Set(records.file.samples.map((sample) => caseKey(sample.experiment, sample.levels)));
  const contests = contestsOf(session.cases, kind.contenders).map((contest) => ({
    ...contest,
    missing: contest.cases.filter((levels) => !done.has(caseKey(experiment.name, levels))),
  }));
  const due = contests.filter(({ missing }) => missing.length > 0).length;
  records.timeLeft.plan(experiment.name, due, experiment.stop.seconds);
  for (const { what, why } of session.skipped)
    context.progress(`${experiment.name}: skipped ${what}: ${why}`, 'lasting');
  const measure = async (levels: Levels): Promise<Measurement> => {
    context.signal.throwIfAborted();
    const measurement = await session.measure(levels);
    const question = JSON.stringify(kind.answers.map((factor) => levels[factor]));
    if (measurement.answer) book.add(question, levels, measurement.answer);
    return measurement;
  };
  for (const [number, contest] of contests.entries()) {
    const label = `${experiment.name} ${number + 1}/${contests.length} ${describeContest(contest)}`;
    if (contest.missing.length === 0) {
      context.progress(`${label}: already measured`);
      continue;
    }
    context.progress(label, 'passing');
    const started = performance.now();
    const turns = { ...contest, cases: contest.missing };
    const measured = await measureContest(experiment, session, turns, measure, random, seed);
    records.timeLeft.done(experiment.name, (performance.now() - started) / 1000);
    await records.file.append(markOutliers(measured.samples));
    const wrong = book.wrong(experiment.name);
    await records.contestDone({ experiment: experiment.name, ...measured.record }, wrong);
    const { rounds, seconds, stopped } = measured.record;
    context.progress(`${label}: ${seconds.toFixed(1)} s, ${rounds} rounds (${stopped})`);
    for (const { levels, why } of wrong) {
      if (contest.cases.some((own) => caseKey('', own) === caseKey('', levels)))
        context.progress(`${label}: wrong: ${describeLevels(levels)}: ${why}`, 'lasting');
    }
  }
}

async function measureContest(
  experiment: Experiment,
  session: Session,
  { levels: common, cases }: Contest,
  measure: (levels: Levels) => Promise<Measurement>,
  random: () => number,
  seed: number,
): Promise<{ samples: Sample[]; record: Omit<ContestRecord, 'experiment'> }> {
  const { stop, warmup, name } = experiment;
  await session.setUp(common);
  const limits = new Map(cases.map((levels) => [levels, session.limits?.(levels) ?? { warmup, most: stop.most }]));
  for (let i = 0; i < warmup; i++) {
    for (const levels of cases) if (i < limits.get(levels)!.warmup) await measure(levels);
  }
  const samples: Sample[] = [];
  const times = new Map<Levels, number[]>(cases.map((levels) => [levels, []]));
  const started = performance.now();
  for (let round = 0; ; ) {
    const due = cases.filter((levels) => round < limits.get(levels)!.most);
    for (const levels of shuffled(due, random)) {
      const watch = watchMachine(session.pids(), session.waits?.(levels) ?? false);
      const { metrics } = await measure(levels);
      const watched = watch.stop();
      for (const metric of withWatched(metrics, watched)) {
        samples.push({ experiment: name, levels, round, ...metric, disturbed: watched.disturbed });
        if (metric.metric === 'time') times.get(levels)!.push(metric.value);
      }
    }
    round++;
    // Cases that take part in fewer rounds do not hold up the others.
    const widths = [...times].filter(([levels, list]) => list.length > 0 && round <= limits.get(levels)!.most);
    const width = widestInterval(
      widths.map(([, list]) => list),
      seed,
    );
    const seconds = (performance.now() - started) / 1000;
    const stopped = due.length === 0 ? 'most' : stopReason(stop, { rounds: round, seconds, width });
    if (stopped) return { samples, record: { levels: common, rounds: round, width, seconds, stopped } };
  }
}

/** The metrics of the kind, and wall and CPU time of the whole measurement, unless the kind knows better. */
function withWatched(metrics: readonly Metric[], { wall, cpu }: Watched): Metric[] {
  const own = new Set(metrics.map(({ metric }) => metric));
  return [
    ...metrics,
    ...(own.has('wall') ? [] : [{ metric: 'wall', value: wall, unit: 'ms' }]),
    ...(own.has('cpu') || cpu === undefined ? [] : [{ metric: 'cpu', value: cpu, unit: 'ms' }]),
  ];
}

/** A round whose time is an outlier among the rounds of its case is disturbed, with all its metrics. */
function markOutliers(samples: readonly Sample[]): Sample[] {
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
