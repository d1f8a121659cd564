import { SluiceError } from '../../query/error.ts';
import type { Experiment } from '../experiment/experiment.ts';
import { suggestion } from '../experiment/nearest-name.ts';
import { arrayKernels } from './array-kernels.ts';
import { border } from './border.ts';
import { columns } from './columns.ts';
import { container } from './container.ts';
import { dutyAccuracy } from './duty-accuracy.ts';
import type { Kind } from './kind.ts';
import { linkAccuracy } from './link-accuracy.ts';
import { moduleSize } from './module-size.ts';
import { parquetWrite } from './parquet-write.ts';
import { peers } from './peers.ts';
import { programs } from './programs.ts';
import { pushPull } from './push-pull.ts';
import { scan } from './scan.ts';
import { threads } from './threads.ts';
import { warmUp } from './warm-up.ts';

/** Every kind by the name that experiments use. */
export const KINDS: Readonly<Record<string, Kind>> = {
  scan,
  threads,
  'array-kernels': arrayKernels,
  border,
  columns,
  'push-pull': pushPull,
  peers,
  container,
  programs,
  'duty-accuracy': dutyAccuracy,
  'link-accuracy': linkAccuracy,
  'warm-up': warmUp,
  'module-size': moduleSize,
  'parquet-write': parquetWrite,
};

/**
 * The kind of an experiment, which must have its factors and no others; some it may have.
 * @throws SluiceError `unknown-name` or `bad-request`.
 */
export function kindOf(experiment: Experiment, kinds: Readonly<Record<string, Kind>> = KINDS): Kind {
  const kind = Object.hasOwn(kinds, experiment.kind) ? kinds[experiment.kind] : undefined;
  if (!kind) {
    const meant = suggestion(experiment.kind, Object.keys(kinds));
    throw new SluiceError('unknown-name', `workloads/${experiment.name}.yaml: kind: no "${experiment.kind}"; ${meant}`);
  }
  const given = Object.keys(experiment.factors);
  const missing = kind.factors.filter((factor) => !given.includes(factor));
  const extra = given.filter((factor) => !kind.factors.includes(factor) && !kind.optional?.includes(factor));
  if (missing.length > 0 || extra.length > 0) {
    const known = [...kind.factors, ...(kind.optional ?? [])];
    const told = [
      ...missing.map((factor) => `"${factor}" is missing, which the kind ${experiment.kind} needs`),
      ...extra.map((factor) => `the kind ${experiment.kind} has no "${factor}"; ${suggestion(factor, known)}`),
    ].join('; ');
    throw new SluiceError('bad-request', `workloads/${experiment.name}.yaml: factors: ${told}`);
  }
  return kind;
}
