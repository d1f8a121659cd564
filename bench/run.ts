import { join } from 'node:path';
import { SluiceError } from '../query/error.ts';
import type { ShowProgress } from './data/make-data.ts';
import { doubts, type Environment, readEnvironment } from './environment/environment.ts';
import { readMachineState } from './environment/machine-state.ts';
import { type Experiment, type ExperimentSize, resize } from './experiment/experiment.ts';
import { combinations, resolveFactors } from './experiment/factors.ts';
import { loadExperiments, selectExperiments } from './experiment/read-experiments.ts';
import { splitTable } from './figures/split.ts';
import { ratioTable } from './findings/compare.ts';
import { findingTables, tellFindings } from './findings/registry.ts';
import type { Kind, KindContext } from './kinds/kind.ts';
import { KINDS, kindOf } from './kinds/registry.ts';
import { writeReport } from './report/report.ts';
import {
  checkResumable,
  defaultFolder,
  type Manifest,
  type Run,
  readManifest,
  summarizeRun,
  writeManifest,
} from './results/run-folder.ts';
import { summaryTable } from './results/summary-table.ts';
import { contestsOf } from './runner/contest.ts';
import { untilQuiet, unwatched } from './runner/disturbance.ts';
import { measureExperiment, type Records } from './runner/runner.ts';
import { TimeLeft } from './runner/time-left.ts';
import { caseKey, describeLevels } from './samples/levels.ts';
import { SamplesFile } from './samples/samples.ts';
import { formatTable } from './samples/table.ts';

export interface BenchOptions {
  /** Names of experiments; none: those marked `default`. */
  readonly names: string[];
  readonly all: boolean;
  readonly size: ExperimentSize;
  readonly cores: number[];
  readonly settings: { factor: string; levels: string[] }[];
  readonly out?: string;
  readonly resume: boolean;
  /** The command line, for the manifest. */
  readonly flags: string[];
  /** Shows a line of progress; `secondsLeft` is an estimate for the whole run. */
  readonly progress: (line: string, weight: 'passing' | 'step' | 'lasting', secondsLeft: number) => void;
  readonly signal: AbortSignal;
  /** Where experiments and their kinds come from, and who draws; the tests bring their own. */
  readonly workloads?: string;
  readonly kinds?: Readonly<Record<string, Kind>>;
  readonly draw?: (run: Run) => Promise<unknown>;
  /** Waits, before an experiment, until nothing but its processes uses the machine. */
  readonly settle?: (pids: readonly number[]) => Promise<void>;
}

/** Of the order of cases and of the bootstrap. */
const SEED = 1;

/**
 * Measures the chosen experiments and writes the run folder: manifest.json, samples.csv, figures/, index.html. An
 * experiment that fails is written down in the manifest, and the next one is measured. What was measured before a
 * failure or a signal stays in the folder, drawn as far as it goes, and `--resume` goes on behind it.
 * @throws SluiceError for wrong names and levels; `in-use` when the folder holds a run and this is not to go on with it;
 *   `cancelled` after a signal, when all is written.
 */
export async function runBench(options: BenchOptions): Promise<Run> {
  const { signal, settle = untilQuiet, draw = writeReport } = options;
  const environment = await readEnvironment();
  const folder = options.out ?? defaultFolder(new Date(), environment.commit);
  const held = await readManifest(folder);
  const experiments = await chooseExperiments(options, held);
  const plans = experiments.map((experiment) => ({ experiment, kind: kindOf(experiment, options.kinds ?? KINDS) }));

  const manifest = held
    ? goOn(held, folder, experiments, environment, options)
    : begin(experiments, environment, options);
  await writeManifest(folder, manifest);
  const file = await SamplesFile.open(
    join(folder, 'samples.csv'),
    experiments.flatMap((experiment) => Object.keys(experiment.factors)),
  );
  const timeLeft = new TimeLeft();
  for (const { experiment, kind } of plans) {
    const contests = contestsOf(combinations(experiment.factors), kind.contenders).length;
    timeLeft.plan(experiment.name, contests, experiment.stop.seconds);
  }
  const progress: ShowProgress = (line, weight) => options.progress(line, weight ?? 'step', timeLeft.seconds());
  for (const { experiment, kind } of plans) {
    if (signal.aborted) break;
    progress(`${experiment.name}: ${experiment.question}`);
    try {
      const context = { progress, signal };
      await measureOne(experiment, kind, { folder, file, manifest, timeLeft, context, settle });
    } catch (error) {
      if (!signal.aborted) {
        const { message, stack } = error as Error;
        progress(`${experiment.name} failed: ${error instanceof SluiceError ? message : stack}`, 'lasting');
        manifest.failed.push({ experiment: experiment.name, why: message });
      }
    }
    timeLeft.drop(experiment.name);
    await writeManifest(folder, manifest);
  }
  if (!signal.aborted) manifest.finished = new Date().toISOString();
  manifest.environment.after = await readMachineState();
  await writeManifest(folder, manifest);
  const run: Run = { folder, manifest, samples: file.samples };
  progress('drawing figures');
  await draw(run);
  if (signal.aborted)
    throw new SluiceError('cancelled', `interrupted; sluice bench --resume --out ${folder} goes on from here`);
  return run;
}

