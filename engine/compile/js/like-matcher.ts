const ANY_CHARACTER = -1;

/**
 * LIKE over UTF-8 bytes: % is any run, _ one character. Pieces between % are searched from left to right, each where it
 * first occurs, so that no input makes the matcher go back over an earlier piece.
 */
export class LikeMatcher {
  /** Bytes, or ANY_CHARACTER; the first is bound to the start and the last to the end. */
  readonly #pieces: readonly Int16Array[];

  constructor(pattern: string) {
    this.#pieces = pattern.split('%').map((piece) => {
      const units: number[] = [];
      piece.split('_').forEach((text, index) => {
        if (index > 0) units.push(ANY_CHARACTER);
        units.push(...new TextEncoder().encode(text));
      });
      return Int16Array.from(units);
    });
  }

  matches(bytes: Uint8Array, start: number, end: number): boolean {
    const pieces = this.#pieces;
    const first = pieces[0] as Int16Array;
    let at = matchAt(bytes, start, end, first);
    if (pieces.length === 1) return at === end;
    if (at < 0) return false;
    for (let i = 1; i < pieces.length - 1; i++) {
      at = search(bytes, at, end, pieces[i] as Int16Array);
      if (at < 0) return false;
    }
    return matchesEnd(bytes, at, end, pieces.at(-1) as Int16Array);
  }
}

/** Where the piece ends when it stands at `at`; -1 when it does not. */
function matchAt(bytes: Uint8Array, at: number, end: number, piece: Int16Array): number {
  let p = at;
  for (let i = 0; i < piece.length; i++) {
    if (p >= end) return -1;
    if (piece[i] === ANY_CHARACTER) {
      p++;
      while (p < end && isContinuation(bytes[p] as number)) p++;
    } else if (bytes[p++] !== piece[i]) return -1;
  }
  return p;
}

function search(bytes: Uint8Array, from: number, end: number, piece: Int16Array): number {
  if (piece.length === 0) return from;
  const first = piece[0] as number;
  for (let p = from; p < end; p++) {
    if (first === ANY_CHARACTER ? isContinuation(bytes[p] as number) : bytes[p] !== first) continue;
    const stop = matchAt(bytes, p, end, piece);
    if (stop >= 0) return stop;
  }
  return -1;
}

/** Whether the piece ends exactly at `end`, starting no earlier than `from`; walks backwards. */
function matchesEnd(bytes: Uint8Array, from: number, end: number, piece: Int16Array): boolean {
  let p = end;
  for (let i = piece.length - 1; i >= 0; i--) {
    if (p <= from) return false;
    p--;
    if (piece[i] === ANY_CHARACTER) while (p > from && isContinuation(bytes[p] as number)) p--;
    else if (bytes[p] !== piece[i]) return false;
  }
  return true;
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}
