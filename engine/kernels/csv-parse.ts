import { QUOTED } from './csv-fields';

// The loop that all parsers of CSV fields share. A parser turns the fields of rows[from .. count) into a dense vector.
// `rows` holds row numbers (u32), or is 0 for 0, 1, 2 … An unquoted empty field is NULL: its validity byte is 0 and its
// value 0. A field that the parser does not understand ends the call: the number of the field is returned, the caller
// treats it carefully and goes on behind it. `facts` are 16 bytes about the vector, to which each call adds: 0 u32
// number of NULLs, 8 u64 the OR of all magnitudes, where values are integers of 8 or 16 bytes (all ones where one has
// more than 64 bits). 32 bytes before each field and behind it are readable.

/**
 * Runs the parser `P` over fields; its values are of type `T`. `P` is a class for the sake of two methods of the same
 * shape, which are inlined here: (start, stop, out, scale, limit, mark) reads the text between two addresses, stores its
 * value at `out`, and tells whether it understood the text. `parse` is for the usual texts; `parseOdd` is tried where it
 * fails, and stands outside of the loop, which keeps that small. The last three parameters are the column's format; 0
 * where the type has no use for them.
 */
// @ts-ignore: decorator
@inline
export function parseFields<P, T>(
  starts: usize, stops: usize, rows: usize, from: u32, count: u32, values: usize, validity: usize, facts: usize,
  scale: u32, limit: u64, mark: u32,
): u32 {
  let magnitudes: u64 = 0;
  let index = from;
  while (true) {
    for (; index < count; index++) {
      const row = rowAt(rows, index);
      const start = <usize>load<u32>(starts + row), stop = <usize>load<u32>(stops + row);
      const out = values + <usize>index * sizeof<T>();
      if (start == stop) {
        memory.fill(out, 0, sizeof<T>());
        store<u8>(validity + index, 0);
        store<u32>(facts, load<u32>(facts) + 1);
        continue;
      }
      if (!changetype<P>(0).parse(start & ~(<usize>QUOTED), stop, out, scale, limit, mark)) break;
      store<u8>(validity + index, 1);
      magnitudes |= magnitudeAt<T>(out);
    }
    if (index == count) break;
    const row = rowAt(rows, index);
    const start = <usize>load<u32>(starts + row) & ~(<usize>QUOTED), stop = <usize>load<u32>(stops + row);
    const out = values + <usize>index * sizeof<T>();
    if (!changetype<P>(0).parseOdd(start, stop, out, scale, limit, mark)) break;
    store<u8>(validity + index, 1);
    magnitudes |= magnitudeAt<T>(out);
    index++;
  }
  store<u64>(facts, load<u64>(facts, 8) | magnitudes, 8);
  return index;
}

// @ts-ignore: decorator
@inline
function rowAt(rows: usize, index: u32): usize {
  return rows ? <usize>load<u32>(rows + (<usize>index << 2)) << 2 : <usize>index << 2;
}

// @ts-ignore: decorator
@inline
function magnitudeAt<T>(at: usize): u64 {
  if (sizeof<T>() == 16) return wideMagnitude(load<u64>(at), load<i64>(at, 8));
  return sizeof<T>() == 8 && isInteger<T>() ? abs(load<i64>(at)) : 0;
}

// @ts-ignore: decorator
@inline
function wideMagnitude(low: u64, high: i64): u64 {
  const sign = high >> 63;
  const magnitude = (low ^ sign) - sign;
  return (high ^ sign) + i64(sign != 0 && magnitude == 0) == 0 ? magnitude : ~(<u64>0);
}
