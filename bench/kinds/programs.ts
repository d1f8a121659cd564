import { createHash } from 'node:crypto';
import { z } from 'zod';
import { SluiceError } from '../../query/error.ts';
import type { Experiment } from '../experiment/experiment.ts';
import { combinations } from '../experiment/factors.ts';
import { requireKnown } from '../experiment/known-levels.ts';
import { readSettings } from '../experiment/settings.ts';
import type { Program, ProgramResult } from '../programs/program.ts';
import { PROGRAMS } from '../programs/table.ts';
import { WasmPrograms } from '../programs/wasm-program.ts';
import type { Levels } from '../samples/levels.ts';
import { seededRandom } from '../statistics/random.ts';
import { type Calls, timeCalls, warmUp } from '../statistics/time-calls.ts';
import type { Kind, KindContext, Session } from './kind.ts';

const LANES = ['js', 'wasm'];
const MOST_BYTES = 2 ** 26;

const settingsSchema = z.strictObject({
  /** Milliseconds that one measurement lasts at least; one call may last longer. */
  time: z.number().positive(),
  seed: z.int().min(0),
});

/**
 * Small programs over text in this process and thread: from the bytes of the input to the result, in JavaScript as one
 * writes it and in WASM, into whose memory the input is copied within the time measured. Sizes are in bytes.
 */
export const programs: Kind = {
  factors: ['program', 'size', 'lane'],
  contenders: ['lane'],
  answers: ['program', 'size'],
  open,
};

async function open(experiment: Experiment, context: KindContext): Promise<Session> {
  const { time, seed } = readSettings(settingsSchema, experiment);
  const cases = combinations(experiment.factors);
  cases.forEach(checkLevels);
  const wasm = await WasmPrograms.open();
  let lanes: Readonly<Record<string, Calls>> = {};
  let result: ProgramResult = [];
  return {
    cases,
    skipped: [],
    data: [],
    pids: () => [],
    async setUp({ program: name, size }) {
      context.signal.throwIfAborted();
      const program = programOf(name!);
      const input = program.input(Number(size), seededRandom(seed));
      const prepared = wasm.prepare(program, input);
      const repeat =
        (run: () => ProgramResult): Calls =>
        (times) => {
          for (let i = 0; i < times; i++) result = run();
        };
      lanes = { js: repeat(() => program.js(input)), wasm: repeat(() => prepared.run()) };
      for (const calls of Object.values(lanes)) await warmUp(calls);
    },
    async measure({ size, lane }) {
      const ms = await timeCalls(lanes[lane!]!, time);
      return {
        metrics: [
          { metric: 'time', value: ms, unit: 'ms' },
          { metric: 'rate', value: Number(size) / ms / 1e3, unit: 'MB/s' },
        ],
        answer: { rows: rowsOf(result), approximate: [] },
      };
    },
    async close() {
      lanes = {};
    },
  };
}

function programOf(name: string): Program {
  return PROGRAMS.find((program) => program.name === name)!;
}

function checkLevels(levels: Levels): void {
  requireKnown(levels, { program: PROGRAMS.map(({ name }) => name), lane: LANES });
  const { size } = levels;
  if (!(Number.isInteger(Number(size)) && Number(size) >= 1 && Number(size) <= MOST_BYTES))
    throw new SluiceError('bad-request', `factor size: "${size}" is no number of bytes up to ${MOST_BYTES}`);
}

function rowsOf(result: ProgramResult): readonly (readonly string[])[] {
  if (!(result instanceof Uint8Array)) return result;
  return [[String(result.length), createHash('sha256').update(result).digest('hex')]];
}