/** Without names, a run that is resumed has the experiments that it began with, as large as they were. */
async function chooseExperiments(options: BenchOptions, held: Manifest | undefined): Promise<Experiment[]> {
  const { names, all, resume, size, cores, settings } = options;
  if (held && resume && names.length === 0 && !all) return held.experiments;
  const chosen = selectExperiments(await loadExperiments(options.workloads), names, all);
  return resolveFactors(
    chosen.map((experiment) => resize(experiment, size)),
    cores,
    settings,
  );
}

function begin(experiments: Experiment[], environment: Environment, { flags, size }: BenchOptions): Manifest {
  return {
    started: new Date().toISOString(),
    finished: null,
    resumed: [],
    environment,
    unwatched: unwatched(),
    machines: [],
    flags,
    size,
    seed: SEED,
    data: [],
    skipped: [],
    notes: [],
    contests: [],
    failed: [],
    wrong: [],
    experiments,
  };
}

/** The manifest of a run that is resumed; what it holds of other experiments stays. */
function goOn(
  held: Manifest,
  folder: string,
  experiments: readonly Experiment[],
  { commit }: Environment,
  { resume }: BenchOptions,
): Manifest {
  if (!resume) {
    throw new SluiceError(
      'in-use',
      `${folder} holds a run already: choose another --out, or go on with it by --resume`,
    );
  }
  checkResumable(held, experiments, commit);
  const chosen = (name: string) => experiments.find((experiment) => experiment.name === name);
  const added = experiments.filter(({ name }) => !held.experiments.some((old) => old.name === name));
  return {
    ...held,
    finished: null,
    resumed: [...held.resumed, new Date().toISOString()],
    failed: held.failed.filter(({ experiment }) => !chosen(experiment)),
    experiments: [...held.experiments.map((old) => chosen(old.name) ?? old), ...added],
  };
}

interface MeasuringContext {
  readonly folder: string;
  readonly file: SamplesFile;
  readonly manifest: Manifest;
  readonly timeLeft: TimeLeft;
  readonly context: KindContext;
  readonly settle: (pids: readonly number[]) => Promise<void>;
}

async function measureOne(
  experiment: Experiment,
  kind: Kind,
  { folder, file, manifest, timeLeft, context, settle }: MeasuringContext,
): Promise<void> {
  const session = await kind.open(experiment, context);
  try {
    const { name } = experiment;
    const others = <T extends { experiment: string }>(list: T[]) => list.filter((item) => item.experiment !== name);
    manifest.data = [...others(manifest.data), ...session.data.map((item) => ({ experiment: name, ...item }))];
    manifest.skipped = [...others(manifest.skipped), ...session.skipped.map((item) => ({ experiment: name, ...item }))];
    const notes = session.notes ?? [];
    manifest.notes = [...others(manifest.notes), ...notes.map((note) => ({ experiment: name, note }))];
    for (const note of notes) context.progress(`${name}: ${note}`);
    // Of this experiment too: what a run that is resumed found in the cases that it holds.
    const earlier = [...manifest.wrong];
    const records: Records = {
      file,
      timeLeft,
      async contestDone(record, wrong) {
        const key = caseKey(name, record.levels);
        manifest.contests = manifest.contests.filter((item) => caseKey(item.experiment, item.levels) !== key);
        manifest.contests.push(record);
        manifest.wrong = [...earlier, ...wrong];
        await writeManifest(folder, manifest);
      },
    };
    await settle(session.pids());
    await measureExperiment(experiment, kind, session, records, manifest.seed, context);
  } finally {
    await session.close();
  }
}

/** The tables and findings of a run, as text. */
export function describeRun(run: Run): string {
  const { manifest } = run;
  const all = summarizeRun(run);
  const doubtful = [manifest.environment, ...manifest.machines.map(({ environment }) => environment)].flatMap(doubts);
  const parts = manifest.experiments.flatMap((experiment) => {
    const own = <T extends { experiment: string }>(list: readonly T[]) =>
      list.filter((item) => item.experiment === experiment.name);
    const summaries = own(all);
    const notes = [
      ...own(manifest.notes).map(({ note }) => note),
      ...own(manifest.skipped).map(({ what, why }) => `left out: ${what}: ${why}`),
      ...own(manifest.failed).map(({ why }) => `broke off: ${why}`),
      ...own(manifest.wrong).map(({ levels, why }) => `wrong: ${describeLevels(levels)}: ${why}`),
    ];
    if (summaries.length + notes.length === 0) return [];
    const tables =
      summaries.length === 0
        ? []
        : [
            summaryTable(experiment, summaries),
            ratioTable(experiment, summaries, manifest.seed),
            ...findingTables(experiment, summaries, manifest.seed),
            ...(experiment.split ? [splitTable(experiment, summaries)] : []),
          ];
    const found = tellFindings(experiment, summaries, manifest.seed);
    const text = [...notes, ...found].join('\n');
    return [
      `${experiment.name}: ${experiment.question}`,
      ...tables.filter(({ rows }) => rows.length > 0).map(formatTable),
      text,
    ].join('\n\n');
  });
  return [...new Set(doubtful), ...parts].join('\n\n');
}

/** @throws SluiceError when an experiment of the run broke off, or results are wrong: a run that must not be believed. */
export function refuseFailures({ failed, wrong }: Manifest): void {
  if (failed.length > 0) {
    const names = failed.map(({ experiment }) => experiment).join(', ');
    throw new SluiceError('internal', `experiments that broke off: ${names}`);
  }
  if (wrong.length > 0)
    throw new SluiceError('bad-value', `the results of ${wrong.length} cases are wrong: they are named above`);
}
