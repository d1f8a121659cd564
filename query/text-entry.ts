import type { LibraryFunction } from './function-entry.ts';

type Entry = Pick<LibraryFunction, 'name' | 'signature' | 'doc' | 'overloads'> & Partial<LibraryFunction>;

/** An entry of the category `text`: without aliases and NULL when an operand is, where it does not say otherwise. */
export const textFunction = (entry: Entry): LibraryFunction => ({
  kind: 'function',
  category: 'text',
  aliases: [],
  nulls: 'strict',
  ...entry,
});
