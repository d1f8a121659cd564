// Rows of a selection (ascending u32 numbers) of which few are missing: eight that follow upon one another are taken at once.

/** Whether it is worth looking for such rows. */
// @ts-ignore: decorator
@inline
export function isDense(selection: usize, count: u32): bool {
  if (count < 8) return false;
  const span = load<u32>(selection + (<usize>(count - 1) << 2)) - load<u32>(selection) + 1;
  return span - count <= count >> 4;
}

/** Whether the eight rows at `selection` follow upon one another. */
// @ts-ignore: decorator
@inline
export function isRun(selection: usize): bool {
  return load<u32>(selection, 28) == load<u32>(selection) + 7;
}

// @ts-ignore: decorator
@inline
function copyOne<V>(from: usize, to: usize): void {
  if (sizeof<V>() == 16) v128.store(to, v128.load(from));
  else store<V>(to, load<V>(from));
}

// @ts-ignore: decorator
@inline
function copyRows<V>(values: usize, selection: usize, count: u32, out: usize): void {
  const end = selection + (<usize>count << 2);
  if (isDense(selection, count)) {
    for (const last = end - 32; selection <= last; selection += 32, out += 8 * sizeof<V>()) {
      if (isRun(selection)) {
        const from = values + <usize>load<u32>(selection) * sizeof<V>();
        if (sizeof<V>() == 1) store<u64>(out, load<u64>(from));
        else for (let i: usize = 0; i < 8 * sizeof<V>(); i += 16) v128.store(out + i, v128.load(from + i));
      } else {
        for (let i: usize = 0; i < 8; i++) {
          copyOne<V>(values + <usize>load<u32>(selection + (i << 2)) * sizeof<V>(), out + i * sizeof<V>());
        }
      }
    }
  }
  for (; selection < end; selection += 4, out += sizeof<V>()) {
    copyOne<V>(values + <usize>load<u32>(selection) * sizeof<V>(), out);
  }
}

/** copyRows{bytes of a value}: the values of the selected rows, of those of all rows. */
export function copyRows1(values: usize, selection: usize, count: u32, out: usize): void {
  copyRows<u8>(values, selection, count, out);
}

export function copyRows4(values: usize, selection: usize, count: u32, out: usize): void {
  copyRows<u32>(values, selection, count, out);
}

export function copyRows8(values: usize, selection: usize, count: u32, out: usize): void {
  copyRows<u64>(values, selection, count, out);
}

export function copyRows16(values: usize, selection: usize, count: u32, out: usize): void {
  copyRows<v128>(values, selection, count, out);
}

/** Eight bytes as words of 64 bits. */
// @ts-ignore: decorator
@inline
function storeWords(bytes: v128, out: usize): void {
  const halves = i16x8.extend_low_i8x16_u(bytes);
  const low = i32x4.extend_low_i16x8_u(halves), high = i32x4.extend_high_i16x8_u(halves);
  v128.store(out, i64x2.extend_low_i32x4_u(low));
  v128.store(out, i64x2.extend_high_i32x4_u(low), 16);
  v128.store(out, i64x2.extend_low_i32x4_u(high), 32);
  v128.store(out, i64x2.extend_high_i32x4_u(high), 48);
}

/**
 * The words (64 bits) of `count` rows by their codes, of at most 16 values that are bytes each (`table`, 16 bytes): of the rows
 * in `selection`, or of rows 0, 1, 2 … when it is 0. Up to 7 words behind them are written too.
 */
export function gatherBytes(table: usize, codes: usize, selection: usize, count: u32, out: usize): void {
  const values = v128.load(table);
  if (selection == 0) {
    for (const end = codes + count; codes < end; codes += 8, out += 64) {
      storeWords(i8x16.swizzle(values, v128.load64_zero(codes)), out);
    }
    return;
  }
  const end = selection + (<usize>count << 2);
  if (isDense(selection, count)) {
    for (const last = end - 32; selection <= last; selection += 32, out += 64) {
      if (isRun(selection)) {
        storeWords(i8x16.swizzle(values, v128.load64_zero(codes + <usize>load<u32>(selection))), out);
      } else {
        for (let i: usize = 0; i < 8; i++) {
          const code = <usize>load<u8>(codes + <usize>load<u32>(selection + (i << 2)));
          store<u64>(out + (i << 3), <u64>load<u8>(table + code));
        }
      }
    }
  }
  for (; selection < end; selection += 4, out += 8) {
    store<u64>(out, <u64>load<u8>(table + <usize>load<u8>(codes + <usize>load<u32>(selection))));
  }
}
