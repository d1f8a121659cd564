import { SluiceError } from '../../query/error.ts';
import { BINARY } from '../../query/types.ts';
import type { Column } from '../column.ts';
import { text } from './words.ts';

/**
 * The binary states of aggregates. The first byte of a state is the version of its layout, which the class that writes
 * it describes; numbers are little-endian and not aligned. A group without rows is NULL. States come from other
 * machines, so whoever reads one checks every length before use.
 */

/** A byte that is the version of all layouts so far. */
const VERSION = 1;
const MOST_BYTES = 2 ** 31 - 1;

/** The length of the version byte, which `sizeOf` and `write` of `stateColumn` leave out. */
const HEADER = 1;

/**
 * A column of states: `sizeOf` gives the bytes of a group's state, undefined for NULL; `write` fills them from `at` on.
 * Throws `bad-value` beyond 2 GiB.
 */
export function stateColumn(
  name: string,
  length: number,
  sizeOf: (group: number) => number | undefined,
  write: (group: number, view: DataView, at: number) => void,
): Column {
  const offsets = new Int32Array(length + 1);
  const validity = new Uint8Array(length);
  let end = 0;
  for (let group = 0; group < length; group++) {
    const size = sizeOf(group);
    if (size !== undefined) {
      validity[group] = 1;
      end += HEADER + size;
      if (end > MOST_BYTES)
        throw new SluiceError('bad-value', `the partial states of "${name}" take more than 2 GiB in one batch`);
    }
    offsets[group + 1] = end;
  }
  const bytes = new Uint8Array(end);
  const view = new DataView(bytes.buffer);
  for (let group = 0; group < length; group++) {
    if (validity[group] === 0) continue;
    bytes[offsets[group]!] = VERSION;
    write(group, view, offsets[group]! + HEADER);
  }
  return { kind: 'utf8', type: BINARY, length, offsets, bytes, ...(validity.includes(0) && { validity }) };
}

/** Calls `read` for the state of each row that has one, with its bytes behind the version. Throws `bad-data`. */
export function eachState(
  column: Column | undefined,
  length: number,
  read: (row: number, view: DataView, start: number, end: number) => void,
): void {
  const { offsets, bytes, validity } = text(column);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let previous = 0;
  for (let row = 0; row < length; row++) {
    if (validity && validity[row] === 0) continue;
    const start = offsets[row]!;
    const end = offsets[row + 1]!;
    if (!(start >= previous && start < end && end <= bytes.length)) throw damaged('it has no bytes of its own');
    previous = end;
    if (bytes[start] !== VERSION) throw damaged(`its layout has version ${bytes[start]}, expected ${VERSION}`);
    read(row, view, start + HEADER, end);
  }
}

/** The error for a state that no `partial` can have written. */
export function damaged(why: string): SluiceError {
  return new SluiceError('bad-data', `a partial state of an aggregate is damaged: ${why}`);
}
