import { automatonOf } from '../../../query/automaton.ts';
import { regularExpression } from '../../../query/regular-expression.ts';
import type { Scalar } from '../../../query/types.ts';
import { type CaseTable, each, type FunctionCases } from './cases.ts';

const FAMILY = '👩‍👩‍👧abc';
const ACCENTED = 'a\u0301b';

const TEXTS = [
  '',
  'a',
  'abc',
  'Hello, World',
  'äöü',
  'ÄÖÜẞ',
  '日本語',
  '𐐨𝒳😀',
  ACCENTED,
  FAMILY,
  '  x  ',
  'x'.repeat(300),
];

const product = (...lists: readonly (readonly Scalar[])[]): Scalar[][] =>
  lists.reduce<Scalar[][]>((rows, list) => rows.flatMap((row) => list.map((value) => [...row, value])), [[]]);

const PARTS = ['', 'a', 'l', 'o, W', 'öü', 'ö', '語', '😀', '\u0301', 'abcd', 'xx'];
const COUNTS = [0n, 1n, 2n, 3n, 7n, 301n, -1n, -2n, -4n, -400n, 4294967295n, -4294967296n];

/** Letters whose case is not simple: several characters in full mappings, title case, final sigma, other planes. */
const LETTERS = ['ßŉİıǆǅﬁ', 'ΑΣ ΑΣ', 'ςσΣ', 'ᾀᾳῃῳ', 'ᾼᾈ', 'ÿŸ', '𐐀𐐨', 'ⓐⅷ', 'აᲐꭰ', 'ſKÅ', 'ƛɤᲊ', 'aB\u00e9Z'];

/** Patterns of regular expressions that texts below meet. */
const EXPRESSIONS = [
  'a',
  '',
  '^a',
  'c$',
  '^$',
  'a|abc',
  'l+',
  '(l)(l)?(o)',
  '[äö]+',
  '\\w+',
  '.',
  '^.$',
  '(?i)HELLO',
  '\\bW',
  'x{3,5}',
  '(x+x+)+y',
  '[^a-z]+',
  '\\p{L}',
  '(a*)*',
  '😀$',
];

const AUTOMATA = [
  ...[
    '(a+)+$',
    'a{2,4}b?',
    '^(ab|cd)*$',
    'a.c',
    '^a.*c$',
    '[^b]',
    'x*',
    'b|c|^$',
    '$^',
    '(^|x)a',
    'a($|b)',
    '(?i)straße',
  ],
  ...[
    'k',
    's',
    '[à-ü]+',
    '日.語',
    '[\u0080-\u07ff]',
    '[^\\x{10000}-\\x{10ffff}]$',
    '\\d{3}-\\d{4}',
    '^\\S+@\\S+\\.com$',
  ],
];
const MATCHED = [
  ...[
    'aaaa!',
    'aaaa',
    'abab',
    'abcdab',
    'a\nc',
    'axxc',
    'STRASSE',
    'Straße',
    'STRAẞE',
    '\u212a',
    'ſ',
    'É',
    'tel 555-1234',
  ],
  ...['me@example.com', 'me@example.org', 'bbb', 'xa', '\u07ff\u0800', `${'a'.repeat(2000)}!`],
];

