import { characterCount, characterOf, reverse, translate } from './characters.ts';
import type { LibraryFunction } from './function-entry.ts';
import { lowerCase, upperCase } from './letter-case.ts';
import { textFunction } from './text-entry.ts';
import { INT32, INT64, UTF8 } from './types.ts';

/** The Unicode number of the first character; `empty` for a text without one. */
const codeOf = (
  name: string,
  aliases: readonly string[],
  kernel: string,
  doc: string,
  empty: number,
): LibraryFunction =>
  textFunction({
    name,
    aliases,
    signature: `${name}(varchar)`,
    doc,
    overloads: [
      {
        id: `${name}(varchar)`,
        parameters: ['utf8'],
        result: INT32,
        kernel,
        js: (value: string) => value.codePointAt(0) ?? empty,
      },
    ],
  });

/** Functions of the characters of a text, one by one. */
export const CHARACTER_FUNCTIONS: readonly LibraryFunction[] = [
  textFunction({
    name: 'upper',
    aliases: ['ucase'],
    signature: 'upper(varchar)',
    doc: 'in capitals, each character by itself',
    overloads: [{ id: 'upper(varchar)', parameters: ['utf8'], result: UTF8, kernel: 'upperUtf8', js: upperCase }],
  }),
  textFunction({
    name: 'lower',
    aliases: ['lcase'],
    signature: 'lower(varchar)',
    doc: 'in small letters, each character by itself',
    overloads: [{ id: 'lower(varchar)', parameters: ['utf8'], result: UTF8, kernel: 'lowerUtf8', js: lowerCase }],
  }),
  textFunction({
    name: 'length',
    aliases: ['len', 'char_length', 'character_length'],
    signature: 'length(varchar)',
    doc: 'number of characters',
    overloads: [
      {
        id: 'length(varchar)',
        parameters: ['utf8'],
        result: INT64,
        kernel: 'characterCountUtf8',
        js: (value: string) => BigInt(characterCount(value)),
      },
    ],
  }),
  textFunction({
    name: 'strlen',
    signature: 'strlen(varchar)',
    doc: 'number of bytes in UTF-8',
    overloads: [
      {
        id: 'strlen(varchar)',
        parameters: ['utf8'],
        result: INT64,
        kernel: 'byteCountUtf8',
        js: (value: string) => BigInt(Buffer.byteLength(value)),
      },
    ],
  }),
  textFunction({
    name: 'reverse',
    signature: 'reverse(varchar)',
    doc: 'backwards; letters keep their accents',
    overloads: [{ id: 'reverse(varchar)', parameters: ['utf8'], result: UTF8, js: reverse }],
  }),
  textFunction({
    name: 'translate',
    signature: 'translate(varchar, from, to)',
    doc: 'each character of a list replaced by the one at its place in another list, or dropped',
    overloads: [
      {
        id: 'translate(varchar, varchar, varchar)',
        parameters: ['utf8', 'utf8', 'utf8'],
        result: UTF8,
        kernel: 'translateUtf8',
        js: translate,
      },
    ],
  }),
  codeOf('ascii', [], 'asciiUtf8', 'Unicode number of the first character; 0 when empty', 0),
  codeOf('unicode', ['ord'], 'unicodeUtf8', 'Unicode number of the first character; -1 when empty', -1),
  textFunction({
    name: 'chr',
    signature: 'chr(integer)',
    doc: 'the character of a Unicode number',
    overloads: [
      {
        id: 'chr(integer)',
        parameters: ['int32'],
        result: UTF8,
        kernel: 'characterOfCode',
        fails: true,
        js: characterOf,
      },
    ],
  }),
];
