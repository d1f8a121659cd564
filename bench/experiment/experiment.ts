import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { SluiceError } from '../../query/error.ts';
import { findingNames, findingSchema } from '../findings/registry.ts';

/** Where the experiments of this checkout live. */
export const WORKLOADS = fileURLToPath(new URL('../../workloads/', import.meta.url));

const level = z.union([z.string().min(1), z.number()]).transform(String);
const levels = z.array(level).min(1);

const axis = z.strictObject({
  factor: z.string(),
  title: z.string(),
  /** `level`: one place a level, in the order of the experiment; `log2` and `log10`: the levels are numbers. */
  scale: z.enum(['level', 'log2', 'log10']).default('level'),
});

const figureSchema = z.strictObject({
  /** `lines` over x; `dots`: a panel for each level of x, a line for each level of the series. */
  mark: z.enum(['lines', 'dots']).default('lines'),
  x: axis,
  y: z.strictObject({
    metric: z.string(),
    title: z.string(),
    scale: z.enum(['linear', 'log10']).default('linear'),
    /** Panels of one row share an axis, or each has its own. */
    shared: z.boolean().default(true),
  }),
  /** The factor told apart by colour and shape. */
  series: z.string(),
  /** Levels of the series that are measured for something else, and not shown. */
  without: z.array(z.string()).default([]),
  /** A second factor, told apart by the dash of the line. */
  dash: z.string().optional(),
  row: z.string().optional(),
  column: z.string().optional(),
});

/** Metrics that add up, shown as stacked bars and as a table besides the figure: where the time goes. */
const splitSchema = z.strictObject({
  title: z.string(),
  /** All of one unit, in the order in which they are stacked. */
  metrics: z.array(z.string()).min(1),
});

/** When a contest has had enough rounds. A fixed number: `least` and `most` the same. */
const stopSchema = z.strictObject({
  /** Relative width of the 95 % interval of the median time, of every case: narrower is enough. */
  width: z.number().min(0),
  least: z.int().min(1),
  most: z.int().min(1),
  /** After so long no further round begins, once there are `least`. */
  seconds: z.number().positive(),
});

export type Stop = z.infer<typeof stopSchema>;

const USUAL_STOP: Stop = { width: 0.05, least: 5, most: 15, seconds: 20 };

/** How large the experiment is: what `--quick` and `--smoke` may replace. */
const sizeSchema = z.strictObject({
  warmup: z.int().min(0),
  stop: stopSchema.partial(),
  data: z.strictObject({ name: z.string(), scale: z.number().positive(), seed: z.int().min(0) }).optional(),
  factors: z.record(z.string(), z.union([levels, z.enum(['all', 'max'])])),
  /** What a kind needs beyond this: checked by the kind. */
  settings: z.record(z.string(), z.unknown()).optional(),
});

export const experimentSchema = sizeSchema.extend({
  name: z.string().regex(/^[a-z0-9-]+$/, 'expected lower-case letters, digits and hyphens'),
  /** Raised whenever the experiment changes so that old and new samples cannot be compared. */
  version: z.int().min(1),
  default: z.boolean(),
  kind: z.string(),
  question: z.string(),
  method: z.string(),
  figure: figureSchema,
  split: splitSchema.optional(),
  /** What is told of two cases: how many times as fast the subject is, or its time over the baseline's. */
  ratio: z.enum(['speed', 'time']).default('speed'),
  /** What is told of the samples, a sentence each. */
  findings: z.array(findingSchema).min(1),
  stop: stopSchema
    .partial()
    .default({})
    .transform((given) => ({ ...USUAL_STOP, ...given })),
  settings: z.record(z.string(), z.unknown()).default({}),
  quick: sizeSchema.partial().default({}),
  smoke: sizeSchema.partial().default({}),
});

