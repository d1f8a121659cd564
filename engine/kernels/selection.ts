// A selection is an ascending list of row numbers, u32.

/** Keeps the picked elements of a vector of 1, 4, 8 or 16 byte values, in place. */
export function compact16(values: usize, picks: usize, count: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    v128.store(values + (<usize>i << 4), v128.load(values + (<usize>load<u32>(picks + (<usize>i << 2)) << 4)));
  }
}

export function compact8(values: usize, picks: usize, count: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    store<u64>(values + (<usize>i << 3), load<u64>(values + (<usize>load<u32>(picks + (<usize>i << 2)) << 3)));
  }
}

export function compact4(values: usize, picks: usize, count: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    store<u32>(values + (<usize>i << 2), load<u32>(values + (<usize>load<u32>(picks + (<usize>i << 2)) << 2)));
  }
}

export function compact1(values: usize, picks: usize, count: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    store<u8>(values + i, load<u8>(values + load<u32>(picks + (<usize>i << 2))));
  }
}

/** Copies the texts of a utf8 vector one behind the other to `out` and their ends (u32, from 0) to `ends`. Gives the length in all. */
export function concatenateUtf8(starts: usize, lengths: usize, count: u32, out: usize, ends: usize): u32 {
  let at = out;
  for (let i: usize = 0; i < <usize>count << 2; i += 4) {
    const length = load<u32>(lengths + i);
    memory.copy(at, load<u32>(starts + i), length);
    at += length;
    store<u32>(ends + i, <u32>(at - out));
  }
  return <u32>(at - out);
}

/** The length of all texts of a utf8 vector. */
export function totalLength(lengths: usize, count: u32): u64 {
  let total: u64 = 0;
  for (let i: usize = 0; i < <usize>count << 2; i += 4) total += load<u32>(lengths + i);
  return total;
}

/** Offsets (count + 1 of them, u32, relative to `base`) to addresses and lengths. */
export function addressesFromOffsets(offsets: usize, base: u32, count: u32, starts: usize, lengths: usize): void {
  for (let i: usize = 0; i < <usize>count << 2; i += 4) {
    const start = load<u32>(offsets + i);
    store<u32>(starts + i, base + start);
    store<u32>(lengths + i, load<u32>(offsets + i, 4) - start);
  }
}
