import { fileURLToPath } from 'node:url';
import { LineProcess } from '../servers/line-process.ts';
import { HOST, type Place } from '../servers/place.ts';
import type { Question, Reply } from './contender.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

/** A contender in a process of its own, so that neither its heap nor its threads are in the way of others. */
export type ContenderProcess = LineProcess<Question, Reply>;

/** @throws SluiceError `not-found` when the contender is not installed. */
export function startContender(name: string, threads = 1, place: Place = HOST): Promise<ContenderProcess> {
  const env = { POLARS_MAX_THREADS: String(threads) };
  return LineProcess.start(name, [MAIN, name, String(threads)], { place, env });
}