const ROWS: Readonly<Record<string, readonly (readonly Scalar[])[]>> = {
  'upper(varchar)': each([...TEXTS, ...LETTERS]),
  'lower(varchar)': each([...TEXTS, ...LETTERS]),
  'trim(varchar)': each([...TEXTS, '\u00a0a\u3000', '\t a \n', '   ', '\u2009\u205f']),
  'ltrim(varchar)': each([...TEXTS, '\u00a0a\u3000', '\t a \n', '   ']),
  'rtrim(varchar)': each([...TEXTS, '\u00a0a\u3000', '\t a \n', '   ']),
  'trim(varchar, varchar)': product([...TEXTS, 'xxaxx', 'äöaöä', 'ää'], ['', 'x', 'xa', 'öä', '😀', 'ü ']),
  'ltrim(varchar, varchar)': product([...TEXTS, 'xxaxx', 'äöaöä', 'ää'], ['', 'x', 'xa', 'öä', '😀', 'ü ']),
  'rtrim(varchar, varchar)': product([...TEXTS, 'xxaxx', 'äöaöä', 'ää'], ['', 'x', 'xa', 'öä', '😀', 'ü ']),
  'length(varchar)': each(TEXTS),
  'strlen(varchar)': each(TEXTS),
  'substring(varchar, bigint)': [...product(TEXTS, COUNTS), ['abc', 4294967296n], ['abc', -4294967297n]],
  'substring(varchar, bigint, bigint)': [
    ...product(['', 'héllo', '𐐨𝒳😀', ACCENTED], COUNTS, [0n, 1n, 2n, 100n, -1n, -2n, -100n, 4294967295n]),
    ['abc', 1n, 4294967296n],
    ['abc', 1n, -4294967297n],
  ],
  'left(varchar, bigint)': [...product(TEXTS, COUNTS), ['abc', 9223372036854775807n]],
  'right(varchar, bigint)': [...product(TEXTS, COUNTS), ['abc', 9223372036854775807n], ['abc', -9223372036854775808n]],
  '||(varchar, varchar)': product(TEXTS, TEXTS),
  'replace(varchar, varchar, varchar)': product(TEXTS, PARTS, ['', 'z', 'öö']),
  'split_part(varchar, varchar, bigint)': product(
    ['', 'a,b,c', ',a,', 'äöü', '😀a', 'aaa'],
    [',', '', 'ö', 'aa', ',b'],
    [1n, 2n, 3n, 4n, 0n, -1n, -3n, -5n, 9223372036854775807n, -9223372036854775808n],
  ),
  'starts_with(varchar, varchar)': product(TEXTS, [...PARTS, ...TEXTS]),
  'ends_with(varchar, varchar)': product(TEXTS, [...PARTS, ...TEXTS]),
  'contains(varchar, varchar)': product(TEXTS, [...PARTS, ...TEXTS]),
  'strpos(varchar, varchar)': product(TEXTS, [...PARTS, ...TEXTS]),
  'reverse(varchar)': each([...TEXTS, '🇩🇪🇫🇷', 'a\r\nb', '각']),
  'lpad(varchar, integer, varchar)': [
    ...product(TEXTS, [0, 1, 5, 40, -1], ['x', 'xyz', 'ä😀']),
    ['ab', 2, ''],
    ['a', 2, ''],
  ],
  'rpad(varchar, integer, varchar)': [
    ...product(TEXTS, [0, 1, 5, 40, -1], ['x', 'xyz', 'ä😀']),
    ['ab', 2, ''],
    ['a', 2, ''],
  ],
  'repeat(varchar, bigint)': [
    ...product(TEXTS, [0n, 1n, 3n, -1n]),
    ['', 9223372036854775807n],
    ['ab', 1_000_000_000_000n],
  ],
  'ascii(varchar)': each(TEXTS),
  'unicode(varchar)': each(TEXTS),
  'chr(integer)': each([0, 65, 233, 0x3042, 0x1f600, 0x10ffff, -1, 0x110000, 0xd800, 0xdfff]),
  'translate(varchar, varchar, varchar)': product(TEXTS, ['', 'ab', 'aab', 'öl😀'], ['', 'x', 'xyz', '😀ß']),
  'regexp_matches(varchar, varchar)': [...product(TEXTS, EXPRESSIONS), ['aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!', '(a+)+$']],
  'regexp_matches(varchar, varchar, varchar)': product(
    [...TEXTS, 'a\nb', 'a.c'],
    ['HELLO', 'A.B', '.', '^b', 'Ä'],
    ['', 'i', 's', 'm', 'l', 'ic', 'si'],
  ),
  'regexp_full_match(varchar, varchar)': product(TEXTS, EXPRESSIONS),
  'regexp_full_match(varchar, varchar, varchar)': product(
    ['a\nb', 'ABC', 'abc'],
    ['a.b', 'ABC', 'a|abc'],
    ['i', 's', ''],
  ),
  'regexp_replace(varchar, varchar, varchar)': product(TEXTS, EXPRESSIONS, ['', '<\\0>', 'z']),
  'regexp_replace(varchar, varchar, varchar, varchar)': product(
    [...TEXTS, 'baac'],
    [...EXPRESSIONS, 'a*', '(.)', '(?m)^.'],
    ['-', '<\\0>', '\\1', '\\\\', '\\z', '\\'],
    ['g', 'gi', ''],
  ),
  'regexp_extract(varchar, varchar)': product(TEXTS, EXPRESSIONS),
  'regexp_extract(varchar, varchar, integer)': product(TEXTS, EXPRESSIONS, [0, 1, 2, 9]),
  'regexp_extract(varchar, varchar, integer, varchar)': product(TEXTS, ['(HE)(L)*', '(.)'], [0, 1, 2], ['i', 's', '']),
};

/** Texts with constant patterns, for the forms that run an automaton. */
const byAutomaton = (name: string): [string, FunctionCases] => {
  const rows = EXPRESSIONS.concat(AUTOMATA).flatMap((pattern) =>
    ['', 'i', 's'].flatMap((options) => {
      const automaton = automatonOf(regularExpression(pattern, options).program, name === 'regexp_full_match');
      return automaton === undefined ? [] : [...TEXTS, ...MATCHED].map((value) => [value, pattern, options, automaton]);
    }),
  );
  return [`${name}(varchar, varchar, varchar, automaton)`, { sql: `${name}($1, $2, $3)`, rows }];
};

/** Operands of each overload of the text functions. */
export const TEXT_CASES: CaseTable = {
  ...Object.fromEntries(
    Object.entries(ROWS).map(([id, rows]) => [id, id.startsWith('||') ? { sql: '$1 || $2', rows } : { rows }]),
  ),
  ...Object.fromEntries(['regexp_matches', 'regexp_full_match'].map(byAutomaton)),
};
