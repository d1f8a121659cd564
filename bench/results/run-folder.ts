import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { SluiceError } from '../../query/error.ts';
import { environmentSchema } from '../environment/environment.ts';
import { schemaError } from '../experiment/complaint.ts';
import { type Experiment, experimentSchema } from '../experiment/experiment.ts';
import { inCaseOrder } from '../samples/case-order.ts';
import { extraFactors } from '../samples/levels.ts';
import { formatSamples, parseSamples, type Sample } from '../samples/samples.ts';
import { type CaseSummary, summarize } from '../samples/summary.ts';

const REPORTS = fileURLToPath(new URL('../../reports/', import.meta.url));

const levelsSchema = z.record(z.string(), z.string());

const contestSchema = z.object({
  experiment: z.string(),
  /** What its cases have in common. */
  levels: levelsSchema,
  rounds: z.number(),
  /** Of the widest 95 % interval of its cases' median times, over the median. */
  width: z.number(),
  /** That the rounds took. */
  seconds: z.number(),
  /** By width, because time was up, or because there were as many rounds as allowed. */
  stopped: z.enum(['width', 'time', 'most']),
});

export type ContestRecord = z.infer<typeof contestSchema>;

/** A run of one machine among those merged. */
const machineSchema = z.object({
  /** The level of the factor `machine` in its samples. */
  name: z.string(),
  started: z.string(),
  finished: z.string().nullable(),
  flags: z.array(z.string()),
  environment: environmentSchema,
  unwatched: z.array(z.string()),
});

const manifestSchema = z.object({
  started: z.string(),
  /** Null while the run is under way, or when it was cut off. */
  finished: z.string().nullable(),
  /** Times at which `--resume` went on with the run. */
  resumed: z.array(z.string()),
  environment: environmentSchema,
  /** What of disturbances could not be seen on that machine, in words. */
  unwatched: z.array(z.string()),
  /** The runs that this one was merged from, in their order; none usually. `environment` is that of the first. */
  machines: z.array(machineSchema).default([]),
  /** The command line, without the program. */
  flags: z.array(z.string()),
  size: z.enum(['full', 'quick', 'smoke']),
  /** Of the order of cases and of the bootstrap; that of the data stands in the experiments. */
  seed: z.number(),
  data: z.array(
    z.object({ experiment: z.string(), file: z.string(), rows: z.number(), bytes: z.number(), sha256: z.string() }),
  ),
  skipped: z.array(z.object({ experiment: z.string(), what: z.string(), why: z.string() })),
  /** What else took part in an experiment, such as a container engine and its version. */
  notes: z.array(z.object({ experiment: z.string(), note: z.string() })).default([]),
  /** Each contest measured: how far its rounds came, and why they ended. */
  contests: z.array(contestSchema),
  /** Experiments that broke off, and why. What they had measured by then counts. */
  failed: z.array(z.object({ experiment: z.string(), why: z.string() })),
  /** Cases whose results could not be verified equal to the others'. */
  wrong: z.array(z.object({ experiment: z.string(), levels: levelsSchema, why: z.string() })),
  /** As measured: all levels resolved. Figures are redrawn from these. */
  experiments: z.array(experimentSchema),
});

/** What manifest.json says. */
export type Manifest = z.infer<typeof manifestSchema>;

/** Everything a finished run consists of, as far as figures and comparisons need it. */
export interface Run {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly samples: Sample[];
}

/** The folder of a run without `--out`: `reports/<time>-<commit>/`. */
export function defaultFolder(time: Date, commit: string): string {
  const stamp = time.toISOString().slice(0, 19).replaceAll(/[-:]/g, '');
  return join(REPORTS, `${stamp}-${commit.slice(0, 7)}`);
}

/**
 * The folder of a run that is a path, or a name under `reports/`.
 * @throws SluiceError `not-found`.
 */
