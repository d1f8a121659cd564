import {
  characterCount,
  characterOf,
  checkTextLength,
  left,
  pad,
  position,
  repeat,
  reverse,
  right,
  SPACES,
  splitPart,
  substring,
  translate,
  trim,
} from './characters.ts';
import type { BoundExpression } from './expression.ts';
import type { ExpressionBuilder, LibraryFunction, Overload } from './function-entry.ts';
import { lowerCase, upperCase } from './letter-case.ts';
import { REGULAR_EXPRESSION_FUNCTIONS } from './regular-expression-functions.ts';
import { BOOL, INT32, INT64, UTF8 } from './types.ts';

type Entry = Pick<LibraryFunction, 'name' | 'signature' | 'doc' | 'overloads'> & Partial<LibraryFunction>;

const text = (entry: Entry): LibraryFunction => ({
  kind: 'function',
  category: 'text',
  aliases: [],
  nulls: 'strict',
  ...entry,
});

/** A condition on two texts. */
const comparison = (
  name: string,
  aliases: readonly string[],
  doc: string,
  kernel: string,
  js: (text: string, part: string) => boolean,
): LibraryFunction =>
  text({
    name,
    aliases,
    signature: `${name}(varchar, varchar)`,
    doc,
    overloads: [{ id: `${name}(varchar, varchar)`, parameters: ['utf8', 'utf8'], result: BOOL, kernel, js }],
  });

const trimming = (
  name: string,
  sides: 'both' | 'left' | 'right',
  kernels: { spaces: string; set: string },
  doc: string,
): LibraryFunction =>
  text({
    name,
    signature: `${name}(varchar [, characters])`,
    doc,
    overloads: [
      {
        id: `${name}(varchar)`,
        parameters: ['utf8'],
        result: UTF8,
        kernel: kernels.spaces,
        js: (value: string) => trim(value, SPACES, sides),
      },
      {
        id: `${name}(varchar, varchar)`,
        parameters: ['utf8', 'utf8'],
        result: UTF8,
        kernel: kernels.set,
        js: (value: string, characters: string) => trim(value, new Set(characters), sides),
      },
    ],
  });

const padding = (name: string, side: 'left' | 'right', kernel: string, doc: string): LibraryFunction =>
  text({
    name,
    signature: `${name}(varchar, length, padding)`,
    doc,
    overloads: [
      {
        id: `${name}(varchar, integer, varchar)`,
        parameters: ['utf8', 'int32', 'utf8'],
        result: UTF8,
        fails: true,
        kernel,
        js: (value: string, length: number, filling: string) => pad(value, length, filling, side),
      },
    ],
  });

