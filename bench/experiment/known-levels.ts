import { SluiceError } from '../../query/error.ts';
import type { Levels } from '../samples/levels.ts';
import { suggestion } from './nearest-name.ts';

/**
 * Whether the levels of a case are among those that its kind knows, by factor; a factor that the case has not is passed.
 * @throws SluiceError `bad-request` naming the factor, the level and the one that was probably meant.
 */
export function requireKnown(levels: Levels, known: Readonly<Record<string, readonly string[]>>): void {
  for (const [factor, names] of Object.entries(known)) {
    const level = levels[factor];
    if (level !== undefined && !names.includes(level))
      throw new SluiceError('bad-request', `factor ${factor}: no level "${level}"; ${suggestion(level, names)}`);
  }
}

/** @throws SluiceError `bad-request` when the case has cores, and they are no number from 1 up. */
export function requireCores({ cores }: Levels): void {
  if (cores !== undefined && !/^[1-9]\d{0,3}$/.test(cores))
    throw new SluiceError('bad-request', `factor cores: "${cores}" is no number of cores from 1 to 9999`);
}
