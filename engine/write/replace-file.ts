import { SluiceError } from '../../query/error.ts';
import { HashedFile } from './hashed-file.ts';

/**
 * Writes pieces to the file `path`, which is there when it is whole: an older one stays as it is until then, and for
 * good where something fails. Throws SluiceError for a path that cannot be written, and what `pieces` throws.
 */
export async function replaceFile(path: string, pieces: AsyncIterable<Uint8Array>): Promise<void> {
  const file = attempt(path, () => new HashedFile(path));
  try {
    for await (const piece of pieces) attempt(path, () => file.write(piece));
    attempt(path, () => file.finish());
  } catch (error) {
    file.discard();
    throw error;
  }
}

function attempt<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw explainFileError(error, path);
  }
}

const FILE_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'its folder is not a folder',
  EEXIST: 'it exists and is not a file',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left on the device',
};

/** Node's error about a file that is written as a sentence; any other error as it is. */
export function explainFileError(error: unknown, path: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason = FILE_ERRORS[code];
  if (!reason) return error;
  return new SluiceError(code === 'ENOENT' ? 'not-found' : 'bad-request', `cannot write "${path}": ${reason}`);
}
