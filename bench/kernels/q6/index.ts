// Query 6 of TPC-H over rows of lineitem as CSV, written by hand: what no engine can know beforehand is built in, so
// that one program can be compared between WebAssembly and C. bench/engines/native/q6.c is the same, function by function.
//
// Blocks of 64 bytes give masks of line ends and quotes; quotes turn line ends off by a prefix sum of their parity. Of a
// row that has ended, the commas of its first 64 bytes lead to the five fields; the date goes first.
//
// It covers RFC 4180 with quotes behind l_shipdate only; non-negative decimals with two places, of up to eight digits
// before them; dates as YYYY-MM-DD, by their shape. Any other row that it has to understand it refuses.
import { anyEqual, COMMAS, eightDigits, equalMask, LINE_ENDS, notDigits, prefixXor, QUOTES, withoutLowest } from './bytes';

const COMMA: u32 = 0x2c;
const LINE_END: u32 = 0x0a;
const QUOTE: u32 = 0x22;
const POINT: u32 = 0x2e;
/** `1994`. */
const YEAR: u32 = 0x34393931;
/** `0000-00-` and `00-00-00`, and where they have hyphens. */
const DATE_HEAD: u64 = 0x2d30302d30303030;
const HEAD_HYPHENS: u64 = 0xff0000ff00000000;
const DATE_TAIL: u64 = 0x30302d30302d3030;
const TAIL_HYPHENS: u64 = 0x0000ff0000ff0000;
const ZEROS: u64 = 0x3030303030303030;

/** In units of 0.0001. */
let revenue: i64 = 0;
let count: i64 = 0;

/**
 * Scans the rows that end in [from, to), the first of which begins at `from`. Stores at `result` the revenue in units
 * of 0.0001 and the number of rows that pass, i64 each. Gives the address behind the last row; 0 when it refuses the
 * row whose address, or that of one shortly before it, it then stores at `result` + 16, u32. 64 bytes before `from` and
 * behind `to` are readable.
 */
export function scan(from: usize, to: usize, result: usize): usize {
  revenue = 0;
  count = 0;
  let row = from;
  // All ones within quotes.
  let quoted: u64 = 0;
  // Behind the last block with quotes.
  let quotesEnd: usize = 0;
  for (let at = from; at < to; at += 64) {
    const inside = to - at < 64 ? ((<u64>1) << (to - at)) - 1 : ~(<u64>0);
    let ends = equalMask(at, LINE_ENDS) & inside;
    if (quoted != 0 || anyEqual(at, QUOTES)) {
      const quotes = equalMask(at, QUOTES) & inside;
      const within = prefixXor(quotes) ^ quoted;
      if (!areInPlace(at, quotes, within, to)) return refuse(row, result);
      ends &= ~within;
      quoted = <u64>(<i64>within >> 63);
      if (quotes != 0) quotesEnd = at + 64;
    }
    while (ends != 0) {
      const end = at + <usize>ctz(ends);
      if (!addRow(row, end, quotesEnd > row)) return refuse(row, result);
      ends = withoutLowest(ends);
      row = end + 1;
    }
  }
  store<i64>(result, revenue);
  store<i64>(result, count, 8);
  return row;
}

function refuse(row: usize, result: usize): usize {
  store<u32>(result, <u32>row, 16);
  return 0;
}

/** Whether quotes open fields at their start and close them at their end; doubled ones close and open at once. */
function areInPlace(at: usize, quotes: u64, within: u64, to: usize): bool {
  for (let opening = quotes & within; opening != 0; opening = withoutLowest(opening)) {
    const before = <u32>load<u8>(at + <usize>ctz(opening) - 1);
    if (before != COMMA && before != QUOTE && before != LINE_END) return false;
  }
  for (let closing = quotes & ~within; closing != 0; closing = withoutLowest(closing)) {
    const behind = at + <usize>ctz(closing) + 1;
    if (behind == to) continue;
    const byte = <u32>load<u8>(behind);
    if (byte != COMMA && byte != QUOTE && byte != LINE_END) return false;
  }
  return true;
}

