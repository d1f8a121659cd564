import { type Stats, statSync } from 'node:fs';
import { basename } from 'node:path';
import { SluiceError } from '../../query/error.ts';
import type { CsvOptions } from '../csv-format.ts';
import type { ObjectLocation } from '../task.ts';

/** Where the schema of `path` may stand, see CLI.md: the whole file name, then `.schema.json`. */
export function sidecarPath(path: string): string {
  return `${path}.schema.json`;
}

/** The location of a local file, its version as of now; what is said of it, if it is CSV. Throws `not-found`. */
export async function locateFile(path: string, name = basename(path), csv?: CsvOptions): Promise<ObjectLocation> {
  const file = statsOf(path, name);
  if (!file.isFile()) throw new SluiceError('not-found', `${name}: ${path} is not a file`);
  const version = versionOf(file, findStats(sidecarPath(path)));
  return { kind: 'file', name, path, size: file.size, version, ...(csv && { csv }) };
}

function statsOf(path: string, name: string): Stats {
  try {
    return statSync(path);
  } catch (error) {
    throw missing(name, path, error as NodeJS.ErrnoException);
  }
}

/**
 * What the file system says of a path, if anything. Asked in the calling thread, since every query asks: a thread that
 * has to wake first takes a hundred times as long.
 */
export function findStats(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** Whether `stats` are of the very bytes that a location's version names. */
export function isVersionOf(version: string, stats: Stats): boolean {
  return version.split('~')[0] === fileVersion(stats);
}

/** Names the bytes by time of change, size and inode. The sidecar takes part, because it decides what the bytes mean. */
function versionOf(file: Stats, sidecar: Stats | undefined): string {
  return sidecar ? `${fileVersion(file)}~${fileVersion(sidecar)}` : fileVersion(file);
}

function fileVersion({ mtimeMs, size, ino }: Stats): string {
  return [Math.round(mtimeMs * 1000), size, ino].map((number) => number.toString(36)).join('-');
}

/** The error for a file that could not be opened. */
export function missing(name: string, path: string, error: NodeJS.ErrnoException): SluiceError {
  const why = error.code === 'ENOENT' ? 'there is no such file' : `the file cannot be read (${error.code})`;
  return new SluiceError('not-found', `${name}: ${why}: ${path}`);
}
