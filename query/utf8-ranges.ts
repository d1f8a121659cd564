/** One byte, from `low` to `high`. */
export interface ByteRange {
  readonly low: number;
  readonly high: number;
}

/** The last code points that UTF-8 writes with 1, 2, 3 and 4 bytes. */
const LAST_OF_LENGTH = [0x7f, 0x7ff, 0xffff, 0x10ffff];
const FIRST_SURROGATE = 0xd800;
const LAST_SURROGATE = 0xdfff;

/**
 * The UTF-8 forms of the code points `low` to `high`, as sequences of byte ranges: any choice of a byte from each range
 * of a sequence is one of the characters. Source: R. Cox, "Regular Expression Matching in the Wild", UTF-8 ranges.
 */
export function utf8Ranges(low: number, high: number): ByteRange[][] {
  if (low > high) return [];
  if (low <= LAST_SURROGATE && high >= FIRST_SURROGATE)
    return [...utf8Ranges(low, FIRST_SURROGATE - 1), ...utf8Ranges(LAST_SURROGATE + 1, high)];
  for (const last of LAST_OF_LENGTH) {
    if (low <= last && high > last) return [...utf8Ranges(low, last), ...utf8Ranges(last + 1, high)];
  }
  if (high <= 0x7f) return [[{ low, high }]];
  // All but the leading bits of both ends must run over their whole range.
  for (let bits = 6; bits <= 18; bits += 6) {
    const rest = (1 << bits) - 1;
    if ((low & ~rest) === (high & ~rest)) break;
    if ((low & rest) !== 0) return [...utf8Ranges(low, low | rest), ...utf8Ranges((low | rest) + 1, high)];
    if ((high & rest) !== rest) return [...utf8Ranges(low, (high & ~rest) - 1), ...utf8Ranges(high & ~rest, high)];
  }
  const [first, last] = [utf8Bytes(low), utf8Bytes(high)];
  return [first.map((byte, i) => ({ low: byte, high: last[i]! }))];
}

function utf8Bytes(code: number): number[] {
  const continuation = (shift: number) => 0x80 | ((code >> shift) & 0x3f);
  if (code <= 0x7ff) return [0xc0 | (code >> 6), continuation(0)];
  if (code <= 0xffff) return [0xe0 | (code >> 12), continuation(6), continuation(0)];
  return [0xf0 | (code >> 18), continuation(12), continuation(6), continuation(0)];
}
