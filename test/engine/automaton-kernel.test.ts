import { expect, test } from 'vitest';
import { Random } from '../../datasets/random.ts';
import { automatonOf } from '../../query/automaton.ts';
import { overloadOf } from '../../query/functions.ts';
import { matchesSomewhere, matchesWhole, regularExpression } from '../../query/regular-expression.ts';
import { UTF8 } from '../../query/types.ts';
import { KernelCaller } from './kernel-caller.ts';

const caller = new KernelCaller();
const random = new Random(3);

const ATOMS = ['a', 'b', 'ä', '😀', '.', '[ab]', '[^a]', '[à-ÿ]', '\\w', '\\d', '^', '$', '(?i:B)', '\\x{1f600}', 'ab'];
const SUFFIXES = ['', '', '', '*', '+', '?', '{2}', '{1,3}', '*?'];
const LETTERS = ['a', 'b', 'B', 'ä', 'Ä', '😀', '1', '\n', ''];

function randomPattern(depth: number): string {
  const parts = Array.from({ length: random.between(1, 3) }, () => {
    if (depth > 0 && random.below(3) === 0) return `(${randomPattern(depth - 1)})${random.pick(SUFFIXES)}`;
    const atom = random.pick(ATOMS);
    return atom === '^' || atom === '$' ? atom : `(?:${atom})${random.pick(SUFFIXES)}`;
  });
  return parts.join(random.below(4) === 0 ? '|' : '');
}

test('Automata accept what their regular expressions match, somewhere and as a whole.', () => {
  const forms = [
    {
      whole: false,
      overload: overloadOf('regexp_matches(varchar, varchar, varchar, automaton)'),
      matches: matchesSomewhere,
    },
    {
      whole: true,
      overload: overloadOf('regexp_full_match(varchar, varchar, varchar, automaton)'),
      matches: matchesWhole,
    },
  ];
  let built = 0;
  for (let i = 0; i < 300; i++) {
    const pattern = randomPattern(2);
    const options = random.pick(['', 'i', 's']);
    const expression = regularExpression(pattern, options);
    for (const { whole, overload, matches } of forms) {
      const automaton = automatonOf(expression.program, whole);
      if (automaton === undefined) continue;
      built++;
      for (let j = 0; j < 12; j++) {
        const text = Array.from({ length: random.below(8) }, () => random.pick(LETTERS)).join('');
        const given = caller.call(overload, [text, pattern, options, automaton], [UTF8, UTF8, UTF8, UTF8]);
        expect([pattern, options, text, given]).toEqual([pattern, options, text, matches(expression, text)]);
      }
    }
  }
  expect(built).toBeGreaterThan(450);
});

test('Expressions with word boundaries, and those of too many states, have no automaton.', () => {
  const tableOf = (pattern: string) => automatonOf(regularExpression(pattern).program, false);
  expect(tableOf('\\bx\\b')).toBeUndefined();
  expect(tableOf('(?m)^x$')).toBeUndefined();
  expect(tableOf('(a|b)*a(a|b){12}')).toBeUndefined();
  expect(tableOf('\\p{L}{30}x')).toBeUndefined();
});
