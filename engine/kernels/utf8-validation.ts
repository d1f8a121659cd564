// Whether bytes are UTF-8, and U+FFFD in place of what is not.
// Source: J. Keiser, D. Lemire, "Validating UTF-8 In Less Than One Instruction Per Byte" (2021).

// Errors that two bytes in a row can have, one bit each; two continuations are one only where no third byte is due.
const TOO_SHORT: u8 = 1, TOO_LONG: u8 = 2, OVERLONG_3: u8 = 4, SURROGATE: u8 = 16, OVERLONG_2: u8 = 32;
const TOO_LARGE: u8 = 8, TOO_LARGE_1000: u8 = 64, OVERLONG_4: u8 = 64, TWO_CONTINUATIONS: u8 = 128;
/** What does not depend on the lower half of the first byte. */
const CARRY: u8 = TOO_SHORT | TOO_LONG | TWO_CONTINUATIONS;

/** By the upper half of the first byte. */
const FIRST_HIGH: usize = memory.data<u8>([
  TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG,
  TWO_CONTINUATIONS, TWO_CONTINUATIONS, TWO_CONTINUATIONS, TWO_CONTINUATIONS,
  TOO_SHORT | OVERLONG_2, TOO_SHORT, TOO_SHORT | OVERLONG_3 | SURROGATE, TOO_SHORT | TOO_LARGE | TOO_LARGE_1000 | OVERLONG_4,
], 16);
/** By its lower half. */
const FIRST_LOW: usize = memory.data<u8>([
  CARRY | OVERLONG_3 | OVERLONG_2 | OVERLONG_4, CARRY | OVERLONG_2, CARRY, CARRY, CARRY | TOO_LARGE,
  CARRY | TOO_LARGE | TOO_LARGE_1000, CARRY | TOO_LARGE | TOO_LARGE_1000, CARRY | TOO_LARGE | TOO_LARGE_1000,
  CARRY | TOO_LARGE | TOO_LARGE_1000, CARRY | TOO_LARGE | TOO_LARGE_1000, CARRY | TOO_LARGE | TOO_LARGE_1000,
  CARRY | TOO_LARGE | TOO_LARGE_1000, CARRY | TOO_LARGE | TOO_LARGE_1000,
  CARRY | TOO_LARGE | TOO_LARGE_1000 | SURROGATE, CARRY | TOO_LARGE | TOO_LARGE_1000, CARRY | TOO_LARGE | TOO_LARGE_1000,
], 16);
/** By the upper half of the second byte. */
const SECOND_HIGH: usize = memory.data<u8>([
  TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
  TOO_LONG | OVERLONG_2 | TWO_CONTINUATIONS | OVERLONG_3 | TOO_LARGE_1000 | OVERLONG_4,
  TOO_LONG | OVERLONG_2 | TWO_CONTINUATIONS | OVERLONG_3 | TOO_LARGE,
  TOO_LONG | OVERLONG_2 | TWO_CONTINUATIONS | SURROGATE | TOO_LARGE,
  TOO_LONG | OVERLONG_2 | TWO_CONTINUATIONS | SURROGATE | TOO_LARGE,
  TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
], 16);
/** 16 times 255, then 16 zeros: from byte 16 - n on, a mask of the first n of 16 bytes. */
const FIRST_BYTES: usize = memory.data<u64>([~0, ~0, 0, 0], 16);

