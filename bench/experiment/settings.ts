import type { z } from 'zod';
import { SluiceError } from '../../query/error.ts';
import { schemaError } from './complaint.ts';
import type { Experiment } from './experiment.ts';

/**
 * The settings of an experiment, as its kind knows them.
 * @throws SluiceError `bad-request` naming the experiment and each key that is wrong.
 */
export function readSettings<T extends z.ZodType>(schema: T, { name, settings }: Experiment): z.output<T> {
  const parsed = schema.safeParse(settings);
  if (!parsed.success) throw schemaError(parsed.error, `experiment ${name}: settings`);
  return parsed.data;
}

/** The data set of an experiment whose kind scans one. Throws SluiceError `bad-request` where it names none. */
export function requireData({ name, data }: Experiment): NonNullable<Experiment['data']> {
  if (!data) throw new SluiceError('bad-request', `experiment ${name}: data is missing: it scans a data set`);
  return data;
}
