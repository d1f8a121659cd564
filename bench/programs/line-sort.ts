import { below, makeLines, type Program, textOf } from './program.ts';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';
const ENTRY_BYTES = 16;
const LEAST_LINE = 4;

/** Lines in the order of their bytes, by Array.prototype.sort. */
export const lineSort: Program = {
  name: 'line-sort',
  input(bytes, random) {
    return makeLines(bytes, () => {
      const length = LEAST_LINE + below(random, 40);
      return Array.from({ length }, () => LETTERS[below(random, LETTERS.length)]).join('');
    });
  },
  js(input) {
    const lines = textOf(input).split('\n');
    lines.pop();
    lines.sort();
    return Buffer.from(lines.length === 0 ? '' : `${lines.join('\n')}\n`, 'latin1');
  },
  // A line may be an LF alone.
  room: (bytes) => bytes + bytes * ENTRY_BYTES,
  read(memory, { at, room, length }, size) {
    return new Uint8Array(memory.buffer, at + room - length, size).slice();
  },
};
