import { z } from 'zod';
import { SluiceError } from '../../query/error.ts';
import { ARRAY_KERNELS } from '../arrays/kernels/table.ts';
import { ARRAY_LANES } from '../arrays/lanes.ts';
import { makeData } from '../data/make-data.ts';
import type { Experiment } from '../experiment/experiment.ts';
import { combinations } from '../experiment/factors.ts';
import { requireKnown } from '../experiment/known-levels.ts';
import { readSettings, requireData } from '../experiment/settings.ts';
import type { Levels } from '../samples/levels.ts';
import { Containers } from '../servers/containers.ts';
import { HOST } from '../servers/place.ts';
import { PATHS, type PathPlace, type ReadyPath } from './container-paths.ts';
import type { Kind, KindContext, Session, Skipped } from './kind.ts';

const settingsSchema = z.strictObject({
  /** The image of the container's operating system, which SLUICE_CONTAINER_IMAGE replaces. */
  image: z.string().default('node:26-bookworm-slim'),
  kernel: z
    .strictObject({
      name: z.enum(ARRAY_KERNELS.map(({ name }) => name)),
      lane: z.enum(ARRAY_LANES),
      size: z.int().min(1),
      time: z.number().positive(),
    })
    .default({ name: 'sum', lane: 'wasm-simd', size: 2 ** 20, time: 20 }),
  sql: z.string(),
  lane: z.enum(['wasm', 'js']).default('wasm'),
  cores: z.int().min(1).default(1),
  atLeastMs: z.number().min(0).default(0),
});

/** The levels of `place`. */
const OUTSIDE = 'host';
const INSIDE = 'container';

/**
 * The same work by the same Node in a container and outside of any: an array kernel and an embedded scan in a process
 * of its own, which measures its time itself; a query through a gateway and a storage node, each a process (or a
 * container) of its own, as the client sees it; and the start of a process, from the command that starts it to the line
 * with which it says that it is ready.
 *
 * With the factor `share`, of requests only, the storage node is limited to so many cores: outside by itself (its duty),
 * in a container by the kernel (`--cpus`).
 */
export const container: Kind = {
  factors: ['path', 'place'],
  optional: ['share'],
  contenders: ['place'],
  answers: ['path'],
  open,
};

async function open(experiment: Experiment, context: KindContext): Promise<Session> {
  const settings = readSettings(settingsSchema, experiment);
  const request = requireData(experiment);
  const wanted = combinations(experiment.factors);
  wanted.forEach(checkLevels);

  const formats = wanted.some(({ path }) => path === 'scan-parquet') ? ['csv', 'parquet'] : ['csv'];
  const { path: folder, records } = await makeData(request, formats, context);
  const data = { folder, table: request.name };
  const isWanted = wanted.some(({ place }) => place === INSIDE);
  const { containers, skipped } = isWanted ? await openContainers(settings.image, folder) : { skipped: [] };
  const ready = new Map<string, ReadyPath>();
  const stop = async () => {
    const running = [...ready.values()];
    ready.clear();
    await Promise.all(running.map((path) => path.stop()));
  };

  return {
    cases: wanted.filter(({ place }) => place === OUTSIDE || containers),
    skipped,
    data: [...records.values()],
    notes: containers ? [containers.description] : [],
    pids: () => [...ready.values()].flatMap(({ pids }) => pids),
    waits: ({ path, share }) => path!.startsWith('start-') || share !== undefined,
    async setUp({ path, share }) {
      await stop();
      for (const place of experiment.factors.place as string[]) {
        if (place === INSIDE && !containers) continue;
        context.signal.throwIfAborted();
        const where = whereOf(place === INSIDE ? containers : undefined, share);
        ready.set(place, await PATHS[path!]!(where, settings, data, context.signal));
      }
    },
    measure: ({ place }) => ready.get(place!)!.measure(),
    async close() {
      await stop();
      await containers?.close();
    },
  };
}

/** Without an engine, or an image, containers are left out. */
async function openContainers(image: string, folder: string): Promise<{ containers?: Containers; skipped: Skipped[] }> {
  try {
    return { containers: await Containers.open(image, [folder]), skipped: [] };
  } catch (error) {
    if (!(error instanceof SluiceError) || error.code === 'bad-request') throw error;
    return { skipped: [{ what: `place ${INSIDE}`, why: error.message }] };
  }
}

function whereOf(containers: Containers | undefined, share: string | undefined): PathPlace {
  if (containers) return { place: containers.place(), node: containers.place(share ? Number(share) : undefined) };
  return { place: HOST, node: HOST, ...(share && { duty: Number(share) }) };
}

function checkLevels(levels: Levels): void {
  requireKnown(levels, { path: Object.keys(PATHS), place: [OUTSIDE, INSIDE] });
  const { path, share } = levels;
  if (share === undefined) return;
  if (path !== 'request') throw new SluiceError('bad-request', `factor share: the path ${path} has none`);
  if (!(Number(share) >= 0.01 && Number(share) <= 1))
    throw new SluiceError('bad-request', `factor share: "${share}": expected a number from 0.01 to 1`);
}
