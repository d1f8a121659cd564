import { checkTextLength } from './characters.ts';
import { SluiceError } from './error.ts';
import type { BoundExpression } from './expression.ts';
import type { LibraryFunction, Overload, ParameterKind } from './function-entry.ts';
import {
  extractGroup,
  matchesSomewhere,
  matchesWhole,
  type RegularExpression,
  regularExpression,
  replaceMatches,
} from './regular-expression.ts';
import { BOOL, UTF8 } from './types.ts';

/** Options and group numbers come as constants; constant patterns are checked before any row is read. */
function checkConstants(name: string, args: readonly BoundExpression[], constantsFrom: number): void {
  for (const arg of args.slice(constantsFrom)) {
    if (arg.kind !== 'literal') throw new SluiceError('type', `options and groups of ${name} must be constants`);
  }
  const [pattern, options] = [args[1], args.slice(constantsFrom).find(({ type }) => type.kind === 'utf8')];
  if (pattern?.kind !== 'literal' || typeof pattern.value !== 'string') return;
  const letters = options?.kind === 'literal' && typeof options.value === 'string' ? options.value : '';
  regularExpression(pattern.value, name === 'regexp_replace' ? letters.replaceAll('g', '') : letters);
}

const entry = (
  name: string,
  aliases: readonly string[],
  signature: string,
  doc: string,
  overloads: readonly Overload[],
  constantsFrom: number,
): LibraryFunction => ({
  name,
  kind: 'function',
  category: 'text',
  aliases,
  signature,
  doc,
  nulls: 'strict',
  overloads,
  expand: (args) => {
    checkConstants(name, args, constantsFrom);
    return undefined;
  },
});

/** The forms with and without options. */
function matching(
  name: string,
  aliases: readonly string[],
  doc: string,
  matches: (expression: RegularExpression, text: string) => boolean,
): LibraryFunction {
  const parameters: readonly ParameterKind[] = ['utf8', 'utf8'];
  return entry(
    name,
    aliases,
    `${name}(varchar, pattern [, options])`,
    doc,
    [
      {
        id: `${name}(varchar, varchar)`,
        parameters,
        result: BOOL,
        fails: true,
        js: (text: string, pattern: string) => matches(regularExpression(pattern), text),
      },
      {
        id: `${name}(varchar, varchar, varchar)`,
        parameters: [...parameters, 'utf8'],
        result: BOOL,
        fails: true,
        js: (text: string, pattern: string, options: string) => matches(regularExpression(pattern, options), text),
      },
    ],
    2,
  );
}

const LAST_GROUP = 9;

function extract(text: string, pattern: string, group: number, options: string): string {
  if (group < 0 || group > LAST_GROUP) {
    throw new SluiceError('bad-value', `regexp_extract: the group must be between 0 and ${LAST_GROUP}, not ${group}`);
  }
  return extractGroup(regularExpression(pattern, options), text, group);
}

function replace(text: string, pattern: string, replacement: string, options: string): string {
  const expression = regularExpression(pattern, options.replaceAll('g', ''));
  const result = replaceMatches(expression, text, replacement, options.includes('g'));
  checkTextLength(result.length);
  return result;
}

/** Regular expressions of RE2's syntax: groups, classes, no look-around, no references; always in linear time. */
export const REGULAR_EXPRESSION_FUNCTIONS: readonly LibraryFunction[] = [
  matching('regexp_matches', [], 'whether a regular expression matches somewhere', matchesSomewhere),
  matching('regexp_full_match', ['~'], 'whether a regular expression matches the whole text', matchesWhole),
  entry(
    'regexp_replace',
    [],
    'regexp_replace(varchar, pattern, replacement [, options])',
    'the first match replaced, all with option g; \\1 stands for the first group',
    [
      {
        id: 'regexp_replace(varchar, varchar, varchar)',
        parameters: ['utf8', 'utf8', 'utf8'],
        result: UTF8,
        fails: true,
        js: (text: string, pattern: string, replacement: string) => replace(text, pattern, replacement, ''),
      },
      {
        id: 'regexp_replace(varchar, varchar, varchar, varchar)',
        parameters: ['utf8', 'utf8', 'utf8', 'utf8'],
        result: UTF8,
        fails: true,
        js: replace,
      },
    ],
    3,
  ),
  entry(
    'regexp_extract',
    [],
    'regexp_extract(varchar, pattern [, group [, options]])',
    'the first match, or the part of it that a group took; empty when there is none',
    [
      {
        id: 'regexp_extract(varchar, varchar)',
        parameters: ['utf8', 'utf8'],
        result: UTF8,
        fails: true,
        js: (text: string, pattern: string) => extract(text, pattern, 0, ''),
      },
      {
        id: 'regexp_extract(varchar, varchar, integer)',
        parameters: ['utf8', 'utf8', 'int32'],
        result: UTF8,
        fails: true,
        js: (text: string, pattern: string, group: number) => extract(text, pattern, group, ''),
      },
      {
        id: 'regexp_extract(varchar, varchar, integer, varchar)',
        parameters: ['utf8', 'utf8', 'int32', 'utf8'],
        result: UTF8,
        fails: true,
        js: extract,
      },
    ],
    2,
  ),
];
