// Numbers as texts.

/** Where a run of digits from `at` on ends, before `end`. */
export function digitsEnd(at: usize, end: usize): usize {
  while (at < end && <u32>(load<u8>(at) - 0x30) < 10) at++;
  return at;
}

/** The number that the digits from `at` to `end` stand for. */
export function digitsValue(at: usize, end: usize): u64 {
  let value: u64 = 0;
  for (; at < end; at++) value = value * 10 + (load<u8>(at) - 0x30);
  return value;
}
