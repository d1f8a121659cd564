// Groups by dictionary codes of a byte: those of one key, or of two (`seconds` is 0 where there is one), for the rows in
// `selection` (u32 numbers; 0: rows 0, 1, 2 …). A table of u32 holds group + 1, or 0, at code + `size` x second code.

// @ts-ignore: decorator
@inline
function cellAt(firsts: usize, seconds: usize, size: u32, selection: usize, row: usize, table: usize): usize {
  const at = selection ? <usize>load<u32>(selection + (row << 2)) : row;
  const second = seconds ? <u32>load<u8>(seconds + at) * size : 0;
  return table + (<usize>(load<u8>(firsts + at) + second) << 2);
}

/** Writes each row's group to `groups`; 1 when all are known. */
export function findByCodes(
  firsts: usize, seconds: usize, size: u32, selection: usize, count: u32, table: usize, groups: usize,
): bool {
  let least: u32 = u32.MAX_VALUE;
  for (let row: usize = 0; row < count; row++) {
    const group = load<u32>(cellAt(firsts, seconds, size, selection, row, table)) - 1;
    store<u32>(groups + (row << 2), group);
    // Unknown ones have become the largest number.
    least = min(least, ~group);
  }
  return least != 0;
}

/** Enters the groups of rows. */
export function learnCodes(
  firsts: usize, seconds: usize, size: u32, selection: usize, count: u32, table: usize, groups: usize,
): void {
  for (let row: usize = 0; row < count; row++) {
    store<u32>(cellAt(firsts, seconds, size, selection, row, table), load<u32>(groups + (row << 2)) + 1);
  }
}
