import { compareUtf8 } from './strings';

// Whether a value is among `count` ascending constants at `set`, at least one: binary searches without branches.

export function memberInt32(value: i32, set: usize, count: u32): i32 {
  while (count > 1) {
    const half = count >> 1;
    const middle = set + (<usize>half << 2);
    set = select<usize>(middle, set, load<i32>(middle) <= value);
    count -= half;
  }
  return count && load<i32>(set) == value ? 1 : 0;
}

export function memberInt64(value: i64, set: usize, count: u32): i32 {
  while (count > 1) {
    const half = count >> 1;
    const middle = set + (<usize>half << 3);
    set = select<usize>(middle, set, load<i64>(middle) <= value);
    count -= half;
  }
  return count && load<i64>(set) == value ? 1 : 0;
}

/** Doubles by their bits, in the order of signed integers; -0 is 0 and there is one NaN. */
export function memberFloat64(value: f64, set: usize, count: u32): i32 {
  const bits = value == 0 ? 0 : value != value ? 0x7ff8000000000000 : reinterpret<i64>(value);
  return memberInt64(bits, set, count);
}

/** Numbers of 128 bits, low word first. */
export function memberWide(low: u64, high: i64, set: usize, count: u32): i32 {
  while (count > 1) {
    const half = count >> 1;
    const middle = set + (<usize>half << 4);
    const top = load<i64>(middle, 8);
    set = select<usize>(middle, set, top < high || (top == high && load<u64>(middle) <= low));
    count -= half;
  }
  return count && load<u64>(set) == low && load<i64>(set, 8) == high ? 1 : 0;
}

/** Texts by address and length, in the order of their bytes. */
export function memberUtf8(address: usize, length: u32, set: usize, count: u32): i32 {
  while (count > 1) {
    const half = count >> 1;
    const middle = set + (<usize>half << 3);
    set = select<usize>(middle, set, compareUtf8(load<u32>(middle), load<u32>(middle, 4), address, length) <= 0);
    count -= half;
  }
  return count && load<u32>(set, 4) == length && compareUtf8(load<u32>(set), length, address, length) == 0 ? 1 : 0;
}
