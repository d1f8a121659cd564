import { BACKSLASHES, vectorOf } from './json-bytes';
import { writeCodePoint } from './utf8';

/** Where the first backslash of [at, stop) stands, or `stop`. Reads up to 15 bytes behind. */
function nextBackslash(at: usize, stop: usize): usize {
  const key = vectorOf(BACKSLASHES);
  for (; at < stop; at += 16) {
    const hits = i8x16.bitmask(i8x16.eq(v128.load(at), key));
    if (hits != 0) return min(at + <usize>ctz(hits), stop);
  }
  return stop;
}

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

/** Whether all backslashes of [at, stop) begin escapes of RFC 8259, surrogates being in pairs. */
export function hasValidEscapes(at: usize, stop: usize): bool {
  while (true) {
    at = nextBackslash(at, stop);
    if (at == stop) return true;
    const byte = load<u8>(at, 1);
    if (byte == 117) {
      const unit = hexadecimal4(at + 2);
      if (unit > 0xffff || at + 6 > stop) return false;
      if ((unit & 0xfc00) == 0xdc00) return false;
      if ((unit & 0xfc00) == 0xd800) {
        if (i32(at + 12 > stop) | i32(load<u16>(at, 6) != 0x755c)) return false;
        if ((hexadecimal4(at + 8) & 0x1fc00) != 0xdc00) return false;
        at += 6;
      }
      at += 6;
    } else {
      if (shortEscape(byte) == 0) return false;
      at += 2;
    }
  }
}

/** What an escape of two bytes stands for; 0 when there is no such escape. */
function shortEscape(byte: u8): u8 {
  switch (byte) {
    case 34:
    case 47:
    case 92:
      return byte;
    case 98:
      return 8;
    case 102:
      return 12;
    case 110:
      return 10;
    case 114:
      return 13;
    case 116:
      return 9;
    default:
      return 0;
  }
}

/** Copies [at, stop), whose escapes are valid, to `out` without them; gives the address behind. Writes up to 16 more. */
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
    if (at == stop) break;
    if (hits == 0) continue;
    const byte = load<u8>(at, 1);
    if (byte != 117) {
      store<u8>(out++, shortEscape(byte));
      at += 2;
      continue;
    }
    let code = hexadecimal4(at + 2);
    at += 6;
    if ((code & 0xfc00) == 0xd800) {
      code = 0x10000 + ((code & 0x3ff) << 10) + (hexadecimal4(at + 2) & 0x3ff);
      at += 6;
    }
    out = writeCodePoint(out, code);
  }
  return out;
}
