import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { ObjectLocation } from '../task.ts';

/** The location of a local file, its version as of now. Throws `not-found`. */
export async function locateFile(path: string, name = basename(path)): Promise<ObjectLocation> {
  const { size } = await stat(path);
  return { kind: 'file', name, path, size, version: '' };
}
