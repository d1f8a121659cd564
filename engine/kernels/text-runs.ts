// Runs of a utf8 vector: texts that stand one behind the other in memory, so that they can be treated as one.

// @ts-ignore: decorator
@inline
export function startAt(starts: usize, row: u32): usize {
  return <usize>load<u32>(starts + (<usize>row << 2));
}

// @ts-ignore: decorator
@inline
export function lengthAt(lengths: usize, row: u32): u32 {
  return load<u32>(lengths + (<usize>row << 2));
}

/** The row behind the run that starts with `row`, which is `row` itself where that is NULL. `validity` may be 0. */
export function endOfRun(starts: usize, lengths: usize, validity: usize, row: u32, count: u32): u32 {
  let at = startAt(starts, row);
  if (!validity) {
    while (row < count && startAt(starts, row) == at) at += lengthAt(lengths, row++);
    return row;
  }
  while (row < count && load<u8>(validity + row) && startAt(starts, row) == at) at += lengthAt(lengths, row++);
  return row;
}

/** Bytes between two texts at most that are worth searching with them. */
const GAP: usize = 64;

/** As `endOfRun`, for runs in which texts stand close behind one another. */
export function endOfLooseRun(starts: usize, lengths: usize, validity: usize, row: u32, count: u32): u32 {
  if (validity && !load<u8>(validity + row)) return row;
  let end = startAt(starts, row) + lengthAt(lengths, row);
  while (++row < count && !(validity && !load<u8>(validity + row))) {
    const start = startAt(starts, row);
    // Wraps around where the text stands before the last one.
    if (start - end > GAP) break;
    end = start + lengthAt(lengths, row);
  }
  return row;
}
