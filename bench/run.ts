import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SluiceError } from '../query/error.ts';
import {
  type Experiment,
  type ExperimentSize,
  loadExperiments,
  resize,
  selectExperiments,
} from './experiment/experiment.ts';
import { resolveFactors } from './experiment/factors.ts';
import { splitTable } from './figures/split.ts';
import { ratioTable } from './findings/compare.ts';
import { tellFindings } from './findings/registry.ts';
import type { Kind, KindContext } from './kinds/kind.ts';
import { KINDS, kindOf } from './kinds/registry.ts';
import { writeReport } from './report.ts';
import { readEnvironment } from './results/environment.ts';
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
import { unwatched } from './runner/disturbance.ts';
import { measureExperiment, type Records } from './runner/runner.ts';
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
  readonly progress: (line: string) => void;
  readonly signal: AbortSignal;
  /** Where experiments and their kinds come from; the tests bring their own. */
  readonly workloads?: string;
  readonly kinds?: Readonly<Record<string, Kind>>;
}

/** Of the order of cases and of the bootstrap. */
const SEED = 1;

/**
 * Measures the chosen experiments and writes the run folder: manifest.json, samples.csv, figures/, index.html.
 * What was measured before an error or a signal stays in the folder, for `--resume`.
 * @throws SluiceError, among others when results of lanes differ.
 */
export async function runBench(options: BenchOptions): Promise<Run> {
  const { signal, progress, size } = options;
  const chosen = selectExperiments(await loadExperiments(options.workloads), options.names, options.all);
  const resized = chosen.map((experiment) => resize(experiment, size));
  const experiments = resolveFactors(resized, options.cores, options.settings);
  const kinds = new Map(experiments.map((experiment) => [experiment.name, kindOf(experiment, options.kinds ?? KINDS)]));

  const started = new Date();
  const { folder, manifest } = await openFolder(options, experiments, started);
  await mkdir(folder, { recursive: true });
  const file = await SamplesFile.open(
    join(folder, 'samples.csv'),
    experiments.flatMap((experiment) => Object.keys(experiment.factors)),
  );
  await writeManifest(folder, manifest);
  const context: KindContext = { progress, signal };
  for (const experiment of experiments) {
    progress(`${experiment.name}: ${experiment.question}`);
    await measureOne(experiment, kinds.get(experiment.name)!, { folder, file, manifest, context });
    await writeManifest(folder, manifest);
  }
  manifest.finished = new Date().toISOString();
  await writeManifest(folder, manifest);
  const run: Run = { folder, manifest, samples: file.samples };
  progress('drawing figures');
  await writeReport(run);
  return run;
}

async function openFolder(
  options: BenchOptions,
  experiments: Experiment[],
  started: Date,
): Promise<{ folder: string; manifest: Manifest }> {
  const environment = await readEnvironment();
  const folder = options.out ?? defaultFolder(started, environment.commit);
  const held = await readManifest(folder);
  if (!held) {
    const manifest: Manifest = {
      started: started.toISOString(),
      finished: null,
      resumed: [],
      environment,
      unwatched: unwatched(),
      flags: options.flags,
      size: options.size,
      seed: SEED,
      data: [],
      skipped: [],
      contests: [],
      wrong: [],
      experiments,
    };
    return { folder, manifest };
  }
  if (!options.resume) {
    throw new SluiceError(
      'in-use',
      `${folder} holds a run already: choose another --out, or go on with it by --resume`,
    );
  }
  checkResumable(held, experiments, environment.commit);
  held.resumed.push(started.toISOString());
  for (const experiment of experiments) {
    const place = held.experiments.findIndex(({ name }) => name === experiment.name);
    if (place < 0) held.experiments.push(experiment);
    else held.experiments[place] = experiment;
  }
  return { folder, manifest: held };
}

async function measureOne(
  experiment: Experiment,
  kind: Kind,
  { folder, file, manifest, context }: { folder: string; file: SamplesFile; manifest: Manifest; context: KindContext },
): Promise<void> {
  const session = await kind.open(experiment, context);
  try {
    const { name } = experiment;
    const others = <T extends { experiment: string }>(list: T[]) => list.filter((item) => item.experiment !== name);
    manifest.data = [...others(manifest.data), ...session.data.map((item) => ({ experiment: name, ...item }))];
    manifest.skipped = [...others(manifest.skipped), ...session.skipped.map((item) => ({ experiment: name, ...item }))];
    // Of this experiment too: what a run that is resumed found in the cases that it holds.
    const earlier = [...manifest.wrong];
    const records: Records = {
      file,
      async contestDone(record, wrong) {
        const key = caseKey(name, record.levels);
        manifest.contests = manifest.contests.filter((item) => caseKey(item.experiment, item.levels) !== key);
        manifest.contests.push(record);
        manifest.wrong = [...earlier, ...wrong];
        await writeManifest(folder, manifest);
      },
    };
    await measureExperiment(experiment, kind, session, records, manifest.seed, context);
  } finally {
    await session.close();
  }
}

/** The tables and findings of a run, as text. */
export function describeRun(run: Run): string {
  const { manifest } = run;
  const all = summarizeRun(run);
  const parts = manifest.experiments.flatMap((experiment) => {
    const own = all.filter((summary) => summary.experiment === experiment.name);
    if (own.length === 0) return [];
    const skipped = manifest.skipped.filter((skip) => skip.experiment === experiment.name);
    const tables = [summaryTable(experiment, own), ratioTable(experiment, own, manifest.seed)];
    if (experiment.split) tables.push(splitTable(experiment, own));
    const left = skipped.map(({ what, why }) => `left out: ${what}: ${why}`);
    const wrong = manifest.wrong.filter((item) => item.experiment === experiment.name);
    const bad = wrong.map(({ levels, why }) => `wrong: ${describeLevels(levels)}: ${why}`);
    const found = tellFindings(experiment, own, manifest.seed);
    return [
      [
        `${experiment.name}: ${experiment.question}`,
        ...tables.map(formatTable),
        [...left, ...bad, ...found].join('\n'),
      ].join('\n\n'),
    ];
  });
  return parts.join('\n\n');
}
