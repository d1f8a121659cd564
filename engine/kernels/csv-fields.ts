import { anyEqual64, clearLowest, equalMask64 } from './simd';

/** Set in a field's start when the field was quoted, so that "" is not taken for a NULL. */
export const QUOTED: u32 = 0x80000000;

/**
 * Locates fields. `starts` and `stops` hold `rows` row bounds; `ordinals` the wanted columns' ordinals, ascending, u32;
 * bounds of column k of row r go to fieldStarts[k * stride + r] and fieldStops[k * stride + r]. Quotes are taken off; a field
 * with doubled quotes is copied, unescaped, to the area at `scratch` (u32 cell: its next free address; the area must
 * be as long as the text of the rows). The rows have passed csvIndexRows and csvRowBounds, so that
 * every ordinal exists. Needs 64 readable bytes behind each row.
 */
export function csvLocateFields(
  starts: usize, stops: usize, rows: u32, ordinals: usize, columns: u32, fieldStarts: usize, fieldStops: usize,
  stride: u32, scratch: usize, delimiter: u32, quote: u32,
): void {
  const delimiterKey = i8x16.splat(<i8>delimiter), quoteKey = i8x16.splat(<i8>quote);
  const strideBytes = <usize>stride << 2;
  const lastOrdinal = load<u32>(ordinals + (<usize>(columns - 1) << 2));
  for (let row: u32 = 0; row < rows; row++) {
    const start = <usize>load<u32>(starts + (<usize>row << 2)), stop = <usize>load<u32>(stops + (<usize>row << 2));
    let block = start;
    let a = v128.load(block), b = v128.load(block, 16), c = v128.load(block, 32), d = v128.load(block, 48);
    let marks = equalMask64(a, b, c, d, delimiterKey);
    if (stop - block < 64) marks = (marks & ((<u64>1 << (stop - block)) - 1)) | (<u64>1 << (stop - block));
    let quoted = anyEqual64(a, b, c, d, quoteKey);
    let outStart = fieldStarts + (<usize>row << 2), outStop = fieldStops + (<usize>row << 2);
    if (!quoted && <u32>popcnt(marks) > lastOrdinal) {
      // All wanted fields end within the first 64 bytes: the k-th is k bit clears away.
      let fieldStart = start;
      let passed: u32 = 0;
      for (let column: u32 = 0; column < columns; column++) {
        const ordinal = load<u32>(ordinals + (<usize>column << 2));
        if (passed < ordinal) {
          while (++passed < ordinal) marks = clearLowest(marks);
          fieldStart = start + <usize>ctz(marks) + 1;
          marks = clearLowest(marks);
        }
        store<u32>(outStart, <u32>fieldStart);
        store<u32>(outStop, <u32>(start + <usize>ctz(marks)));
        outStart += strideBytes;
        outStop += strideBytes;
      }
      continue;
    }
    let fieldStart = start;
    let passed: u32 = 0;
    let column: u32 = 0;
    while (!quoted) {
      let wanted = load<u32>(ordinals + (<usize>column << 2));
      while (marks != 0) {
        const mark = block + <usize>ctz(marks);
        marks = clearLowest(marks);
        if (passed == wanted) {
          store<u32>(outStart, <u32>fieldStart);
          store<u32>(outStop, <u32>mark);
          outStart += strideBytes;
          outStop += strideBytes;
          if (++column == columns) break;
          wanted = load<u32>(ordinals + (<usize>column << 2));
        }
        passed++;
        fieldStart = mark + 1;
      }
      if (column == columns) break;
      block += 64;
      a = v128.load(block);
      b = v128.load(block, 16);
      c = v128.load(block, 32);
      d = v128.load(block, 48);
      marks = equalMask64(a, b, c, d, delimiterKey);
      if (stop - block < 64) marks = (marks & ((<u64>1 << (stop - block)) - 1)) | (<u64>1 << (stop - block));
      quoted = anyEqual64(a, b, c, d, quoteKey);
    }
    if (quoted) locateQuoted(start, stop, row, ordinals, columns, fieldStarts, fieldStops, strideBytes, scratch, <u8>delimiter, <u8>quote);
  }
}

/** The careful path: one row, byte by byte. */
function locateQuoted(
  start: usize, stop: usize, row: u32, ordinals: usize, columns: u32, fieldStarts: usize, fieldStops: usize,
  strideBytes: usize, scratch: usize, delimiter: u8, quote: u8,
): void {
  let outStart = fieldStarts + (<usize>row << 2), outStop = fieldStops + (<usize>row << 2);
  let at = start;
  let ordinal: u32 = 0;
  for (let column: u32 = 0; column < columns; column++) {
    const wanted = load<u32>(ordinals + (<usize>column << 2));
    for (; ordinal < wanted; ordinal++) {
      let within = false;
      while (within || load<u8>(at) != delimiter) {
        if (load<u8>(at) == quote) within = !within;
        at++;
      }
      at++;
    }
    if (at < stop && load<u8>(at) == quote) {
      const first = ++at;
      let doubled = false;
      while (true) {
        while (load<u8>(at) != quote) at++;
        if (at + 1 < stop && load<u8>(at + 1) == quote) {
          doubled = true;
          at += 2;
        } else break;
      }
      if (doubled) {
        const copy = <usize>load<u32>(scratch);
        let out = copy;
        for (let from = first; from < at; from++) {
          const byte = load<u8>(from);
          store<u8>(out++, byte);
          if (byte == quote) from++;
        }
        store<u32>(scratch, <u32>out);
        store<u32>(outStart, <u32>copy | QUOTED);
        store<u32>(outStop, <u32>out);
      } else {
        store<u32>(outStart, <u32>first | QUOTED);
        store<u32>(outStop, <u32>at);
      }
      at += 2;
    } else {
      store<u32>(outStart, <u32>at);
      while (at < stop && load<u8>(at) != delimiter) at++;
      store<u32>(outStop, <u32>at);
      at++;
    }
    ordinal++;
    outStart += strideBytes;
    outStop += strideBytes;
  }
}
