// Letter case by Unicode's simple mappings, as query/letter-case.ts defines them.
import { giveBack, takeText, textAt } from './call-state';
import { TO_LOWER, TO_LOWER_RUNS, TO_UPPER, TO_UPPER_RUNS } from './letter-case-table';
import { endOfRun, lengthAt, startAt } from './text-runs';
import { characterLength, codePointAt, writeCodePoint } from './utf8';

export function upperUtf8(text: usize, length: u32, state: usize): i64 {
  return mapCase(text, length, 0x61, TO_UPPER, TO_UPPER_RUNS, state);
}

export function lowerUtf8(text: usize, length: u32, state: usize): i64 {
  return mapCase(text, length, 0x41, TO_LOWER, TO_LOWER_RUNS, state);
}

/**
 * The same for a utf8 vector, whose rows that are NULL become empty. `validity` is 0 when there are none. ASCII texts
 * that stand one behind the other are written as one.
 */
export function upperTexts(
  starts: usize, lengths: usize, validity: usize, count: u32, outStarts: usize, outLengths: usize, state: usize,
): void {
  mapTexts(starts, lengths, validity, count, outStarts, outLengths, 0x61, TO_UPPER, TO_UPPER_RUNS, state);
}

export function lowerTexts(
  starts: usize, lengths: usize, validity: usize, count: u32, outStarts: usize, outLengths: usize, state: usize,
): void {
  mapTexts(starts, lengths, validity, count, outStarts, outLengths, 0x41, TO_LOWER, TO_LOWER_RUNS, state);
}

function mapTexts(
  starts: usize, lengths: usize, validity: usize, count: u32, outStarts: usize, outLengths: usize, first: u8,
  table: usize, runs: i32, state: usize,
): void {
  for (let row: u32 = 0; row < count; ) {
    const behind = endOfRun(starts, lengths, validity, row, count);
    if (behind == row) storeText(outStarts, outLengths, row++, EMPTY);
    else {
      const end = startAt(starts, behind - 1) + lengthAt(lengths, behind - 1);
      while (row < behind) {
        const start = startAt(starts, row);
        // Whole vectors are written.
        const room = takeText(state, <u32>(end - start) + 16);
        const foreign = mapAscii(start, end, room, first);
        let at = start;
        for (; row < behind; row++) {
          const length = lengthAt(lengths, row);
          if (at + length > foreign) break;
          storeText(outStarts, outLengths, row, textAt(room + (at - start), length));
          at += length;
        }
        giveBack(state, room + (at - start));
        if (row == behind) break;
        const text = mapCase(at, lengthAt(lengths, row), first, table, runs, state);
        storeText(outStarts, outLengths, row++, text);
      }
    }
  }
}

const EMPTY: i64 = 0;

// @ts-ignore: decorator
@inline
function storeText(starts: usize, lengths: usize, row: u32, text: i64): void {
  store<u32>(starts + (<usize>row << 2), <u32>text);
  store<u32>(lengths + (<usize>row << 2), <u32>(text >> 32));
}

/** The letter case of ASCII, up to the first byte that is none, whose address it gives, or `end`. */
// @ts-ignore: decorator
@inline
function mapAscii(at: usize, end: usize, out: usize, first: u8): usize {
  const letters = i8x16.splat(first), count = i8x16.splat(26), bit = i8x16.splat(0x20);
  for (; at < end; at += 16, out += 16) {
    const bytes = v128.load(at);
    v128.store(out, v128.xor(bytes, v128.and(i8x16.lt_u(i8x16.sub(bytes, letters), count), bit)));
    const foreign = i8x16.bitmask(bytes);
    if (foreign) return min(end, at + <usize>ctz(foreign));
  }
  return end;
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
