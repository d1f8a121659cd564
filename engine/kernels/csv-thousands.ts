import { QUOTED } from './csv-fields';

/** Longer fields are left as they are: the parsers decline them. */
const LONGEST: u32 = 63;

/**
 * Takes a separator out of fields: those that have it move to the area at `scratch`, 64 bytes for each field and 32
 * before the first.
 */
export function csvDropSeparators(starts: usize, stops: usize, rows: usize, count: u32, separator: u32, scratch: usize): void {
  const separators = i8x16.splat(<i8>separator);
  for (let index: u32 = 0; index < count; index++) {
    const row = rows ? <usize>load<u32>(rows + (<usize>index << 2)) << 2 : <usize>index << 2;
    const marked = load<u32>(starts + row), stop = load<u32>(stops + row);
    const start = marked & ~QUOTED, length = stop - start;
    if (length - 1 >= LONGEST) continue;
    let at: u32 = 0;
    while (at < length && !v128.any_true(i8x16.eq(v128.load(start + at), separators))) at += 16;
    if (at >= length) continue;
    const copy = <u32>(scratch + 32 + (<usize>index << 6));
    let out = copy;
    for (let from = start; from < stop; from++) {
      const byte = <u32>load<u8>(from);
      store<u8>(out, <u8>byte);
      out += u32(byte != separator);
    }
    // A quoted field stays one: without digits it is no NULL.
    store<u32>(starts + row, copy | (out == copy ? QUOTED : marked & QUOTED));
    store<u32>(stops + row, out);
  }
}
