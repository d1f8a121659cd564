import { BACKSLASHES, vectorOf } from './json-bytes';
import { writeCodePoint } from './utf8';

/** Four hexadecimal digits; more than 0xffff when one of them is none. */
function hexadecimal4(at: usize): u32 {
  let value: u32 = 0;
  for (let i: usize = 0; i < 4; i++) {
    const byte = <u32>load<u8>(at + i);
    const letter = (byte | 32) - 97;
    const digit = byte - 48 <= 9 ? byte - 48 : letter <= 5 ? letter + 10 : 0x10000;
    value = (value << 4) | digit;
    if (digit > 15) return 0x10000;
  }
  return value;
}

// What escapes of two bytes stand for, from that of a quote to that of "t"; 0 where there is no such escape.
const SHORT_ESCAPES = memory.data<u8>([
  34, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 47, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 92, 0, 0, 0, 0, 0, 8, 0, 0, 0,
  12, 0, 0, 0, 0, 0, 0, 0, 10, 0, 0, 0, 13, 0, 9,
]);

// @ts-ignore: decorator
@inline
function shortEscape(byte: u8): u8 {
  return <u32>byte - 34 < 83 ? load<u8>(SHORT_ESCAPES + <usize>byte - 34) : 0;
}

/**
 * Copies [at, stop) to `out` without its escapes; gives the address behind, 0 when one of them is none of RFC 8259 or a
 * surrogate lacks its other half. Writes up to 16 more.
 */
export function unescapeJson(at: usize, stop: usize, out: usize): usize {
  const key = vectorOf(BACKSLASHES);
  while (at < stop) {
    // Whole blocks are copied; what is too much is overwritten by the next one.
    const block = v128.load(at);
    v128.store(out, block);
    const hits = i8x16.bitmask(i8x16.eq(block, key));
    const run = min(hits != 0 ? <usize>ctz(hits) : 16, stop - at);
    out += run;
    at += run;
    if (i32(at == stop) | i32(hits == 0)) continue;
    const byte = load<u8>(at, 1);
    if (byte != 117) {
      const meant = shortEscape(byte);
      if (meant == 0) return 0;
      store<u8>(out++, meant);
      at += 2;
      continue;
    }
    let code = hexadecimal4(at + 2);
    at += 6;
    if (i32(code > 0xffff) | i32(at > stop) | i32((code & 0xfc00) == 0xdc00)) return 0;
    if ((code & 0xfc00) == 0xd800) {
      const low = hexadecimal4(at + 2);
      if (i32(at + 6 > stop) | i32(load<u16>(at) != 0x755c) | i32((low & 0x1fc00) != 0xdc00)) return 0;
      code = 0x10000 + ((code & 0x3ff) << 10) + (low & 0x3ff);
      at += 6;
    }
    out = writeCodePoint(out, code);
  }
  return out;
}
