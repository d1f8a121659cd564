import { createHash } from 'node:crypto';
import type { Answer } from './answers.ts';

/** Results of more rows are compared by a digest. */
const SHOWN_ROWS = 10_000;

/** A result column as numbers, or as text. */
export type ResultColumn = ArrayLike<number> | readonly string[];

/**
 * A result whose rows come in any order, as an answer: its rows sorted; or where they are many, their number and a
 * digest of the values in the order of the keys. Then the first column must hold keys from 0 on, and the others f64
 * that are exact.
 */
export function groupAnswer(columns: readonly ResultColumn[], approximate: readonly number[]): Answer {
  const [keys] = columns;
  if (!keys) return { rows: [], approximate: [] };
  if (keys.length <= SHOWN_ROWS) {
    const rows = Array.from({ length: keys.length }, (_, row) => columns.map((column) => String(column[row])));
    return { rows: rows.sort((a, b) => (a.join() < b.join() ? -1 : 1)), approximate };
  }
  const hash = createHash('sha256');
  let largest = 0;
  for (let row = 0; row < keys.length; row++) largest = Math.max(largest, keys[row] as number);
  for (const column of columns) {
    const inOrder = new Float64Array(largest + 1).fill(Number.NaN);
    for (let row = 0; row < keys.length; row++) inOrder[keys[row] as number] = column[row] as number;
    hash.update(inOrder);
  }
  return { rows: [[String(keys.length), hash.digest('hex')]], approximate: [] };
}