/** One file of `workloads/`: data, factors and their levels, a figure, and the comparison that answers the question. */
export type Experiment = z.infer<typeof experimentSchema>;
export type ExperimentSize = 'full' | 'quick' | 'smoke';

/**
 * Reads one experiment from the text of its YAML file.
 * @throws SluiceError `syntax` when it is no YAML; `bad-request` naming the file, the key and what was expected.
 */
export function parseExperiment(text: string, file: string): Experiment {
  const document = parseDocument(text, { prettyErrors: true });
  const broken = document.errors[0];
  if (broken) throw new SluiceError('syntax', `${file}: ${broken.message.split('\n')[0]}`);
  const parsed = experimentSchema.safeParse(document.toJS());
  if (!parsed.success) throw schemaError(parsed.error, file);
  const experiment = parsed.data;
  checkFactorNames(experiment, file);
  return experiment;
}

/** Turns the findings of zod into one sentence that names file and key. */
export function schemaError(error: z.ZodError, where: string): SluiceError {
  const complaints = error.issues.map((issue) => {
    const path = issue.path.map(String).join('.');
    return path === '' ? issue.message : `${path}: ${issue.message}`;
  });
  return new SluiceError('bad-request', `${where}: ${complaints.join('; ')}`);
}

function checkFactorNames(experiment: Experiment, file: string): void {
  const known = Object.keys(experiment.factors);
  const { figure, findings, quick, smoke } = experiment;
  const used: [string, string | undefined][] = [
    ['figure.x.factor', figure.x.factor],
    ['figure.series', figure.series],
    ['figure.dash', figure.dash],
    ['figure.row', figure.row],
    ['figure.column', figure.column],
    ...findings.flatMap((finding, i) =>
      findingNames(finding).map(({ key, factor }): [string, string] => [`findings.${i}.${key}`, factor]),
    ),
    ...Object.keys(quick.factors ?? {}).map((factor): [string, string] => ['quick.factors', factor]),
    ...Object.keys(smoke.factors ?? {}).map((factor): [string, string] => ['smoke.factors', factor]),
  ];
  for (const [key, factor] of used) {
    if (factor !== undefined && !known.includes(factor)) {
      throw new SluiceError(
        'bad-request',
        `${file}: ${key}: "${factor}" is not a factor of this experiment (it has ${known.join(', ')})`,
      );
    }
  }
}

/** All experiments of a folder, by name. Two of one name are an error. */
export async function loadExperiments(folder: string = WORKLOADS): Promise<Experiment[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.yaml')).sort();
  const experiments: Experiment[] = [];
  for (const file of files) {
    const experiment = parseExperiment(await readFile(join(folder, file), 'utf8'), `workloads/${file}`);
    if (experiments.some((other) => other.name === experiment.name)) {
      throw new SluiceError('bad-request', `workloads/${file}: another experiment is named "${experiment.name}" too`);
    }
    experiments.push(experiment);
  }
  return experiments;
}

/** The named experiments in the order given; without names those marked `default`, or every one. */
export function selectExperiments(experiments: Experiment[], names: string[], all: boolean): Experiment[] {
  if (names.length === 0) return experiments.filter((experiment) => all || experiment.default);
  return names.map((name) => {
    const found = experiments.find((experiment) => experiment.name === name);
    if (found) return found;
    const known = experiments.map((experiment) => experiment.name).join(', ');
    throw new SluiceError('unknown-name', `there is no experiment "${name}" (there are ${known})`);
  });
}

/** The experiment as `--quick` or `--smoke` make it: single factors, settings and parts of the stopping rule are replaced, all else as a whole. */
export function resize(experiment: Experiment, size: ExperimentSize): Experiment {
  if (size === 'full') return experiment;
  const { factors, settings, stop, ...rest } = experiment[size];
  return {
    ...experiment,
    ...rest,
    factors: { ...experiment.factors, ...factors },
    settings: { ...experiment.settings, ...settings },
    stop: { ...experiment.stop, ...stop },
  };
}
