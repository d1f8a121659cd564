import { anyEqual64, clearLowest, equalMask64, prefixXor } from './simd';

const NEWLINE: u8 = 10;
const RETURN: u8 = 13;

// State between calls, 32 bytes: +0 u64 inside quotes (0 or ~0), +8 u64 the byte before was a separator, row end or
// quote, +16 u64 the byte before closed a quote, +24 u32 separators seen so far, +28 u32 offset of the first byte that
// breaks the quoting rules (~0: none).

/**
 * Finds row ends in [from, to), quote-aware (RFC 4180), and checks that quotes open only at a field's start and close
 * only at its end. Writes each row end's address to `ends` and the separators seen until then to `counts`, both u32.
 * Stops before a block of 64 bytes that might not fit `capacity` (>= 64) rows. Gives the address where it stopped; the
 * number of rows found goes to `rowsOut`. Needs 64 readable bytes behind `to`.
 */
export function csvIndexRows(
  state: usize, from: usize, to: usize, ends: usize, counts: usize, capacity: u32, rowsOut: usize, delimiter: u32, quote: u32,
): usize {
  const newlineKey = i8x16.splat(NEWLINE), delimiterKey = i8x16.splat(<i8>delimiter), quoteKey = i8x16.splat(<i8>quote);
  let inside = load<u64>(state), boundary = load<u64>(state, 8), closed = load<u64>(state, 16);
  let separators = load<u32>(state, 24);
  let rows: u32 = 0;
  let at = from;
  while (at < to && rows + 64 <= capacity) {
    const a = v128.load(at), b = v128.load(at, 16), c = v128.load(at, 32), d = v128.load(at, 48);
    let rowEnds = equalMask64(a, b, c, d, newlineKey);
    let fields = equalMask64(a, b, c, d, delimiterKey);
    const left = to - at;
    const valid: u64 = left < 64 ? (<u64>1 << left) - 1 : ~(<u64>0);
    if (i32(anyEqual64(a, b, c, d, quoteKey)) | i32(inside != 0) | i32(closed != 0)) {
      const quotes = equalMask64(a, b, c, d, quoteKey) & valid;
      const within = prefixXor(quotes) ^ inside;
      const edges = (rowEnds | fields | quotes) & valid;
      const opening = quotes & within, closing = quotes & ~within;
      const returns = equalMask64(a, b, c, d, i8x16.splat(RETURN));
      const wrong = ((opening & ~((edges << 1) | boundary)) | (((closing << 1) | closed) & ~(edges | returns))) & valid;
      if (wrong != 0 && load<u32>(state, 28) == ~(<u32>0)) store<u32>(state, <u32>(at + <usize>ctz(wrong)), 28);
      const last = left < 64 ? left - 1 : 63;
      inside = (within >> last) & 1 ? ~(<u64>0) : 0;
      closed = (closing >> last) & 1;
      boundary = (edges >> last) & 1;
      rowEnds &= ~within;
      fields &= ~within;
    } else {
      const last = left < 64 ? left - 1 : 63;
      boundary = ((rowEnds | fields) >> last) & 1;
    }
    rowEnds &= valid;
    fields &= valid;
    let pending = rowEnds;
    while (pending != 0) {
      const bit = <usize>ctz(pending);
      store<u32>(ends + (<usize>rows << 2), <u32>(at + bit));
      store<u32>(counts + (<usize>rows << 2), separators + <u32>popcnt(fields & ((<u64>1 << bit) - 1)));
      rows++;
      pending = clearLowest(pending);
    }
    separators += <u32>popcnt(fields);
    at += left < 64 ? left : 64;
  }
  store<u64>(state, inside);
  store<u64>(state, boundary, 8);
  store<u64>(state, closed, 16);
  store<u32>(state, separators, 24);
  store<u32>(rowsOut, rows);
  return at;
}

/** Whether byte `to` lies inside quotes, given that byte `from` does when `inside` is not 0. */
export function csvQuotedAt(from: usize, to: usize, inside: u32, quote: u32): u32 {
  const quoteKey = i8x16.splat(<i8>quote);
  let parity: u64 = inside;
  for (let at = from; at < to; at += 64) {
    let quotes = equalMask64(v128.load(at), v128.load(at, 16), v128.load(at, 32), v128.load(at, 48), quoteKey);
    if (to - at < 64) quotes &= (<u64>1 << (to - at)) - 1;
    parity += popcnt(quotes);
  }
  return <u32>(parity & 1);
}

/**
 * Turns `rows` row ends into [start, end) pairs: drops a carriage return before the end, skips blank lines when the
 * table has more than one column, and checks each row's number of separators. `first` is the first row's start and
 * `separatorsBefore` the count at that point. Gives the number of pairs written; `stop` takes the number of rows
 * consumed, less than `rows` when the next one has a wrong width.
 */
export function csvRowBounds(
  ends: usize, counts: usize, rows: u32, first: usize, separatorsBefore: u32, separatorsExpected: u32,
  starts: usize, stops: usize, stop: usize,
): u32 {
  let start = first, before = separatorsBefore;
  let kept: u32 = 0;
  for (let row: u32 = 0; row < rows; row++) {
    const end = <usize>load<u32>(ends + (<usize>row << 2));
    const count = load<u32>(counts + (<usize>row << 2));
    const trimmed = end - usize(i32(end > start) & i32(load<u8>(end - 1) == RETURN));
    if (count - before != separatorsExpected) {
      if (i32(trimmed != start) | i32(separatorsExpected == 0)) {
        store<u32>(stop, row);
        return kept;
      }
    } else {
      store<u32>(starts + (<usize>kept << 2), <u32>start);
      store<u32>(stops + (<usize>kept << 2), <u32>trimmed);
      kept++;
    }
    start = end + 1;
    before = count;
  }
  store<u32>(stop, rows);
  return kept;
}
