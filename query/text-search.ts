import { checkTextLength, position } from './characters.ts';
import type { LibraryFunction } from './function-entry.ts';
import { textFunction } from './text-entry.ts';
import { BOOL, INT64, UTF8 } from './types.ts';

/** A condition on two texts. */
const comparison = (
  name: string,
  aliases: readonly string[],
  doc: string,
  kernel: string,
  js: (text: string, part: string) => boolean,
): LibraryFunction =>
  textFunction({
    name,
    aliases,
    signature: `${name}(varchar, varchar)`,
    doc,
    overloads: [{ id: `${name}(varchar, varchar)`, parameters: ['utf8', 'utf8'], result: BOOL, kernel, js }],
  });

/** Functions that look for a part in a text, and replace it. */
export const TEXT_SEARCH_FUNCTIONS: readonly LibraryFunction[] = [
  comparison('starts_with', ['prefix', '^@'], 'whether it starts with a text', 'startsWithUtf8', (value, part) =>
    value.startsWith(part),
  ),
  comparison('ends_with', ['suffix'], 'whether it ends with a text', 'endsWithUtf8', (value, part) =>
    value.endsWith(part),
  ),
  comparison('contains', [], 'whether a text is in it', 'containsUtf8', (value, part) => value.includes(part)),
  textFunction({
    name: 'strpos',
    aliases: ['position', 'instr'],
    signature: 'strpos(varchar, part), position(part IN varchar)',
    doc: 'where a part first stands, counted from 1; 0 when it does not',
    overloads: [
      {
        id: 'strpos(varchar, varchar)',
        parameters: ['utf8', 'utf8'],
        result: INT64,
        kernel: 'positionUtf8',
        js: position,
      },
    ],
  }),
  textFunction({
    name: 'replace',
    signature: 'replace(varchar, part, replacement)',
    doc: 'every occurrence of a part replaced',
    overloads: [
      {
        id: 'replace(varchar, varchar, varchar)',
        parameters: ['utf8', 'utf8', 'utf8'],
        result: UTF8,
        kernel: 'replaceUtf8',
        fails: true,
        js: (value: string, part: string, replacement: string) => {
          if (part === '') return value;
          const parts = value.split(part);
          checkTextLength(value.length + (parts.length - 1) * (replacement.length - part.length));
          return parts.join(replacement);
        },
      },
    ],
  }),
];
