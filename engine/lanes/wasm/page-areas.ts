import { AreaPool } from './growing-area.ts';

interface Area {
  readonly address: number;
  readonly bytes: number;
}

/**
 * Areas for what is decoded from pages. Vectors point into them, so those of a page that is done with are used again only
 * after the batch in which that was.
 */
export class PageAreas {
  readonly #pool: AreaPool;
  #current: Area[] = [];
  #done: Area[] = [];

  constructor(pool: AreaPool) {
    this.#pool = pool;
  }

  /** Room for at least `bytes`, not cleared, for the current page. */
  allocate(bytes: number): number {
    const address = this.#pool.take(bytes);
    this.#current.push({ address, bytes: AreaPool.sizeFor(bytes) });
    return address;
  }

  /** Nothing more is read of the current page, though vectors may point into it. */
  endPage(): void {
    if (this.#current.length === 0) return;
    this.#done.push(...this.#current);
    this.#current = [];
  }

  /** No vector points to pages that have ended. */
  endBatch(): void {
    if (this.#done.length === 0) return;
    for (const { address, bytes } of this.#done) this.#pool.giveBack(address, bytes);
    this.#done = [];
  }

  /** Gives everything back. */
  clear(): void {
    this.endPage();
    this.endBatch();
  }
}
