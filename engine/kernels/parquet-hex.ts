// Bytes as texts of hexadecimal digits.
import { lengthAt, startAt } from './text-runs';

const UPPER: usize = memory.data<u64>([0x3736353433323130, 0x4645444342413938], 16);
const LOWER: usize = memory.data<u64>([0x3736353433323130, 0x6665646362613938], 16);

/** The 16 digits of 8 bytes. */
// @ts-ignore: decorator
@inline
function digitsOf(bytes: v128, digits: v128): v128 {
  const high = i8x16.shr_u(bytes, 4), low = v128.and(bytes, i8x16.splat(15));
  return i8x16.swizzle(digits, i8x16.shuffle(high, low, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23));
}

/**
 * Texts of two uppercase digits a byte, one behind the other from `target` on; `addresses` and `lengths` become theirs.
 * Writes up to 15 bytes behind them.
 */
export function parquetHexTexts(addresses: usize, lengths: usize, target: usize, count: u32): void {
  const digits = v128.load(UPPER);
  for (let index: u32 = 0; index < count; index++) {
    const at = startAt(addresses, index), length = lengthAt(lengths, index);
    for (let done: u32 = 0; done < length; done += 8)
      v128.store(target + (<usize>done << 1), digitsOf(v128.load64_zero(at + done), digits));
    store<u32>(addresses + (<usize>index << 2), <u32>target);
    store<u32>(lengths + (<usize>index << 2), length << 1);
    target += <usize>length << 1;
  }
}

/** Texts of 36 bytes from values of 16: lowercase digits and hyphens. */
export function parquetUuidTexts(source: usize, target: usize, count: u32): void {
  const digits = v128.load(LOWER);
  for (let index: u32 = 0; index < count; index++, source += 16, target += 36) {
    const first = digitsOf(v128.load64_zero(source), digits), second = digitsOf(v128.load64_zero(source, 8), digits);
    v128.store64_lane(target, first, 0);
    v128.store32_lane(target, first, 2, 9);
    v128.store32_lane(target, first, 3, 14);
    v128.store32_lane(target, second, 0, 19);
    v128.store32_lane(target, second, 1, 24);
    v128.store64_lane(target, second, 1, 28);
    for (let hyphen: usize = 8; hyphen <= 23; hyphen += 5) store<u8>(target + hyphen, 45);
  }
}
