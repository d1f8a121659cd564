import { mask64 } from './simd';

// Characters in UTF-8. Loads may touch 16 bytes behind a text: every area has padding.

/** Whether a byte starts a character. */
// @ts-ignore: decorator
@inline
export function startsCharacter(byte: u8): bool {
  return (byte & 0xc0) != 0x80;
}

/** Bytes of the character that starts with a byte. */
// @ts-ignore: decorator
@inline
export function characterLength(lead: u8): usize {
  return lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

/** Bit i: byte i of the 16 at an address starts a character. */
// @ts-ignore: decorator
@inline
function starts16(at: usize): u32 {
  return <u32>i8x16.bitmask(i8x16.gt_s(v128.load(at), i8x16.splat(-65)));
}

/** Number of characters from an address up to before another. */
export function countCharacters(at: usize, end: usize): u32 {
  let count: u32 = 0;
  for (; at + 16 <= end; at += 16) count += popcnt(starts16(at));
  if (at < end) count += popcnt(starts16(at) & ((1 << <u32>(end - at)) - 1));
  return count;
}

/** Where the character that is `count` behind the one at `at` starts, or `end`. */
export function skipCharacters(at: usize, end: usize, count: u64): usize {
  for (; at + 16 <= end; at += 16) {
    const starts = <u64>popcnt(starts16(at));
    if (starts > count) break;
    count -= starts;
  }
  for (; at < end; at++) {
    if (!startsCharacter(load<u8>(at))) continue;
    if (count == 0) return at;
    count--;
  }
  return end;
}

/** Where the last character before `end` starts; `start` where there is none. */
// @ts-ignore: decorator
@inline
export function previousCharacter(start: usize, end: usize): usize {
  while (end > start) if (startsCharacter(load<u8>(--end))) break;
  return end;
}

/** The code point of the character at an address. */
export function codePointAt(at: usize): u32 {
  const lead = <u32>load<u8>(at);
  if (lead < 0x80) return lead;
  const second = <u32>load<u8>(at, 1) & 0x3f;
  if (lead < 0xe0) return ((lead & 0x1f) << 6) | second;
  const third = <u32>load<u8>(at, 2) & 0x3f;
  if (lead < 0xf0) return ((lead & 0x0f) << 12) | (second << 6) | third;
  return ((lead & 0x07) << 18) | (second << 12) | (third << 6) | (<u32>load<u8>(at, 3) & 0x3f);
}

/** Writes a code point, at most 4 bytes; gives the address behind it. */
export function writeCodePoint(at: usize, code: u32): usize {
  if (code < 0x80) {
    store<u8>(at, code);
    return at + 1;
  }
  if (code < 0x800) {
    store<u8>(at, 0xc0 | (code >> 6));
    store<u8>(at, 0x80 | (code & 0x3f), 1);
    return at + 2;
  }
  if (code < 0x10000) {
    store<u8>(at, 0xe0 | (code >> 12));
    store<u8>(at, 0x80 | ((code >> 6) & 0x3f), 1);
    store<u8>(at, 0x80 | (code & 0x3f), 2);
    return at + 3;
  }
  store<u8>(at, 0xf0 | (code >> 18));
  store<u8>(at, 0x80 | ((code >> 12) & 0x3f), 1);
  store<u8>(at, 0x80 | ((code >> 6) & 0x3f), 2);
  store<u8>(at, 0x80 | (code & 0x3f), 3);
  return at + 4;
}

/** Whether `length` bytes at two addresses are equal. */
// @ts-ignore: decorator
@inline
export function equalBytes(a: usize, b: usize, length: usize): bool {
  let i: usize = 0;
  for (; i + 8 <= length; i += 8) if (load<u64>(a + i) != load<u64>(b + i)) return false;
  if (i == length) return true;
  // Bytes behind both are loaded and shifted out.
  return (load<u64>(a + i) ^ load<u64>(b + i)) << ((8 - (length - i)) << 3) == 0;
}

/** Where `part` first stands between two addresses; `end` when it does not, or is longer. Its length is at least 1. */
export function findBytes(at: usize, end: usize, part: usize, partLength: usize): usize {
  if (partLength > end - at) return end;
  const last = partLength - 1;
  const first = i8x16.splat(load<i8>(part)), final = i8x16.splat(load<i8>(part + last));
  const lastStart = end - partLength;
  if (lastStart - at >= 63) {
    // The last 64 places may have been looked at before.
    for (const lastPlaces = lastStart - 63; ; at = min(at + 64, lastPlaces)) {
      // Where the part's first byte and, `last` bytes on, its final one stand. Constant offsets cost nothing.
      const ahead = at + last;
      const a = v128.and(i8x16.eq(v128.load(at), first), i8x16.eq(v128.load(ahead), final));
      const b = v128.and(i8x16.eq(v128.load(at, 16), first), i8x16.eq(v128.load(ahead, 16), final));
      const c = v128.and(i8x16.eq(v128.load(at, 32), first), i8x16.eq(v128.load(ahead, 32), final));
      const d = v128.and(i8x16.eq(v128.load(at, 48), first), i8x16.eq(v128.load(ahead, 48), final));
      if (v128.any_true(v128.or(v128.or(a, b), v128.or(c, d)))) {
        for (let hits = mask64(a, b, c, d); hits; hits &= hits - 1) {
          const candidate = at + <usize>ctz(hits);
          if (partLength <= 2 || equalBytes(candidate + 1, part + 1, partLength - 2)) return candidate;
        }
      }
      if (at == lastPlaces) return end;
    }
  }
  for (; at <= lastStart; at += 16) {
    let hits = <u32>i8x16.bitmask(v128.and(i8x16.eq(v128.load(at), first), i8x16.eq(v128.load(at + last), final)));
    for (; hits; hits &= hits - 1) {
      const candidate = at + <usize>ctz(hits);
      if (candidate > lastStart) return end;
      if (partLength <= 2 || equalBytes(candidate + 1, part + 1, partLength - 2)) return candidate;
    }
  }
  return end;
}
