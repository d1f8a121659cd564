import { type CsvDialect, NO_BYTE } from '../../csv-format.ts';

type State = 'row start' | 'plain' | 'quoted' | 'escaped' | 'comment';

/** Follows the bytes of an object of any dialect from one row end to the next, piece by piece. */
export class CsvStructure {
  readonly #quote: number;
  readonly #escape: number;
  readonly #lineEnd: number;
  readonly #comment: number;
  #state: State;

  /** Starts where a row begins; or within a row, in a quoted field or not. */
  constructor(dialect: CsvDialect, start: 'row start' | 'plain' | 'quoted') {
    this.#quote = dialect.quote ?? NO_BYTE;
    this.#escape = dialect.escape === dialect.quote ? NO_BYTE : (dialect.escape ?? NO_BYTE);
    this.#lineEnd = dialect.lineEnd;
    this.#comment = dialect.comment ?? NO_BYTE;
    this.#state = start;
  }

  /** Goes on from `from` up to the next row end, and gives the position behind it; -1 when `to` comes first. */
  rowEnd(bytes: Uint8Array, from: number, to: number): number {
    let state = this.#state;
    for (let p = from; p < to; p++) {
      const byte = bytes[p];
      if (state === 'escaped') state = 'quoted';
      else if (state === 'quoted') {
        if (byte === this.#quote) state = 'plain';
        else if (byte === this.#escape) state = 'escaped';
      } else if (byte === this.#lineEnd) {
        this.#state = 'row start';
        return p + 1;
      } else if (state === 'row start') {
        state = byte === this.#comment ? 'comment' : byte === this.#quote ? 'quoted' : 'plain';
      } else if (state === 'plain' && byte === this.#quote) state = 'quoted';
    }
    this.#state = state;
    return -1;
  }
}
