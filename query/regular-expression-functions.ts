import { automatonOf } from './automaton.ts';
import { checkTextLength } from './characters.ts';
import { SluiceError } from './error.ts';
import type { BoundExpression } from './expression.ts';
import type { ExpressionBuilder, LibraryFunction, Overload } from './function-entry.ts';
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

const WITHOUT_SYNTAX = /^[^\\.^$*+?()[\]{}|]*$/;

/** The forms with and without options, and one for constant patterns with their automaton. */
function matching(
  name: string,
  aliases: readonly string[],
  doc: string,
  matches: (expression: RegularExpression, text: string) => boolean,
  search: 'contains' | undefined,
): LibraryFunction {
  const byAutomaton = `${name}(varchar, varchar, varchar, automaton)`;
  const overloads: readonly Overload[] = [
    {
      id: `${name}(varchar, varchar)`,
      parameters: ['utf8', 'utf8'],
      result: BOOL,
      fails: true,
      js: (text: string, pattern: string) => matches(regularExpression(pattern), text),
    },
    {
      id: `${name}(varchar, varchar, varchar)`,
      parameters: ['utf8', 'utf8', 'utf8'],
      result: BOOL,
      fails: true,
      js: (text: string, pattern: string, options: string) => matches(regularExpression(pattern, options), text),
    },
    {
      id: byAutomaton,
      parameters: ['utf8', 'utf8', 'utf8', 'utf8'],
      result: BOOL,
      kernel: 'matchesAutomaton',
      js: (text: string, pattern: string, options: string) => matches(regularExpression(pattern, options), text),
    },
  ];
  const expand = (args: readonly BoundExpression[], build: ExpressionBuilder): BoundExpression | undefined => {
    checkConstants(name, args, 2);
    // The table of an automaton is not for queries to write.
    if (args.length > 3) throw new SluiceError('type', `${name} does not take ${args.length} operands`);
    const [text, pattern, options = build.literal(UTF8, '')] = args;
    const [source, letters] = [constantText(pattern), constantText(options)];
    if (text?.type.kind !== 'utf8' || source === undefined || letters === undefined) return undefined;
    if (search && letters === '' && WITHOUT_SYNTAX.test(source)) return build.named(search, [text, pattern!]);
    const automaton = automatonOf(regularExpression(source, letters).program, search === undefined);
    if (automaton === undefined) return undefined;
    return build.overload(byAutomaton, [text, pattern!, options, build.literal(UTF8, automaton)], BOOL);
  };
  const signature = `${name}(varchar, pattern [, options])`;
  return { ...entry(name, aliases, signature, doc, overloads, 2), expand };
}

function constantText(arg: BoundExpression | undefined): string | undefined {
  return arg?.kind === 'literal' && typeof arg.value === 'string' ? arg.value : undefined;
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
  matching('regexp_matches', [], 'whether a regular expression matches somewhere', matchesSomewhere, 'contains'),
  matching('regexp_full_match', ['~'], 'whether a regular expression matches the whole text', matchesWhole, undefined),
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