export async function findRun(run: string): Promise<string> {
  for (const folder of [resolve(run), join(REPORTS, run)]) {
    const found = await stat(join(folder, 'manifest.json')).catch(() => undefined);
    if (found) return folder;
  }
  throw new SluiceError(
    'not-found',
    `there is no run "${run}": neither a folder with a manifest.json, nor under reports/`,
  );
}

/** @throws SluiceError `not-found`, or `bad-data` naming the file. */
export async function readRun(run: string): Promise<Run> {
  const folder = await findRun(run);
  const manifest = (await readManifest(folder))!;
  const path = join(folder, 'samples.csv');
  const text = await readFile(path, 'utf8').catch(() => {
    throw new SluiceError('not-found', `${path} is not there`);
  });
  return { folder, manifest, samples: parseSamples(text, path).samples };
}

/**
 * Writes samples.csv and manifest.json of a run that was not measured here.
 * @throws SluiceError `in-use` when the folder holds a run already.
 */
export async function writeRun({ folder, manifest, samples }: Run): Promise<void> {
  if (await readManifest(folder))
    throw new SluiceError('in-use', `${folder} holds a run already: choose another --out`);
  await writeManifest(folder, manifest);
  const factors = extraFactors(manifest.experiments.flatMap((experiment) => Object.keys(experiment.factors)));
  await writeFile(join(folder, 'samples.csv'), formatSamples(samples, factors));
}

/** In words: how many rounds the contests of an experiment had, and why they had no more. */
export function describeRounds(contests: readonly ContestRecord[]): string {
  const rounds = contests.map((contest) => contest.rounds);
  const [least, most] = [Math.min(...rounds), Math.max(...rounds)];
  const ended = (stopped: ContestRecord['stopped']) => contests.filter((contest) => contest.stopped === stopped).length;
  const reasons = [
    [ended('width'), 'as the intervals were narrow enough'],
    [ended('time'), 'as time was up'],
    [ended('most'), 'as there were as many as allowed'],
  ] as const;
  const told = reasons.filter(([count]) => count > 0).map(([count, why]) => `${count} ended ${why}`);
  return `${least === most ? least : `${least} to ${most}`} rounds (of ${contests.length} contests ${told.join(', ')})`;
}

/** Median and interval of every case and metric of a run, in the order of its experiments; wrong cases are marked. */
export function summarizeRun({ manifest, samples }: Run): CaseSummary[] {
  const summaries = summarize(samples, manifest.wrong, manifest.seed);
  return manifest.experiments.flatMap(({ name, factors }) =>
    inCaseOrder(
      summaries.filter(({ experiment }) => experiment === name),
      factors,
    ),
  );
}

/** The manifest of a folder, if it has one. */
export async function readManifest(folder: string): Promise<Manifest | undefined> {
  const path = join(folder, 'manifest.json');
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new SluiceError('bad-data', `${path}: ${(error as Error).message}`);
  }
  const parsed = manifestSchema.safeParse(json);
  if (!parsed.success) throw schemaError(parsed.error, path);
  return parsed.data;
}

export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

/**
 * Whether samples of these experiments may join those that the manifest tells of.
 * @throws SluiceError `bad-request` naming what differs.
 */
export function checkResumable(manifest: Manifest, experiments: readonly Experiment[], commit: string): void {
  const held = manifest.environment.commit;
  if (held !== commit) {
    throw new SluiceError('bad-request', `--resume: the run was made at commit ${held}, this checkout is at ${commit}`);
  }
  for (const experiment of experiments) {
    const held = manifest.experiments.find(({ name }) => name === experiment.name);
    if (!held) continue;
    for (const key of ['version', 'data', 'stop', 'settings'] as const) {
      if (JSON.stringify(held[key]) !== JSON.stringify(experiment[key])) {
        throw new SluiceError(
          'bad-request',
          `--resume: ${experiment.name}: ${key} is ${JSON.stringify(experiment[key])}, the run has ${JSON.stringify(held[key])}`,
        );
      }
    }
  }
}
