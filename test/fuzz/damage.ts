/** Whole numbers below `limit`. */
export type Random = (limit: number) => number;

/** xorshift32 by seed. */
export function randomOf(seed: number): Random {
  let state = (seed * 2654435761) | 1;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % Math.max(limit, 1);
  };
}

/** A copy of a file with flips, a cut, or a piece of it or of another file in a wrong place. */
export function damaged(bytes: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  const copy = new Uint8Array(bytes);
  switch (random(10)) {
    case 0:
      return copy.subarray(0, random(copy.length));
    case 1: {
      // The end stays, so that the footer is found.
      const at = random(copy.length);
      const cut = Math.min(1 + random(64), copy.length - at);
      return Buffer.concat([copy.subarray(0, at), copy.subarray(at + cut)]);
    }
    case 2:
    case 3: {
      const from = random(2) === 0 ? copy : other;
      const start = random(from.length);
      const piece = from.slice(start, start + 1 + random(32));
      copy.set(piece.subarray(0, copy.length), Math.min(random(copy.length), Math.max(copy.length - piece.length, 0)));
      return copy;
    }
    default:
      for (let flips = 1 + random(4); flips > 0; flips--) copy[placeOf(copy.length, random)] = byteFrom(random);
      return copy;
  }
}

/** Numbers at which lengths go wrong come as often as others. */
function byteFrom(random: Random): number {
  return random(2) === 0 ? random(256) : [0, 1, 0x7f, 0x80, 0xff][random(5)]!;
}

/** Half of the places are in the last kilobyte, where the footer is. */
function placeOf(length: number, random: Random): number {
  return random(2) === 0 ? random(length) : Math.max(0, length - 1 - random(1024));
}
