import { createHash } from 'node:crypto';
import { closeSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';

/**
 * A file that is hashed while it is written. It appears under its name only when it is whole; until then it is
 * `NAME.PROCESS.partial`. An older file of that name is replaced; anything but a file is refused.
 */
export class HashedFile {
  readonly #path: string;
  readonly #partial: string;
  readonly #descriptor: number;
  readonly #hash = createHash('sha256');
  #bytes = 0;
  #isOpen = true;

  /** Throws Node's own file errors (`code` ENOENT, EACCES, …). */
  constructor(path: string) {
    const present = statSync(path, { throwIfNoEntry: false });
    if (present && !present.isFile())
      throw Object.assign(new Error(`"${path}" exists and is not a file`), { code: 'EEXIST' });
    this.#path = path;
    this.#partial = `${path}.${process.pid}.partial`;
    this.#descriptor = openSync(this.#partial, 'w');
  }

  get bytes(): number {
    return this.#bytes;
  }

  write(piece: Uint8Array): void {
    this.#hash.update(piece);
    for (let at = 0; at < piece.length; ) at += writeSync(this.#descriptor, piece, at);
    this.#bytes += piece.length;
  }

  /** Gives the file its name. Returns its length and the SHA-256 of its bytes in hex. */
  finish(): { bytes: number; sha256: string } {
    this.#close();
    renameSync(this.#partial, this.#path);
    return { bytes: this.#bytes, sha256: this.#hash.digest('hex') };
  }

  /** Leaves nothing behind, whatever went before. */
  discard(): void {
    this.#close();
    rmSync(this.#partial, { force: true });
  }

  #close(): void {
    if (this.#isOpen) closeSync(this.#descriptor);
    this.#isOpen = false;
  }
}
