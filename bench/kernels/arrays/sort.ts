// Sorts n u32, least significant digit first, four passes of 8 bits (radix sort: Knuth, The Art of Computer
// Programming, volume 3, 5.2.5). At `out`: the result, as much room to work in, and four tables of 256 counts. The
// input stays as it is. There is nothing in it for SIMD, which has no scatter.

const DIGITS: usize = 256;
const TABLE: usize = 4 * DIGITS;

function count(table: usize, digit: u32): void {
  const slot = table + ((<usize>digit) << 2);
  store<u32>(slot, load<u32>(slot) + 1);
}

/** Counts of digits become the places where the digits begin. */
function startPlaces(table: usize): void {
  let place: u32 = 0;
  for (let slot = table; slot < table + TABLE; slot += 4) {
    const found = load<u32>(slot);
    store<u32>(slot, place);
    place += found;
  }
}

function scatter(from: usize, to: usize, n: i32, table: usize, shift: u32): void {
  const end = from + ((<usize>n) << 2);
  while (from < end) {
    const key = load<u32>(from);
    const slot = table + ((<usize>((key >>> shift) & 255)) << 2);
    const place = load<u32>(slot);
    store<u32>(slot, place + 1);
    store<u32>(to + ((<usize>place) << 2), key);
    from += 4;
  }
}

export function sort(keys: usize, n: i32, _second: usize, _m: i32, out: usize): void {
  const bytes = (<usize>n) << 2;
  const work = out + bytes;
  const tables = work + bytes;
  memory.fill(tables, 0, TABLE * 4);
  for (let at = keys; at < keys + bytes; at += 4) {
    const key = load<u32>(at);
    count(tables, key & 255);
    count(tables + TABLE, (key >>> 8) & 255);
    count(tables + TABLE * 2, (key >>> 16) & 255);
    count(tables + TABLE * 3, key >>> 24);
  }
  for (let pass: usize = 0; pass < 4; pass++) startPlaces(tables + TABLE * pass);
  scatter(keys, work, n, tables, 0);
  scatter(work, out, n, tables + TABLE, 8);
  scatter(out, work, n, tables + TABLE * 2, 16);
  scatter(work, out, n, tables + TABLE * 3, 24);
}