/** Adds a row to the result if it passes; `false`: it is refused. */
function addRow(row: usize, end: usize, hasQuotes: bool): bool {
  const third = withoutLowest(withoutLowest(withoutLowest(equalMask(row, COMMAS))));
  const fourth = withoutLowest(third);
  const fifth = withoutLowest(fourth);
  const sixth = withoutLowest(fifth);
  const ninth = withoutLowest(withoutLowest(withoutLowest(sixth)));
  if (ninth == 0) return addLongRow(row, end);
  const place = <u64>ctz(ninth);
  if (hasQuotes && (equalMask(row, QUOTES) & (~(<u64>0) >> (63 - place))) != 0) return false;
  const quantity = row + <usize>ctz(third) + 1;
  const quantityEnd = row + <usize>ctz(fourth);
  const priceEnd = row + <usize>ctz(fifth);
  return addFields(quantity, quantityEnd, priceEnd, row + <usize>ctz(sixth), row + <usize>place + 1, end);
}

/** The same for a row whose ship date begins beyond its first 64 bytes. */
function addLongRow(row: usize, end: usize): bool {
  const quantity = behindCommas(row, end, 4);
  const price = behindCommas(quantity, end, 1);
  const discount = behindCommas(price, end, 1);
  const tax = behindCommas(discount, end, 1);
  const date = behindCommas(tax, end, 3);
  return addFields(quantity, price - 1, discount - 1, tax - 1, date, end);
}

/** The address behind the n-th comma; `end` if a quote or the row's end comes before it. */
function behindCommas(from: usize, end: usize, n: i32): usize {
  for (let at = from; at < end; at++) {
    const byte = <u32>load<u8>(at);
    if (byte == QUOTE) return end;
    if (byte == COMMA && --n == 0) return at + 1;
  }
  return end;
}

/** Price and discount begin behind the commas that end the fields before them. */
function addFields(
  quantity: usize,
  quantityEnd: usize,
  priceEnd: usize,
  discountEnd: usize,
  date: usize,
  end: usize,
): bool {
  if (date + 10 >= end || <u32>load<u8>(date, 10) != COMMA || !isDate(date)) return false;
  if (load<u32>(date) != YEAR) return true;
  const pieces = hundredths(quantity, quantityEnd);
  const discount = hundredths(priceEnd + 1, discountEnd);
  if (pieces < 0 || discount < 0) return false;
  if (pieces >= 2400 || discount < 5 || discount > 7) return true;
  const price = hundredths(quantityEnd + 1, priceEnd);
  if (price < 0) return false;
  revenue += price * discount;
  count++;
  return true;
}

// @ts-ignore: decorator
@inline
function isDate(at: usize): bool {
  const head = load<u64>(at) ^ DATE_HEAD;
  const tail = load<u64>(at, 2) ^ DATE_TAIL;
  return (notDigits(head) | notDigits(tail) | (head & HEAD_HYPHENS) | (tail & TAIL_HYPHENS)) == 0;
}

/** The decimal in [from, end) in hundredths; -1 if it is none that is covered. */
// @ts-ignore: decorator
@inline
function hundredths(from: usize, end: usize): i64 {
  const digits = end - 3 - from;
  if (digits - 1 > 7 || <u32>load<u8>(end - 3) != POINT) return -1;
  const whole = (load<u64>(end - 11) ^ ZEROS) & (~(<u64>0) << (64 - 8 * <u64>digits));
  const tenths = <u32>load<u8>(end - 2) - 0x30;
  const last = <u32>load<u8>(end - 1) - 0x30;
  if (notDigits(whole) != 0 || tenths > 9 || last > 9) return -1;
  return <i64>(eightDigits(whole) * 100) + <i64>(tenths * 10 + last);
}
