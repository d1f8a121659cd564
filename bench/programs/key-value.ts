import { below, makeLines, type Program, readNumbers, textOf } from './program.ts';

const KEYS = 30_000;
const LONGEST_VALUE = 60;

/** Puts, gets and deletes of texts by text, as a script of lines, in a Map. */
export const keyValue: Program = {
  name: 'key-value',
  input(bytes, random) {
    const key = () => `user:${below(random, KEYS)}:profile`;
    return makeLines(bytes, () => {
      const drawn = random();
      if (drawn < 0.3) return `P ${key()} ${'v'.repeat(1 + below(random, LONGEST_VALUE))}`;
      return drawn < 0.95 ? `G ${key()}` : `D ${key()}`;
    });
  },
  js(input) {
    const store = new Map<string, string>();
    let hits = 0;
    let misses = 0;
    let bytes = 0;
    for (const line of textOf(input).split('\n')) {
      if (line === '') continue;
      const [operation, key, value] = line.split(' ');
      if (operation === 'P') store.set(key!, value!);
      else if (operation === 'D') store.delete(key!);
      else {
        const found = store.get(key!);
        if (found === undefined) misses++;
        else {
          hits++;
          bytes += found.length;
        }
      }
    }
    return [[hits, misses, bytes, store.size].map(String)];
  },
  room: (bytes) => 12 * bytes + 2 ** 21,
  read: (memory, { at }) => [readNumbers(memory, at, 4)],
};
