// Letter case by Unicode's simple mappings, as query/letter-case.ts defines them.
import { giveBack, takeText, textAt } from './call-state';
import { TO_LOWER, TO_LOWER_RUNS, TO_UPPER, TO_UPPER_RUNS } from './letter-case-table';
import { characterLength, codePointAt, writeCodePoint } from './utf8';

export function upperUtf8(text: usize, length: u32, state: usize): i64 {
  return mapCase(text, length, 0x61, TO_UPPER, TO_UPPER_RUNS, state);
}

export function lowerUtf8(text: usize, length: u32, state: usize): i64 {
  return mapCase(text, length, 0x41, TO_LOWER, TO_LOWER_RUNS, state);
}

/** `first`: the first of the 26 ASCII letters that change. */
// @ts-ignore: decorator
@inline
function mapCase(text: usize, length: u32, first: u8, table: usize, runs: i32, state: usize): i64 {
  // Whole vectors are written; a character may need three bytes instead of two.
  const room = takeText(state, length + (length >> 1) + 16);
  const letters = i8x16.splat(first), count = i8x16.splat(26), bit = i8x16.splat(0x20);
  const end = text + length;
  let out = room;
  while (text < end) {
    const bytes = v128.load(text);
    const left = end - text;
    let foreign = <u32>i8x16.bitmask(bytes);
    if (left < 16) foreign &= (1 << <u32>left) - 1;
    v128.store(out, v128.xor(bytes, v128.and(i8x16.lt_u(i8x16.sub(bytes, letters), count), bit)));
    const ascii = foreign == 0 ? min<usize>(16, left) : <usize>ctz(foreign);
    text += ascii;
    out += ascii;
    if (foreign == 0) continue;
    do {
      out = writeCodePoint(out, otherCase(codePointAt(text), table, runs));
      text += characterLength(load<u8>(text));
    } while (text < end && load<u8>(text) >= 0x80);
  }
  giveBack(state, out);
  return textAt(room, <u32>(out - room));
}

/** The last run that starts at or before the letter says what becomes of it. */
function otherCase(code: u32, table: usize, runs: i32): u32 {
  let low = 0, high = runs;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (load<u32>(table + (<usize>middle << 4)) <= code) low = middle + 1;
    else high = middle;
  }
  if (low == 0) return code;
  const run = table + (<usize>(low - 1) << 4);
  if (code > load<u32>(run, 4)) return code;
  return (code - load<u32>(run)) % load<u32>(run, 8) == 0 ? code + load<u32>(run, 12) : code;
}
