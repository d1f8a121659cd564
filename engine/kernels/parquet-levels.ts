// Definition levels of flat columns are validity bytes: 1, or 0 for NULL. Only values that are not NULL stand in a page.

/** How many of `count` bytes, each 0 or 1, are 1. */
export function countOnes(bytes: usize, count: u32): u32 {
  let ones: u32 = 0;
  const end = bytes + count;
  for (const blocks = bytes + (count & ~15); bytes < blocks; bytes += 16) {
    ones += popcnt<u32>(i8x16.bitmask(i8x16.shl(v128.load(bytes), 7)));
  }
  for (; bytes < end; bytes++) ones += load<u8>(bytes);
  return ones;
}

/** The number of each row's value: `first` and up for rows that are not NULL; of a NULL, that of the next value. */
export function rankRows(validity: usize, count: u32, first: u32, ranks: usize): void {
  for (let row: usize = 0; row < count; row++) {
    store<u32>(ranks + (row << 2), first);
    first += load<u8>(validity + row);
  }
}

// @ts-ignore: decorator
@inline
function spread<T>(codes: usize, validity: usize, count: u32, ofNull: u32, out: usize): void {
  for (let row: usize = 0; row < count; row++) {
    const isValid = load<u8>(validity + row);
    store<T>(out + row * sizeof<T>(), isValid ? load<T>(codes) : <T>ofNull);
    codes += <usize>isValid * sizeof<T>();
  }
}

/** The codes of rows from those of values: rows that are NULL get the code `ofNull`. */
export function spreadCodes1(codes: usize, validity: usize, count: u32, ofNull: u32, out: usize): void {
  spread<u8>(codes, validity, count, ofNull, out);
}

export function spreadCodes2(codes: usize, validity: usize, count: u32, ofNull: u32, out: usize): void {
  spread<u16>(codes, validity, count, ofNull, out);
}

export function spreadCodes4(codes: usize, validity: usize, count: u32, ofNull: u32, out: usize): void {
  spread<u32>(codes, validity, count, ofNull, out);
}

/** Writes the validity of `count` rows, of those in `selection` (u32 numbers; 0: rows 0, 1, 2 …); 1 when all are valid. */
export function gatherValidity(validity: usize, selection: usize, count: u32, out: usize): u32 {
  let all: u32 = 1;
  for (let i: usize = 0; i < count; i++) {
    const isValid = load<u8>(validity + (selection ? <usize>load<u32>(selection + (i << 2)) : i));
    store<u8>(out + i, <u8>isValid);
    all &= isValid;
  }
  return all;
}

/** Makes the `width` bytes of each value that is NULL zeros. */
export function clearNulls(values: usize, width: u32, validity: usize, count: u32): void {
  for (let i: usize = 0; i < count; i++) {
    if (load<u8>(validity + i) == 0) memory.fill(values + i * width, 0, width);
  }
}
