/** Rows by group: those of group g are rows[starts[g] .. starts[g + 1]), in their order. */
export interface GroupOrder {
  readonly starts: Int32Array;
  readonly rows: Int32Array;
}

/** A counting sort of the first `count` rows by their group; rows of groups beyond `length` are left out. */
export function orderByGroup(groups: Int32Array, count: number, length: number): GroupOrder {
  const starts = new Int32Array(length + 2);
  for (let row = 0; row < count; row++) {
    const group = groups[row]!;
    if (group < length) starts[group + 2]! += 1;
  }
  for (let group = 2; group < starts.length; group++) starts[group]! += starts[group - 1]!;
  const rows = new Int32Array(starts[length + 1]!);
  // starts[g + 1] runs from the first row of group g to that of the next one.
  for (let row = 0; row < count; row++) {
    const group = groups[row]!;
    if (group < length) rows[starts[group + 1]!++] = row;
  }
  return { starts: starts.subarray(0, length + 1), rows };
}
