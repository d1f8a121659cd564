import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The files in which Linux tells of itself, below a root that is `/` but in tests. What is not there reads as null. */
export class SystemFiles {
  readonly #root: string;

  constructor(root = '/') {
    this.#root = root;
  }

  /** The text of a file, without blanks and NULs around it. */
  read(path: string): string | null {
    try {
      return readFileSync(join(this.#root, path), 'utf8').replaceAll('\0', '').trim();
    } catch {
      return null;
    }
  }

  /** The number that a file holds. */
  number(path: string): number | null {
    const text = this.read(path);
    return text === null || text === '' || !Number.isFinite(Number(text)) ? null : Number(text);
  }

  /** Names in a folder, in their natural order; none where it is not there. */
  list(path: string): string[] {
    try {
      return readdirSync(join(this.#root, path)).sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
    } catch {
      return [];
    }
  }
}
