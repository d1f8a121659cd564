import { createRequire } from 'node:module';
import { SluiceError } from '../../query/error.ts';

const require = createRequire(new URL('../peers/package.json', import.meta.url));

/**
 * Loads a package of bench/peers/, which is not installed with Sluice.
 * @throws SluiceError `not-found` when it is not there, or its native part is not.
 */
export function loadPeer<T>(name: string): T {
  try {
    return require(name) as T;
  } catch {
    throw new SluiceError('not-found', 'not installed; npm run peers:install');
  }
}