/** The Unicode number of the first character; `empty` for a text without one. */
const codeOf = (
  name: string,
  aliases: readonly string[],
  kernel: string,
  doc: string,
  empty: number,
): LibraryFunction =>
  text({
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

const SUBSTRING: readonly Overload[] = [
  {
    id: 'substring(varchar, bigint)',
    parameters: ['utf8', 'int64'],
    result: UTF8,
    kernel: 'suffixFromUtf8',
    fails: true,
    js: (value: string, start: bigint) => substring(value, start, 0xffff_ffffn),
  },
  {
    id: 'substring(varchar, bigint, bigint)',
    parameters: ['utf8', 'int64', 'int64'],
    result: UTF8,
    kernel: 'substringUtf8',
    fails: true,
    js: substring,
  },
];

const joinable = (arg: BoundExpression, build: ExpressionBuilder): BoundExpression =>
  build.call('coalesce', [build.cast(arg, UTF8), build.literal(UTF8, '')], UTF8);

/** Texts one behind the other, as a balanced tree of `||`. */
function joined(args: readonly BoundExpression[], build: ExpressionBuilder): BoundExpression {
  const [first] = args;
  if (first && args.length === 1) return first;
  const middle = args.length >> 1;
  return build.named('||', [joined(args.slice(0, middle), build), joined(args.slice(middle), build)]);
}

/** Functions of text. Lengths and positions count characters: Unicode code points. */
export const TEXT_FUNCTIONS: readonly LibraryFunction[] = [
  text({
    name: 'upper',
    aliases: ['ucase'],
    signature: 'upper(varchar)',
    doc: 'in capitals, each character by itself',
    overloads: [{ id: 'upper(varchar)', parameters: ['utf8'], result: UTF8, kernel: 'upperUtf8', js: upperCase }],
  }),
  text({
    name: 'lower',
    aliases: ['lcase'],
    signature: 'lower(varchar)',
    doc: 'in small letters, each character by itself',
    overloads: [{ id: 'lower(varchar)', parameters: ['utf8'], result: UTF8, kernel: 'lowerUtf8', js: lowerCase }],
  }),
  trimming(
    'trim',
    'both',
    { spaces: 'trimSpaces', set: 'trimUtf8' },
    'without spaces, or some other characters, at both ends',
  ),
  trimming(
    'ltrim',
    'left',
    { spaces: 'trimSpacesLeft', set: 'trimLeftUtf8' },
    'without spaces, or some other characters, at the start',
  ),
  trimming(
    'rtrim',
    'right',
    { spaces: 'trimSpacesRight', set: 'trimRightUtf8' },
    'without spaces, or some other characters, at the end',
  ),
  text({
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
  text({
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
  text({
    name: 'substring',
    aliases: ['substr'],
    signature: 'substring(varchar, start [, length])',
    doc: 'characters from a place, which counts from 1, or from the end where negative',
    overloads: SUBSTRING,
  }),
  text({
    name: 'left',
    signature: 'left(varchar, count)',
    doc: 'the first characters, or all but the last -count',
    overloads: [
      {
        id: 'left(varchar, bigint)',
        parameters: ['utf8', 'int64'],
        result: UTF8,
        kernel: 'leftUtf8',
        fails: true,
        js: left,
      },
    ],
  }),
  text({
    name: 'right',
    signature: 'right(varchar, count)',
    doc: 'the last characters, or all but the first -count',
    overloads: [
      { id: 'right(varchar, bigint)', parameters: ['utf8', 'int64'], result: UTF8, kernel: 'rightUtf8', js: right },
    ],
  }),
  text({
    name: '||',
    signature: 'any || any',
    doc: 'one text behind the other; NULL when one is',
    overloads: [
      {
        id: '||(varchar, varchar)',
        parameters: ['utf8', 'utf8'],
        result: UTF8,
        kernel: 'concatUtf8',
        fails: true,
        js: (a: string, b: string) => {
          checkTextLength(a.length + b.length);
          return a + b;
        },
      },
    ],
    expand: (args, build) =>
      args.length === 2 && args.some(({ type }) => type.kind !== 'utf8')
        ? build.named(
            '||',
            args.map((arg) => build.cast(arg, UTF8)),
          )
        : undefined,
  }),
  text({
    name: 'concat',
    signature: 'concat(any, …)',
    doc: 'texts one behind the other; NULLs are left out',
    nulls: 'ignored',
    overloads: [],
    expand: (args, build) =>
      args.length === 0
        ? undefined
        : joined(
            args.map((arg) => joinable(arg, build)),
            build,
          ),
  }),
  text({
    name: 'concat_ws',
    signature: 'concat_ws(separator, any, …)',
    doc: 'texts with a separator between; NULLs are left out, a NULL as separator gives NULL',
    nulls: 'ignored',
    overloads: [],
    // A separator before each text that is not NULL; the first separator is then cut off.
    expand: ([separator, ...args], build) => {
      if (separator?.type.kind !== 'utf8' || args.length === 0) return undefined;
      const parts = args.map((arg) => joinable(build.named('||', [separator, build.cast(arg, UTF8)]), build));
      const start = build.call('add', [build.named('length', [separator]), build.literal(INT64, 1n)], INT64);
      return build.named('substring', [joined(parts, build), start]);
    },
  }),
  text({
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
  text({
    name: 'split_part',
    signature: 'split_part(varchar, separator, n)',
    doc: 'the nth part between separators, from the end where negative; empty when there is none',
    overloads: [
      {
        id: 'split_part(varchar, varchar, bigint)',
        parameters: ['utf8', 'utf8', 'int64'],
        result: UTF8,
        kernel: 'splitPartUtf8',
        js: splitPart,
      },
    ],
  }),
  comparison('starts_with', ['prefix', '^@'], 'whether it starts with a text', 'startsWithUtf8', (value, part) =>
    value.startsWith(part),
  ),
  comparison('ends_with', ['suffix'], 'whether it ends with a text', 'endsWithUtf8', (value, part) =>
    value.endsWith(part),
  ),
  comparison('contains', [], 'whether a text is in it', 'containsUtf8', (value, part) => value.includes(part)),
  text({
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
  text({
    name: 'reverse',
    signature: 'reverse(varchar)',
    doc: 'backwards; letters keep their accents',
    overloads: [{ id: 'reverse(varchar)', parameters: ['utf8'], result: UTF8, js: reverse }],
  }),
  padding('lpad', 'left', 'padLeftUtf8', 'filled up at the start to a length, or cut at the end'),
  padding('rpad', 'right', 'padRightUtf8', 'filled up at the end to a length, or cut there'),
  text({
    name: 'repeat',
    signature: 'repeat(varchar, count)',
    doc: 'a number of times one behind the other',
    overloads: [
      {
        id: 'repeat(varchar, bigint)',
        parameters: ['utf8', 'int64'],
        result: UTF8,
        kernel: 'repeatUtf8',
        fails: true,
        js: repeat,
      },
    ],
  }),
  codeOf('ascii', [], 'asciiUtf8', 'Unicode number of the first character; 0 when empty', 0),
  codeOf('unicode', ['ord'], 'unicodeUtf8', 'Unicode number of the first character; -1 when empty', -1),
  text({
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
  text({
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
  ...REGULAR_EXPRESSION_FUNCTIONS,
];
