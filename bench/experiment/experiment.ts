import { z } from 'zod';
import { findingSchema } from '../findings/registry.ts';

const level = z.union([z.string().min(1), z.number()]).transform(String);
const levels = z.array(level).min(1);

const axis = z.strictObject({
  factor: z.string(),
  title: z.string(),
  /** `level`: one place a level, in the order of the experiment; `log2` and `log10`: the levels are numbers. */
  scale: z.enum(['level', 'log2', 'log10']).default('level'),
});

const figureSchema = z.strictObject({
  /** `lines` over x; `bars`: groups of them over x; `dots`: a panel for each level of x, a line for each of the series. */
  mark: z.enum(['lines', 'bars', 'dots']).default('lines'),
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
  factors: z.record(
    z.string(),
    z.union([levels, z.enum(['all', 'max'])], { error: 'expected a list of levels, "all" or "max"' }),
  ),
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
  /** How large it is as one of the default experiments; by its name, and with `--all`, it is run in full. */
  asDefault: sizeSchema.partial().default({}),
  quick: sizeSchema.partial().default({}),
  smoke: sizeSchema.partial().default({}),
});

/** One file of `workloads/`: data, factors and their levels, a figure, and the comparison that answers the question. */
export type Experiment = z.infer<typeof experimentSchema>;
export type ExperimentSize = 'full' | 'quick' | 'smoke';

/**
 * The experiment as `--quick` or `--smoke` make it, or as one of the default ones: single factors, settings and parts of
 * the stopping rule are replaced, all else as a whole.
 */
export function resize(experiment: Experiment, size: ExperimentSize | 'asDefault'): Experiment {
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
