import { expect, test } from 'vitest';
import { groupAnswer } from '../../bench/answers/group-answer.ts';

test('rows of a result are compared in the order of their text', () => {
  expect(
    groupAnswer(
      [
        ['b', 'a'],
        [2.5, 1],
      ],
      [1],
    ),
  ).toEqual({
    rows: [
      ['a', '1'],
      ['b', '2.5'],
    ],
    approximate: [1],
  });
});

test('many groups are compared by a digest that their order does not change', () => {
  const count = 20_000;
  const keys = Int32Array.from({ length: count }, (_, i) => i);
  const sums = Float64Array.from(keys, (key) => 3 * key);
  const forwards = groupAnswer([keys, sums], []);
  expect(forwards.rows[0]?.[0]).toBe('20000');
  expect(groupAnswer([keys.toReversed(), sums.toReversed()], [])).toEqual(forwards);
  expect(groupAnswer([keys, sums.with(7, 0)], [])).not.toEqual(forwards);
});
