import { readdir, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { formatOfName } from '../engine/formats/object-name.ts';
import { locateFile } from '../engine/run/locate.ts';
import type { ObjectLocation } from '../engine/task.ts';
import { SluiceError } from '../query/error.ts';

export type FileLocation = Extract<ObjectLocation, { kind: 'file' }>;

/** The objects of a folder: its files of a known format, those of subfolders as `folder/name`. */
export class ObjectStore {
  readonly #root: string;

  private constructor(root: string) {
    this.#root = root;
  }

  /** Throws `not-found` when there is no such folder. */
  static async open(folder: string): Promise<ObjectStore> {
    try {
      const root = await realpath(folder);
      await readdir(root);
      return new ObjectStore(root);
    } catch {
      throw new SluiceError(
        'not-found',
        `there is no folder "${folder}" that can be read; --data names the folder to serve`,
      );
    }
  }

  /** All objects, by name. Hidden files and folders, and links that lead elsewhere, are not objects. */
  async list(): Promise<FileLocation[]> {
    const names = (await walk(this.#root, '')).sort();
    const found = await Promise.all(names.map((name) => this.locate(name).catch(() => undefined)));
    return found.filter((location) => location !== undefined);
  }

  /** Where an object is. Throws `not-found`, also for names that would lead out of the folder. */
  async locate(name: string): Promise<FileLocation> {
    const missing = new SluiceError('not-found', `there is no object "${printable(name)}"`);
    if (!isObjectName(name)) throw missing;
    const path = await realpath(join(this.#root, name)).catch(() => {
      throw missing;
    });
    if (!path.startsWith(this.#root.endsWith(sep) ? this.#root : this.#root + sep)) throw missing;
    const location = await locateFile(path, name).catch(() => {
      throw missing;
    });
    return location as FileLocation;
  }
}

/** Object names below a folder. Links to folders are not followed: they may lead in circles. */
async function walk(folder: string, prefix: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries.map(async (entry): Promise<string[]> => {
    const name = prefix + entry.name;
    if (entry.isDirectory()) return entry.name.startsWith('.') ? [] : walk(join(folder, entry.name), `${name}/`);
    return isObjectName(name) ? [name] : [];
  });
  return (await Promise.all(names)).flat();
}

/** Relative, without hidden parts (`..` is one), with a known extension. */
function isObjectName(name: string): boolean {
  if (name.length > 1024 || /[\0\\]/.test(name)) return false;
  if (!formatOfName(name)) return false;
  return name.split('/').every((part) => part !== '' && !part.startsWith('.'));
}

function printable(name: string): string {
  return name.slice(0, 200).replace(/[\x00-\x1f\x7f]/g, '?');
}
