import { SluiceError } from '../../query/error.ts';

/** A stretch in single quotes, one in double quotes, an escaped character, or anything else but blanks. */
const PART = /'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])|([^\s'"\\]+)/y;

/**
 * Splits text into words as a POSIX shell does, quotes and backslashes honoured; nothing is expanded.
 * @throws SluiceError `bad-request` when a quote is not closed.
 */
export function shellWords(text: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < text.length; ) {
    PART.lastIndex = at;
    const match = PART.exec(text);
    if (match) {
      const [whole, single, double, escaped, plain] = match;
      word = (word ?? '') + (single ?? double?.replaceAll(/\\(["\\$`])/g, '$1') ?? escaped ?? plain);
      at += whole.length;
    } else if (/\s/.test(text[at]!)) {
      if (word !== undefined) words.push(word);
      word = undefined;
      at++;
    } else {
      throw new SluiceError('bad-request', `"${text}": what ${text[at]} opens at position ${at} is not closed`);
    }
  }
  return word === undefined ? words : [...words, word];
}
