import { below, makeLines, type Program, textOf } from './program.ts';

const WORDS_OF_LINE = 12;
const VOCABULARY = 20_000;
const LETTERS = 'etaoinshrdlcumwfgypbvkjxqz';
const TOP = 20;

/** The words of a text with how often each occurs, in a Map. The result is the number of words and the most frequent. */
export const wordCount: Program = {
  name: 'word-count',
  input(bytes, random) {
    const words = Array.from({ length: VOCABULARY }, () =>
      Array.from({ length: 2 + below(random, 9) }, () => LETTERS[Math.floor(random() ** 2 * 26)]).join(''),
    );
    // Few words are frequent, as in any language.
    const word = () => words[Math.floor(random() ** 4 * VOCABULARY)]!;
    return makeLines(bytes, () => Array.from({ length: WORDS_OF_LINE }, word).join(' '));
  },
  js(input) {
    const counts = new Map<string, number>();
    for (const word of textOf(input).split(/[^a-z]+/)) {
      if (word !== '') counts.set(word, (counts.get(word) ?? 0) + 1);
    }
    const sorted = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
    return [['words', String(counts.size)], ...sorted.slice(0, TOP).map(([word, count]) => [word, String(count)])];
  },
  // The table's copies while it grows, and the result.
  room: (bytes) => 12 * bytes + 2 ** 21,
  read(memory, { at }, size) {
    const words: string[][] = [];
    const start = memory.getUint32(at, true);
    for (let from = start; from < start + size; ) {
      const length = memory.getUint32(from + 4, true);
      words.push([textOf(new Uint8Array(memory.buffer, from + 8, length)), String(memory.getUint32(from, true))]);
      from += 8 + length;
    }
    return [['words', String(memory.getUint32(at + 8, true))], ...words];
  },
};
