import { z } from 'zod';
import { workingSet } from '../arrays/kernels/array-kernel.ts';
import { kernelNamed } from '../arrays/kernels/table.ts';
import { lackOfMemory } from '../environment/memory-room.ts';
import type { Experiment } from '../experiment/experiment.ts';
import { combinations } from '../experiment/factors.ts';
import { requireCores, requireKnown } from '../experiment/known-levels.ts';
import { readSettings } from '../experiment/settings.ts';
import { parseSize } from '../experiment/size-level.ts';
import type { Levels } from '../samples/levels.ts';
import { Team } from '../threads/team.ts';
import { TEAM_WAYS, type TeamWay } from '../threads/team-protocol.ts';
import type { Kind, KindContext, Measurement, Session, Skipped } from './kind.ts';

/** Array kernels whose results of parts add up to that of the whole. */
const ADDITIVE: readonly string[] = ['sum', 'filter-sum', 'dot', 'histogram', 'group-by'];

/** The input lies in the memory of all, and in parts in those of the workers. */
const COPIES = 2;

const SEED = 1;

const settingsSchema = z.strictObject({
  /** Milliseconds that one measurement lasts at least; one call may last longer. */
  time: z.number().positive(),
});

/**
 * Array kernels by worker threads: over one shared memory, or each in a memory of its own. Metrics: `time` of a call,
 * and `rate`, elements by time.
 */
export const threads: Kind = {
  factors: ['kernel', 'size', 'way', 'cores'],
  contenders: ['way', 'cores'],
  answers: ['kernel', 'size'],
  open,
};

async function open(experiment: Experiment, context: KindContext): Promise<Session> {
  const settings = readSettings(settingsSchema, experiment);
  for (const levels of combinations(experiment.factors)) {
    requireKnown(levels, { kernel: ADDITIVE, way: TEAM_WAYS });
    requireCores(levels);
  }
  const skipped: Skipped[] = [];
  const cases = combinations(experiment.factors)
    .map((levels): Levels => ({ ...levels, size: String(parseSize(levels.size!)) }))
    .filter(({ kernel, size }) => {
      const why = lackOfMemory(workingSet(kernelNamed(kernel!), Number(size)) * COPIES);
      const what = `${kernel} of ${size}`;
      if (why !== undefined && !skipped.some((skip) => skip.what === what)) skipped.push({ what, why });
      return why === undefined;
    });
  const team = await Team.open(Math.max(...(experiment.factors.cores as string[]).map(Number)));
  return {
    cases,
    skipped,
    data: [],
    pids: () => [],
    // This thread sleeps while the workers work, and those without a part sleep throughout.
    waits: () => true,
    async setUp({ kernel, size }) {
      context.signal.throwIfAborted();
      team.load(kernelNamed(kernel!), Number(size), SEED);
    },
    async measure({ way, cores, size }): Promise<Measurement> {
      const { time, result } = await team.measure(way as TeamWay, Number(cores), settings.time);
      return {
        metrics: [
          { metric: 'time', value: time, unit: 'ms' },
          { metric: 'rate', value: Number(size) / time / 1e6, unit: '1e9 elements/s' },
        ],
        answer: { rows: [result], approximate: [] },
      };
    },
    close: () => team.close(),
  };
}
