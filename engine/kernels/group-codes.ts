// Groups by dictionary codes of a byte: those of one key, or of two (`seconds` is 0 where there is one), for the rows in
// `selection` (u32 numbers; 0: rows 0, 1, 2 …). A table of u32 holds group + 1, or 0, at code + `size` x second code.

// @ts-ignore: decorator
@inline
function cellAt(firsts: usize, seconds: usize, size: usize, row: usize, table: usize): usize {
  const second = seconds ? <usize>load<u8>(seconds + row) * size : 0;
  return table + ((<usize>load<u8>(firsts + row) + second) << 2);
}

// @ts-ignore: decorator
@inline
function find(
  firsts: usize, seconds: usize, size: usize, selection: usize, count: u32, table: usize, groups: usize,
): bool {
  let any: u32 = 0;
  for (let i: usize = 0; i < <usize>count << 2; i += 4) {
    const row = selection ? <usize>load<u32>(selection + i) : i >> 2;
    const group = load<u32>(cellAt(firsts, seconds, size, row, table)) - 1;
    store<u32>(groups + i, group);
    any |= group;
  }
  // Unknown ones have become the largest number; no other has its highest bit.
  return <i32>any >= 0;
}

/** Writes each row's group to `groups`; 1 when all are known. */
export function findByCodes(
  firsts: usize, seconds: usize, size: usize, selection: usize, count: u32, table: usize, groups: usize,
): bool {
  // Each gets a loop of its own, without the tests.
  if (seconds == 0) {
    if (selection == 0) return find(firsts, 0, size, 0, count, table, groups);
    return find(firsts, 0, size, selection, count, table, groups);
  }
  if (selection == 0) return find(firsts, seconds, size, 0, count, table, groups);
  return find(firsts, seconds, size, selection, count, table, groups);
}

/** Enters the groups of rows. */
export function learnCodes(
  firsts: usize, seconds: usize, size: usize, selection: usize, count: u32, table: usize, groups: usize,
): void {
  for (let i: usize = 0; i < <usize>count << 2; i += 4) {
    const row = selection ? <usize>load<u32>(selection + i) : i >> 2;
    store<u32>(cellAt(firsts, seconds, size, row, table), load<u32>(groups + i) + 1);
  }
}
