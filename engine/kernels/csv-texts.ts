import { QUOTED } from './csv-fields';

/** Text: the vector is the addresses, then from values + lengthsAt on the lengths, both u32. See csv-parse for the rest. */
export function csvParseUtf8(starts: usize, stops: usize, rows: usize, from: u32, count: u32, values: usize, validity: usize, facts: usize, lengthsAt: usize): u32 {
  let nulls: u32 = 0;
  for (let i = from; i < count; i++) {
    const row = rows ? <usize>load<u32>(rows + (<usize>i << 2)) << 2 : <usize>i << 2;
    const marked = load<u32>(starts + row);
    const stop = load<u32>(stops + row);
    const start = marked & ~QUOTED;
    const isNull = u32(marked == stop);
    store<u32>(values + (<usize>i << 2), start);
    store<u32>(values + lengthsAt + (<usize>i << 2), stop - start);
    store<u8>(validity + i, <u8>(isNull ^ 1));
    nulls += isNull;
  }
  store<u32>(facts, load<u32>(facts) + nulls);
  return count;
}
