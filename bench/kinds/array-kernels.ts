import { z } from 'zod';
import { KernelMemory } from '../arrays/kernel-memory.ts';
import { workingSet } from '../arrays/kernels/array-kernel.ts';
import { ARRAY_KERNELS, kernelNamed } from '../arrays/kernels/table.ts';
import type { ArrayLane } from '../arrays/lane.ts';
import { ARRAY_LANES, memoryCount, openArrayLane } from '../arrays/lanes.ts';
import { compilerVersion } from '../engines/native-program.ts';
import { cacheLevelOf, dataCaches } from '../environment/caches.ts';
import { lackOfMemory } from '../environment/memory-room.ts';
import type { Experiment } from '../experiment/experiment.ts';
import { combinations } from '../experiment/factors.ts';
import { requireKnown } from '../experiment/known-levels.ts';
import { readSettings } from '../experiment/settings.ts';
import { parseSize } from '../experiment/size-level.ts';
import type { Levels } from '../samples/levels.ts';
import type { Kind, KindContext, Measurement, Session, Skipped } from './kind.ts';

const SEED = 1;

/** From so many elements on, loading the input has warmed up all that can be: a call takes long, and code is compiled. */
const LARGE = 2 ** 24;

/** Rounds of large sorts, each of which takes seconds. */
const LARGE_SORTS = 2;

const settingsSchema = z.strictObject({
  /** Milliseconds that one measurement lasts at least; one call may last longer. */
  time: z.number().positive(),
});

/**
 * Loops over arrays, without any query around them: the same algorithms in JavaScript, WASM and C, on one thread.
 * Metrics: `time` of a call, `each` (nanoseconds of an element), `bytes` of all arrays of a call, and `cache`, the level
 * of the smallest cache that holds them (0: none does), where the system tells.
 */
export const arrayKernels: Kind = {
  factors: ['kernel', 'size', 'lane'],
  contenders: ['lane'],
  answers: ['kernel', 'size'],
  open,
};

async function open(experiment: Experiment, context: KindContext): Promise<Session> {
  const settings = readSettings(settingsSchema, experiment);
  const wanted = combinations(experiment.factors).map((levels) => {
    return { ...levels, size: String(parseSize(levels.size!)) } as Levels;
  });
  wanted.forEach(checkLevels);
  const skipped: Skipped[] = [];
  const hasCompiler = (await compilerVersion()) !== undefined;
  const names = [...new Set(wanted.map(({ lane }) => lane!))].filter((lane) => lane !== 'native' || hasCompiler);
  if (!hasCompiler && wanted.some(({ lane }) => lane === 'native')) {
    skipped.push({ what: 'lane native', why: 'there is no C compiler (cc)' });
  }
  const cases = wanted.filter(({ kernel, size, lane }) => {
    if (!names.includes(lane!)) return false;
    const why = lackOfMemory(workingSet(kernelNamed(kernel!), Number(size)) * memoryCount(names));
    if (why === undefined) return true;
    const what = `${kernel} of ${size} elements`;
    if (!skipped.some((skip) => skip.what === what)) skipped.push({ what, why });
    return false;
  });

  const caches = dataCaches();
  const plain = new KernelMemory('plain');
  const lanes = new Map<string, ArrayLane>();
  for (const name of names) lanes.set(name, await openArrayLane(name, plain));

  return {
    cases,
    skipped,
    data: [],
    pids: () => [...lanes.values()].flatMap(({ pid }) => pid ?? []),
    limits: ({ kernel, size }) => {
      const { warmup, stop } = experiment;
      if (Number(size) < LARGE) return { warmup, most: stop.most };
      return { warmup: 0, most: kernel === 'sort' ? Math.min(LARGE_SORTS, stop.most) : stop.most };
    },
    async setUp({ kernel: name, size }) {
      context.signal.throwIfAborted();
      const kernel = kernelNamed(name!);
      const input = plain.hold(kernel, Number(size));
      kernel.fill(input.first, input.second, SEED);
      for (const lane of lanes.values()) await lane.load(kernel, input);
    },
    async measure({ kernel: name, size, lane: laneName }): Promise<Measurement> {
      const kernel = kernelNamed(name!);
      const n = Number(size);
      const lane = lanes.get(laneName!)!;
      const time = await lane.time(settings.time);
      const bytes = workingSet(kernel, n);
      const level = cacheLevelOf(bytes, caches);
      return {
        metrics: [
          { metric: 'time', value: time, unit: 'ms' },
          { metric: 'each', value: (time * 1e6) / n, unit: 'ns' },
          { metric: 'bytes', value: bytes, unit: 'B' },
          ...(level === undefined ? [] : [{ metric: 'cache', value: level, unit: 'level' }]),
        ],
        answer: { rows: [await lane.result()], approximate: [] },
      };
    },
    async close() {
      for (const lane of lanes.values()) await lane.close();
    },
  };
}

function checkLevels(levels: Levels): void {
  requireKnown(levels, { kernel: ARRAY_KERNELS.map(({ name }) => name), lane: ARRAY_LANES });
}