/** What is wrong with 16 bytes behind 16 others, where those have no error themselves. */
// @ts-ignore: decorator
@inline
function errorsOf(bytes: v128, before: v128): v128 {
  const first = i8x16.shuffle(before, bytes, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
  const second = i8x16.shuffle(before, bytes, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29);
  const third = i8x16.shuffle(before, bytes, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28);
  const pairs = v128.and(
    v128.and(
      i8x16.swizzle(v128.load(FIRST_HIGH), i8x16.shr_u(first, 4)),
      i8x16.swizzle(v128.load(FIRST_LOW), v128.and(first, i8x16.splat(15))),
    ),
    i8x16.swizzle(v128.load(SECOND_HIGH), i8x16.shr_u(bytes, 4)),
  );
  // Behind the second byte of three, and the second and third of four, a continuation is due.
  const due = v128.or(i8x16.sub_sat_u(second, i8x16.splat(0x60)), i8x16.sub_sat_u(third, i8x16.splat(0x70)));
  return v128.xor(v128.and(due, i8x16.splat(-128)), pairs);
}

// @ts-ignore: decorator
@inline
function isAscii64(at: usize): bool {
  const all = v128.or(v128.or(v128.load(at), v128.load(at, 16)), v128.or(v128.load(at, 32), v128.load(at, 48)));
  return i8x16.bitmask(all) == 0;
}

/** The first byte from `start` on that is no part of a whole character of UTF-8, or `stop`. */
export function utf8ValidUntil(start: usize, stop: usize): usize {
  let before = i8x16.splat(0);
  let at = start;
  if (stop - start >= 64) {
    // The last 64 bytes may have been looked at before: with them, all is ASCII.
    const last = stop - 64;
    while (isAscii64(at)) {
      if (at == last) return stop;
      at = min(at + 64, last);
    }
  }
  while (true) {
    let bytes = v128.load(at);
    // The last block ends in zeros, of which there is at least one: a character that lacks bytes is too short.
    if (stop - at < 16) bytes = v128.and(bytes, v128.load(FIRST_BYTES + 16 - (stop - at)));
    if (i8x16.bitmask(v128.or(bytes, before)) != 0 && v128.any_true(errorsOf(bytes, before))) return firstInvalid(start, at, stop);
    if (stop - at < 16) return stop;
    before = bytes;
    at += 16;
  }
}

/** The first invalid byte, where all before `at` are valid but for the last character, which may go on. */
function firstInvalid(start: usize, at: usize, stop: usize): usize {
  at = at - start < 3 ? start : at - 3;
  while (at > start && (load<u8>(at) & 0xc0) == 0x80) at--;
  while (at < stop) {
    const length = sequenceAt(at, stop);
    if (length < 0) return at;
    at += length;
  }
  return stop;
}

/** The length of the character at an address; of what is none, the negative length of its longest part that could begin one. */
function sequenceAt(at: usize, stop: usize): i32 {
  const lead = <u32>load<u8>(at);
  if (lead < 0x80) return 1;
  if (i32(lead < 0xc2) | i32(lead > 0xf4)) return -1;
  // The bounds of the second byte shut out forms that are too long, surrogates, and what is beyond U+10FFFF.
  let least: u32 = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  let greatest: u32 = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  for (let i = 1; i < length; i++) {
    if (at + i == stop) return -i;
    const byte = <u32>load<u8>(at + i);
    if (i32(byte < least) | i32(byte > greatest)) return -i;
    least = 0x80;
    greatest = 0xbf;
  }
  return length;
}

/**
 * Copies bytes to `out`, with U+FFFD for each longest part of a character that is not whole, as the Encoding Standard of
 * WHATWG has it. Needs three times the room. Gives where the copy ends.
 */
export function utf8Replace(start: usize, stop: usize, out: usize): usize {
  while (true) {
    const valid = utf8ValidUntil(start, stop);
    memory.copy(out, start, valid - start);
    out += valid - start;
    if (valid == stop) return out;
    store<u16>(out, 0xbfef);
    store<u8>(out, 0xbd, 2);
    out += 3;
    start = valid - sequenceAt(valid, stop);
  }
}

/** The first of the texts [from, count) that is not UTF-8, or `count`. */
export function utf8FirstInvalidText(addresses: usize, lengths: usize, from: u32, count: u32): u32 {
  for (let index = from; index < count; index++) {
    const start = <usize>load<u32>(addresses + (<usize>index << 2)), length = <usize>load<u32>(lengths + (<usize>index << 2));
    if (length <= 16) {
      if (!i8x16.bitmask(v128.and(v128.load(start), v128.load(FIRST_BYTES + 16 - length)))) continue;
    }
    if (utf8ValidUntil(start, start + length) != start + length) return index;
  }
  return count;
}

/** Whether bytes [start, stop) are all ASCII. */
export function isAscii(start: usize, stop: usize): bool {
  let at = start;
  for (; stop - at >= 64; at += 64) if (!isAscii64(at)) return false;
  for (; stop - at >= 16; at += 16) if (i8x16.bitmask(v128.load(at))) return false;
  return !i8x16.bitmask(v128.and(v128.load(at), v128.load(FIRST_BYTES + 16 - (stop - at))));
}
