import { anyEqual64, clearLowest } from './simd';

/** Set in a field's start when the field was quoted, so that "" is not taken for a NULL. */
export const QUOTED: u32 = 0x80000000;
/** Set in the ordinal of a column whose fields keep what is escaped as it is written. */
const VERBATIM: u32 = 0x80000000;

const RETURN: u8 = 13;

/** Marks of the 64 bytes from `at` on, which two blocks hold. */
// @ts-ignore: decorator
@inline
function marksFrom(bitmap: usize, at: usize): u64 {
  const word = bitmap + ((at >> 6) << 3), shift = <u64>(at & 63);
  // Two shifts, because one by 64 would be one by 0.
  return (load<u64>(word) >> shift) | ((load<u64>(word, 8) << 1) << (63 - shift));
}

/** Bytes that blocks without marks take, of which long texts have many, from the block on whose word is at `word`. */
// @ts-ignore: decorator
@inline
function passUnmarked(word: usize): usize {
  const first = word;
  while (!v128.any_true(v128.or(v128.load(word), v128.load(word, 8)))) word += 16;
  return (word - first) << 3;
}

/**
 * Locates fields by the `bitmap` of csvIndexRows. `starts` holds row starts, and behind them where the last row ends;
 * `rows` the numbers of `count` of them (u32), or is 0 for 0, 1, 2 …; `width` is the number of fields of a row where each
 * row ends where the next one starts, so that fields near its end can be looked for from there, else 0; `ordinals` the wanted columns' ordinals, ascending, u32, perhaps with VERBATIM. Bounds of column k of the i-th row
 * go to fieldStarts[k * stride + i] and fieldStops[k * stride + i]. Quotes are taken off; a field that holds the escape
 * byte, and is not VERBATIM, is copied, without it, to the area at `scratch` (u32 cell: its next free address; the area must be as long as
 * the text of the rows). The carriage return before a line end is no part of column `lastOrdinal` (pass ~0 where none is to be dropped),
 * blanks around a field are none where `trim` is not 0.
 */
export function csvLocateFields(
  starts: usize, rows: usize, count: u32, bitmap: usize, ordinals: usize, columns: u32, fieldStarts: usize,
  fieldStops: usize, stride: u32, scratch: usize, quote: u32, escape: u32, lastOrdinal: u32, trim: u32, width: u32,
): void {
  const strideBytes = <usize>stride << 2;
  const ordinalsEnd = ordinals + (<usize>columns << 2);
  for (let i: usize = 0, end = <usize>count << 2; i < end; i += 4) {
    const row = rows ? <usize>load<u32>(rows + i) << 2 : i;
    let fieldStart = <usize>load<u32>(starts + row);
    let window = fieldStart;
    let marks = marksFrom(bitmap, window);
    let passed: u32 = 0;
    let outStart = fieldStarts + i, outStop = fieldStops + i;
    for (let at = ordinals; at < ordinalsEnd; at += 4) {
      const listed = load<u32>(at), ordinal = listed & ~VERBATIM;
      let skip = ordinal - passed;
      for (let here = <u32>popcnt(marks); here <= skip; here = <u32>popcnt(marks)) {
        if (here != 0) fieldStart = window + 64 - <usize>clz(marks);
        skip -= here;
        if (width) {
          // Marks from the one before this field (from its own, where the field's start is known) to the row's end.
          const wanted = width - ordinal + u32(skip != 0);
          const last = <usize>load<u32>(starts + row, 4) - 64;
          const lastMarks = marksFrom(bitmap, last);
          let before = <i32>popcnt(lastMarks) - <i32>wanted;
          if (before >= 0) {
            window = last;
            for (marks = lastMarks; before > 0; before--) marks = clearLowest(marks);
            skip = u32(skip != 0);
            break;
          }
        }
        window += 64;
        window += passUnmarked(bitmap + ((window >> 6) << 3));
        marks = marksFrom(bitmap, window);
      }
      if (skip != 0) {
        while (--skip != 0) marks = clearLowest(marks);
        fieldStart = window + <usize>ctz(marks) + 1;
        marks = clearLowest(marks);
      }
      const mark = window + <usize>ctz(marks);
      let start = fieldStart, stop = mark;
      if (ordinal == lastOrdinal) stop -= usize(i32(stop > start) & i32(load<u8>(stop - 1) == RETURN));
      if (trim) {
        while (start < stop && isBlank(load<u8>(start))) start++;
        while (stop > start && isBlank(load<u8>(stop - 1))) stop--;
      }
      // An empty field is followed by a mark or a carriage return, never by a quote.
      const isQuoted = u32(load<u8>(start) == quote);
      if (isQuoted & u32(listed == ordinal)) unquote(start, stop, outStart, outStop, scratch, <u8>escape);
      else {
        start += isQuoted;
        stop -= isQuoted;
        store<u32>(outStart, <u32>start | (isQuoted << 31));
        store<u32>(outStop, <u32>stop);
      }
      marks = clearLowest(marks);
      fieldStart = mark + 1;
      passed = ordinal + 1;
      outStart += strideBytes;
      outStop += strideBytes;
    }
  }
}

// @ts-ignore: decorator
@inline
function isBlank(byte: u8): bool {
  return byte == 32 || byte == 9;
}

/** Bounds of what stands between the quotes at `start` and before `stop`; a copy's where it must be unescaped. */
function unquote(start: usize, stop: usize, outStart: usize, outStop: usize, scratch: usize, escape: u8): void {
  const first = start + 1, end = stop - 1;
  const key = i8x16.splat(escape);
  let at = first;
  if (end - first >= 64) {
    // The last 64 bytes may have been looked at before: with them, nothing is escaped.
    const last = end - 64;
    while (!anyEqual64(v128.load(at), v128.load(at, 16), v128.load(at, 32), v128.load(at, 48), key)) {
      if (at == last) {
        at = end;
        break;
      }
      at = min(at + 64, last);
    }
  }
  while (at < end && !i8x16.bitmask(i8x16.eq(v128.load(at), key))) at += 16;
  let escapes: i32 = at < end ? i8x16.bitmask(i8x16.eq(v128.load(at), key)) : 0;
  if (escapes == 0 || at + ctz(escapes) >= end) {
    store<u32>(outStart, <u32>first | QUOTED);
    store<u32>(outStop, <u32>end);
    return;
  }
  const copy = <usize>load<u32>(scratch);
  memory.copy(copy, first, at - first);
  let out = copy + (at - first);
  // Whole blocks are copied; what is too much is overwritten by the next one, or lies in the area's padding.
  while (at < end) {
    while (end - at >= 64) {
      const a = v128.load(at), b = v128.load(at, 16), c = v128.load(at, 32), d = v128.load(at, 48);
      if (anyEqual64(a, b, c, d, key)) break;
      v128.store(out, a);
      v128.store(out, b, 16);
      v128.store(out, c, 32);
      v128.store(out, d, 48);
      out += 64;
      at += 64;
    }
    const block = v128.load(at);
    v128.store(out, block);
    escapes = i8x16.bitmask(i8x16.eq(block, key));
    const run = min(escapes != 0 ? <usize>ctz(escapes) : 16, end - at);
    out += run;
    at += run;
    if (escapes == 0 || at >= end) continue;
    store<u8>(out++, load<u8>(at, 1));
    at += 2;
  }
  store<u32>(scratch, <u32>out);
  store<u32>(outStart, <u32>copy | QUOTED);
  store<u32>(outStop, <u32>out);
}
