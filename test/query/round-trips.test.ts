import fc from 'fast-check';
import { expect, test } from 'vitest';
import { civilFromDays, daysFromCivil } from '../../query/calendar.ts';
import type { Expression } from '../../query/expression.ts';
import { formatScalar, parseScalar } from '../../query/format-value.ts';
import { type Fragment, LANE_NAMES } from '../../query/fragment.ts';
import { literalOf, literalScalar } from '../../query/literal.ts';
import { parseFragment } from '../../query/parse-fragment.ts';
import {
  BOOL,
  DATE,
  type DataType,
  decimal,
  FLOAT64,
  formatType,
  INT32,
  INT64,
  parseType,
  type Scalar,
  TIMESTAMP,
  UTF8,
} from '../../query/types.ts';

const decimalType = fc
  .tuple(fc.integer({ min: 1, max: 38 }), fc.nat(38))
  .map(([precision, scale]) => decimal(precision, Math.min(precision, scale)));
const dataType: fc.Arbitrary<DataType> = fc.oneof(
  fc.constantFrom(BOOL, INT32, INT64, FLOAT64, DATE, TIMESTAMP, UTF8),
  decimalType,
);

function scalarOf(type: DataType): fc.Arbitrary<Scalar> {
  switch (type.kind) {
    case 'bool':
      return fc.boolean();
    case 'int32':
      return fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
    case 'int64':
      return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    case 'float64':
      return fc.double();
    case 'decimal': {
      const limit = 10n ** BigInt(type.precision) - 1n;
      return fc.bigInt({ min: -limit, max: limit });
    }
    case 'date':
      return fc.integer({ min: -719_162, max: 2_932_896 });
    case 'timestamp':
      return fc.bigInt({ min: -62_135_596_800_000_000n, max: 253_402_300_799_999_999n });
    default:
      return fc.string({ unit: 'grapheme' });
  }
}
const typedScalar = dataType.chain((type) => scalarOf(type).map((value) => ({ type, value })));

test('a type reads back from its text', () => {
  fc.assert(
    fc.property(dataType, (type) => {
      expect(parseType(formatType(type))).toEqual(type);
    }),
  );
});

test('a value reads back from its text', () => {
  fc.assert(
    fc.property(typedScalar, ({ type, value }) => {
      expect(parseScalar(formatScalar(value, type), type)).toBe(value);
    }),
  );
});

test('a value reads back from a literal that went through JSON', () => {
  fc.assert(
    fc.property(typedScalar, ({ type, value }) => {
      const literal = JSON.parse(JSON.stringify(literalOf(type, value)));
      // JSON has no negative zero; nothing in SQL tells it from zero but its sign in text.
      expect(literalScalar(literal)).toEqual(Object.is(value, -0) ? 0 : value);
    }),
  );
});

test('days and civil dates map to each other', () => {
  fc.assert(
    fc.property(fc.integer({ min: -10_000_000, max: 10_000_000 }), (days) => {
      const date = civilFromDays(days);
      expect(daysFromCivil(date)).toBe(days);
      if (date.year >= 0 && date.year < 275_000) {
        const reference = new Date(days * 86_400_000);
        expect([date.year, date.month - 1, date.day]).toEqual([
          reference.getUTCFullYear(),
          reference.getUTCMonth(),
          reference.getUTCDate(),
        ]);
      }
    }),
  );
});

const { expression } = fc.letrec<{ expression: Expression }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record(
      { kind: fc.constant('column' as const), name: fc.string(), at: fc.nat() },
      { requiredKeys: ['kind', 'name'] },
    ),
    typedScalar.map(({ type, value }) => JSON.parse(JSON.stringify(literalOf(type, value))) as Expression),
    fc.record({ kind: fc.constant('cast' as const), to: dataType, arg: tie('expression') }),
    fc.record({
      kind: fc.constant('call' as const),
      function: fc.constantFrom('add', 'and', 'in', 'like'),
      args: fc.array(tie('expression'), { maxLength: 4 }),
    }),
  ),
}));
const named = fc.record({ name: fc.string(), expression });
const fragment: fc.Arbitrary<Fragment> = fc.record(
  {
    version: fc.constant(1 as const),
    object: fc.string({ minLength: 1 }),
    lane: fc.constantFrom(...LANE_NAMES),
    filter: expression,
    output: fc.oneof(
      fc.record(
        {
          kind: fc.constant('rows' as const),
          columns: fc.array(named, { minLength: 1, maxLength: 3 }),
          limit: fc.nat(),
        },
        { requiredKeys: ['kind', 'columns'] },
      ),
      fc.record({
        kind: fc.constant('groups' as const),
        keys: fc.array(named, { maxLength: 2 }),
        aggregates: fc.array(
          fc.record({
            name: fc.string(),
            function: fc.constantFrom('sum' as const, 'min' as const),
            args: fc.tuple(expression),
          }),
          { minLength: 1, maxLength: 2 },
        ),
      }),
    ),
  },
  { requiredKeys: ['version', 'object', 'lane', 'output'] },
);

test('a fragment survives JSON and the check at the door', () => {
  fc.assert(
    fc.property(fragment, (value) => {
      expect(parseFragment(JSON.parse(JSON.stringify(value)))).toEqual(value);
    }),
  );
});

const valid = {
  version: 1,
  object: 'x.csv',
  lane: 'js',
  output: { kind: 'rows', columns: [{ name: 'a', expression: { kind: 'column', name: 'a' } }] },
};
const deep = (levels: number): unknown =>
  levels === 0 ? { kind: 'column', name: 'a' } : { kind: 'call', function: 'not', args: [deep(levels - 1)] };

const KEY = { column: 0, descending: false, nullsFirst: false };

test.each([
  ['null', null, /^fragment/],
  ['another version', { ...valid, version: 2 }, /^fragment\.version/],
  ['an unknown lane', { ...valid, lane: 'cuda' }, /^fragment\.lane/],
  ['a key that does not belong', { ...valid, path: '/' }, /^fragment: /],
  [
    'a literal that is not of its type',
    { ...valid, filter: { kind: 'literal', type: { kind: 'int32' }, value: 'x' } },
    /^fragment\.filter.*no value of type integer/,
  ],
  [
    'an integer beyond its type',
    { ...valid, filter: { kind: 'literal', type: { kind: 'int64' }, value: '9223372036854775808' } },
    /^fragment\.filter/,
  ],
  ['a negative limit', { ...valid, output: { ...valid.output, limit: -1 } }, /^fragment\.output\.limit/],
  ['an order without a limit', { ...valid, output: { ...valid.output, orderBy: [KEY] } }, /^fragment\.output.*limit/],
  [
    'a sort key that is no column',
    { ...valid, output: { ...valid.output, limit: 1, orderBy: [{ ...KEY, column: 99 }] } },
    /^fragment\.output.*number of a column/,
  ],
  ['thousands of levels', { ...valid, filter: deep(5_000) }, /levels deep/],
])('a fragment with %s is refused, naming the place', (_what, value, message) => {
  expect(() => parseFragment(value)).toThrow(message);
});
