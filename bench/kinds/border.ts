import { z } from 'zod';
import type { Border } from '../border/border.ts';
import { MODULE_WAYS, ModuleBorder } from '../border/module-border.ts';
import { hasSecondMemory } from '../border/second-memory.ts';
import { THREAD_WAYS, ThreadBorder } from '../border/thread-border.ts';
import { lackOfMemory } from '../environment/memory-room.ts';
import type { Experiment } from '../experiment/experiment.ts';
import { combinations } from '../experiment/factors.ts';
import { requireKnown } from '../experiment/known-levels.ts';
import { readSettings } from '../experiment/settings.ts';
import { parseSize } from '../experiment/size-level.ts';
import type { Levels } from '../samples/levels.ts';
import { seededRandom } from '../statistics/random.ts';
import type { Kind, KindContext, Measurement, Session, Skipped } from './kind.ts';

/** The bytes lie in six places, and copies that are no longer needed wait for the collector. */
const COPIES = 10;

/** The levels of `border`, and those of `way` that cross it. */
const WAYS: Readonly<Record<string, readonly string[]>> = { module: MODULE_WAYS, thread: THREAD_WAYS };

const settingsSchema = z.strictObject({
  /** Milliseconds that one measurement lasts at least; one call may last longer. */
  time: z.number().positive(),
});

/**
 * What it costs to bring bytes to a receiver across a border: into a module and out of it, or to another thread. The
 * receiver looks at a byte of each cache line, so that no way is fast by bringing nothing. Metrics: `time` of a call,
 * the same as `latency` in µs, and `byte`, nanoseconds of a byte. Ways are measured at the border that they cross, and at no other.
 */
export const border: Kind = {
  factors: ['size', 'border', 'way'],
  contenders: ['border', 'way'],
  answers: ['size'],
  open,
};

async function open(experiment: Experiment, context: KindContext): Promise<Session> {
  const settings = readSettings(settingsSchema, experiment);
  for (const levels of combinations(experiment.factors))
    requireKnown(levels, { border: Object.keys(WAYS), way: Object.values(WAYS).flat() });
  const skipped: Skipped[] = [];
  const skip = (what: string, why: string) => {
    if (!skipped.some((other) => other.what === what)) skipped.push({ what, why });
    return false;
  };
  const cases = combinations(experiment.factors)
    .filter(({ border, way }) => WAYS[border!]!.includes(way!))
    .map((levels): Levels => ({ ...levels, size: String(parseSize(levels.size!)) }))
    .filter(({ way, size }) => {
      const lack = lackOfMemory(Number(size) * COPIES);
      if (lack !== undefined) return skip(`size ${size}`, lack);
      if (way === 'second-memory' && !hasSecondMemory())
        return skip('way second-memory', 'this engine has one memory a module only (no multi-memory)');
      return true;
    });
  const most = Math.max(1, ...cases.map(({ size }) => Number(size)));
  const borders: Readonly<Record<string, Border>> = {
    module: await ModuleBorder.open(most),
    thread: await ThreadBorder.open(),
  };
  return {
    cases,
    skipped,
    data: [],
    pids: () => [],
    waits: ({ border }) => border === 'thread',
    async setUp({ size }) {
      context.signal.throwIfAborted();
      const data = randomBytes(Number(size));
      for (const side of Object.values(borders)) side.load(data);
    },
    async measure({ border, way, size }): Promise<Measurement> {
      const { time, sum } = await borders[border!]!.measure(way!, settings.time);
      return {
        metrics: [
          { metric: 'time', value: time, unit: 'ms' },
          { metric: 'latency', value: time * 1e3, unit: 'µs' },
          { metric: 'byte', value: (time * 1e6) / Number(size), unit: 'ns' },
        ],
        ...(sum !== undefined && { answer: { rows: [[String(sum)]], approximate: [] } }),
      };
    },
    async close() {
      for (const side of Object.values(borders)) await side.close();
    },
  };
}

function randomBytes(size: number): Uint8Array {
  const random = seededRandom(size);
  const words = Uint32Array.from({ length: Math.ceil(size / 4) }, () => random() * 2 ** 32);
  return new Uint8Array(words.buffer, 0, size);
}
