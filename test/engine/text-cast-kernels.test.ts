import { describe, expect, test } from 'vitest';
import { Random } from '../../datasets/random.ts';
import { tryCastScalar } from '../../query/cast-value.ts';
import type { Overload } from '../../query/function-entry.ts';
import {
  BOOL,
  DATE,
  type DataType,
  decimal,
  FLOAT64,
  formatType,
  INT32,
  INT64,
  type Scalar,
  TIMESTAMP,
  UTF8,
} from '../../query/types.ts';
import { KernelCaller } from './kernel-caller.ts';

/** What a kernel leaves to the host. */
const LEFT = { failure: undefined };

const caller = new KernelCaller();
const random = new Random(7);

/** A kernel's cast; `parameters` stand behind the operand. */
function cast(kernel: string, value: Scalar, from: DataType, to: DataType, parameters: readonly number[] = []) {
  const overload: Overload = { id: kernel, parameters: [], result: to, kernel, js: () => null };
  return caller.call(overload, [value, ...parameters], [from, ...parameters.map(() => INT32)]);
}

const TEXTS = [
  ...['', ' ', '0', '-0', '+1', '1', '-1', '007', ' 12 ', '1_000', '0x1F', '12a', '-', '--1', '1-', '½', '１'],
  ...['2147483647', '2147483648', '-2147483648', '999999999999999999', '9223372036854775807', '9223372036854775808'],
  ...['1.5', '-1.5', '2.5', '.5', '5.', '.', '1.005', '0.1', '0.3', '123456789012345678', '1e3', '1e', '1.2.3', '1,5'],
  ...['99999.994', '99999.995', '-99999.995', '99999.99', '100000', '1.23456789012345678901', '9007199254740993'],
  ...['true', 'TRUE', 'tRuE', 'false', 'False', 't', 'F', 'yes', 'no', 'truE ', 'tru', 'falsy', 'inf', '-inf', 'nan'],
  ...['2024-02-29', '2023-02-29', '2024-13-01', '2024-00-01', '2024-01-00', '0001-01-01', '0000-12-31', '9999-12-31'],
  ...['10000-01-01', '2024-1-1', '2024/01/01', ' 2024-01-01', '2024-01-01x', '1582-10-10', '1900-02-29', '2000-02-29'],
  ...['2024-01-01 12:34:56', '2024-01-01T12:34:56', '2024-01-01 24:00:00', '2024-01-01 12:60:00', '2024-01-01 12:34'],
  ...['2024-01-01 12:34:56.5', '2024-01-01 12:34:56.123456', '2024-01-01 12:34:56.1234567', '2024-01-01 12:34:56.'],
  ...['2024-01-01 12:34:56Z', '1969-12-31 23:59:59.999999', '2024-01-01 12-34-56', '2024-01-01_12:34:56', 'infinity'],
];

const NUMBERS = Array.from({ length: 3000 }, () => {
  const digits = String(random.uint32()).slice(0, random.between(1, 10)) + (random.below(2) ? random.uint32() : '');
  const point = random.below(digits.length + 1);
  const text = random.below(2) ? digits : `${digits.slice(0, point) || '0'}.${digits.slice(point) || '0'}`;
  return random.below(2) ? text : `-${text}`;
});

describe('casts of texts', () => {
  const CASTS: readonly [string, DataType, readonly number[]][] = [
    ['textToBool', BOOL, []],
    ['textToInt32', INT32, []],
    ['textToInt64', INT64, []],
    ['textToFloat64', FLOAT64, []],
    ['textToDate', DATE, []],
    ['textToTimestamp', TIMESTAMP, []],
    ['textToDecimal', decimal(7, 2), [7, 2]],
    ['textToDecimal', decimal(18, 0), [18, 0]],
    ['textToDecimal', decimal(18, 9), [18, 9]],
    ['textToWideDecimal', decimal(38, 10), [38, 10]],
  ];
  test.each(CASTS)('%s gives the value of the cast, or leaves it to the host: %o', (kernel, to, parameters) => {
    for (const text of [...TEXTS, ...NUMBERS]) {
      const given = cast(kernel, text, UTF8, to, parameters);
      const wanted = tryCastScalar(text, UTF8, to);
      // What cannot be cast is always left: the host words the error.
      if (wanted === null || (given !== null && typeof given === 'object')) expect([text, given]).toEqual([text, LEFT]);
      else expect([text, given]).toEqual([text, wanted]);
    }
  });

  test('The usual forms are not left to the host.', () => {
    expect(cast('textToInt32', '-123', UTF8, INT32)).toBe(-123);
    expect(cast('textToInt64', '123456789012345678', UTF8, INT64)).toBe(123456789012345678n);
    expect(cast('textToFloat64', '-12.75', UTF8, FLOAT64)).toBe(-12.75);
    expect(cast('textToDecimal', '99999.99', UTF8, decimal(7, 2), [7, 2])).toBe(9999999n);
    expect(cast('textToDate', '2024-02-29', UTF8, DATE)).toBe(19782);
    expect(cast('textToTimestamp', '1970-01-02 00:00:01.5', UTF8, TIMESTAMP)).toBe(86_401_500_000n);
  });
});

describe('casts to text', () => {
  const integer = (bits: number) => {
    const wide = (BigInt(random.uint32()) << 32n) | BigInt(random.uint32());
    return BigInt.asIntN(64, wide) >> BigInt(64 - bits);
  };
  const integers = Array.from({ length: 1000 }, () => integer(random.between(1, 64)));
  const doubles = [
    ...[0, -0, 1, -1, 0.1, 0.3, 1e15, 1e16, 123456789012345, 1e-4, 9.9e-5, 1e20, 5e-324, NaN, Infinity, -Infinity],
    ...Array.from({ length: 3000 }, () => (random.uint32() - 2 ** 31) / 10 ** random.below(16)),
    ...Array.from({ length: 1000 }, () => random.uint32() * 2 ** -random.below(60)),
  ];
  const small = integers.filter((value) => value < 10n ** 18n && value > -(10n ** 18n));
  const CASTS: readonly [string, DataType, readonly Scalar[], readonly number[]][] = [
    ['boolToText', BOOL, [true, false], []],
    ['int32ToText', INT32, integers.map((value) => Number(BigInt.asIntN(32, value))), []],
    ['int64ToText', INT64, [...integers, -(2n ** 63n), 2n ** 63n - 1n], []],
    ['decimalToText', decimal(18, 0), small, [0, 1]],
    ['decimalToText', decimal(18, 5), small, [5, 1]],
    ['decimalToText', decimal(18, 18), small, [18, 0]],
    ['wideDecimalToText', decimal(38, 5), [...small, 10n ** 30n, -(10n ** 30n)], [5, 1]],
    ['dateToText', DATE, [...integers.map((value) => Number(BigInt.asIntN(22, value))), -719162, -719163, 2932896], []],
    ['timestampToText', TIMESTAMP, [...integers.map((value) => value >> 8n), -1n, 0n, -(10n ** 6n)], []],
    ['float64ToText', FLOAT64, doubles, []],
  ];
  test.each(CASTS)(
    '%s writes what the cast writes, or leaves it to the host: %o',
    (kernel, from, values, parameters) => {
      const left = values.filter((value) => {
        const given = cast(kernel, value, from, UTF8, parameters);
        if (given !== null && typeof given === 'object') return true;
        expect([formatType(from), value, given]).toEqual([formatType(from), value, tryCastScalar(value, from, UTF8)]);
        return false;
      });
      expect(left.length).toBeLessThan(values.length / 2);
    },
  );
});
