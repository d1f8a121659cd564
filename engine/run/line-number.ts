import { SluiceError } from '../../query/error.ts';
import { textOf } from '../formats/coding/decoded-source.ts';
import type { ObjectDescription } from '../task.ts';
import { openSource } from './byte-source.ts';

/** Bytes that are searched for line ends at most; beyond, a byte offset must do. */
const SEARCH_LIMIT = 1024 * 1024 * 1024;
const PIECE = 4 * 1024 * 1024;

/**
 * Adds the line to an error that says `at byte N` of a local object of text, as editors count: from 1, line ends within
 * quotes too. Other errors come back as they are; so does this one where the line cannot be found.
 */
export async function withLineNumber(object: ObjectDescription, error: SluiceError): Promise<SluiceError> {
  const match = / at byte (\d+)/.exec(error.message);
  if (!match || (object.format.kind !== 'csv' && object.format.kind !== 'ndjson') || object.location.kind !== 'file')
    return error;
  const byte = Number(match[1]);
  if (byte > SEARCH_LIMIT) return error;
  try {
    const line = 1 + (await countLineEnds(object, byte));
    const place = match.index + match[0].length;
    return new SluiceError(
      error.code,
      `${error.message.slice(0, place)} (line ${line})${error.message.slice(place)}`,
      error.position,
      error.misfit,
    );
  } catch {
    return error;
  }
}

async function countLineEnds({ location, format }: ObjectDescription, until: number): Promise<number> {
  const object = openSource(location);
  const source = textOf(object, format);
  try {
    const piece = Buffer.alloc(Math.min(PIECE, until));
    const lineEnd = format.kind === 'csv' ? format.lineEnd : 10;
    let count = 0;
    for (let start = 0; start < until; start += piece.length) {
      const filled = await source.read(start, piece.subarray(0, Math.min(piece.length, until - start)));
      if (filled === 0) break;
      for (let at = piece.indexOf(lineEnd); at >= 0 && at < filled; at = piece.indexOf(lineEnd, at + 1)) count++;
      // Whoever else shares this thread gets a turn.
      await new Promise((resolve) => setImmediate(resolve));
    }
    return count;
  } finally {
    if (source !== object) source.close();
    object.close();
  }
}
