import { decimal } from '../../../query/types.ts';
import { type CaseTable, each, type FunctionCases, pairs } from './cases.ts';
import { FLOAT64_EDGES, INT32_EDGES, INT64_EDGES, NARROW_EDGES, WIDE_EDGES } from './values.ts';

const NARROW = [decimal(18, 2)];
const WIDE = [decimal(38, 2)];
const HUGE = 10n ** 38n;

const ofDoubles = (...names: string[]): CaseTable =>
  Object.fromEntries(names.map((name) => [`${name}(double)`, { rows: each(FLOAT64_EDGES) }]));

const someDoubles = [null, 0, -0, 0.5, -0.5, 1, -1, 2, -2, 3, -8, 10, 1e300, 1e-300, Infinity, -Infinity, NaN];

/** A rounding of decimals with so many digits, as `expand` phrases it: the unit cut off and a factor. */
function rounding(name: string, form: 'decimal' | 'wide decimal', digits: number): [string, FunctionCases] {
  const wide = form === 'wide decimal';
  const constant = decimal(wide ? 38 : 18, 0);
  const unit = 10n ** BigInt(2 - digits);
  const factor = 10n ** BigInt(Math.max(0, -digits));
  return [
    `${name}(${form}, ${form}, ${form})`,
    {
      sql: `${name}($1, ${digits})`,
      types: [wide ? WIDE[0]! : NARROW[0]!, constant, constant],
      rows: (wide ? WIDE_EDGES : NARROW_EDGES).map((x) => [x, unit, factor]),
    },
  ];
}

function whole(name: string, form: 'decimal' | 'wide decimal'): [string, FunctionCases] {
  const wide = form === 'wide decimal';
  return [
    `${name}(${form}, ${form})`,
    {
      sql: `${name}($1)`,
      types: [wide ? WIDE[0]! : NARROW[0]!, decimal(wide ? 38 : 18, 0)],
      rows: (wide ? WIDE_EDGES : NARROW_EDGES).map((x) => [x, 100n]),
    },
  ];
}

const notWrapping = (x: number | bigint | null, digits: number | null): boolean =>
  x === null || digits === null || digits >= 0 || digits <= -19 || (x > -2147483640 && x < 2147483640);

/** Operands of the math functions. */
export const MATH_CASES: CaseTable = {
  ...ofDoubles('abs', 'sign', 'ceil', 'floor', 'round', 'trunc', 'even', 'sqrt', 'cbrt', 'exp', 'ln', 'log2', 'log10'),
  ...ofDoubles('log', 'sin', 'cos', 'tan', 'cot', 'asin', 'acos', 'atan', 'degrees', 'radians'),
  ...ofDoubles('isnan', 'isinf', 'isfinite'),
  'abs(integer)': { rows: each(INT32_EDGES) },
  'abs(bigint)': { rows: each(INT64_EDGES) },
  'abs(decimal)': { types: NARROW, rows: each(NARROW_EDGES) },
  'abs(wide decimal)': { types: WIDE, rows: each([...WIDE_EDGES, 1n - HUGE]) },
  'sign(integer)': { rows: each(INT32_EDGES) },
  'sign(bigint)': { rows: each(INT64_EDGES) },
  ...Object.fromEntries([
    whole('ceil', 'decimal'),
    whole('ceil', 'wide decimal'),
    whole('floor', 'decimal'),
    whole('floor', 'wide decimal'),
    rounding('round', 'decimal', 0),
    rounding('round', 'wide decimal', -3),
    rounding('trunc', 'decimal', 1),
    rounding('trunc', 'wide decimal', -4),
  ]),
  'round(double, integer)': {
    rows: pairs(FLOAT64_EDGES, [null, 0, 1, 2, 15, 20, 308, 309, -1, -2, -15, -308, -309, 2147483647]),
  },
  // DuckDB's sum wraps around where the rounded number does not fit; here that is an error, see math-functions.test.ts.
  'round(integer, integer)': {
    rows: pairs(INT32_EDGES, [null, 0, 1, 5, -1, -2, -5, -9, -10, -18, -19, -100]).filter(([x, digits]) =>
      notWrapping(x as number, digits as number),
    ),
  },
  'round(bigint, integer)': {
    rows: pairs(INT64_EDGES, [null, 0, 1, 5, -1, -2, -5, -9, -10, -18, -19, -100]).filter(([x, digits]) =>
      notWrapping(x as bigint, digits as number),
    ),
  },
  'trunc(double, integer)': {
    rows: pairs(FLOAT64_EDGES, [null, 0, 1, 2, 15, 20, 308, 309, -1, -2, -15, -308, -400]),
  },
  'trunc(integer, integer)': { rows: pairs(INT32_EDGES, [null, 0, 3, -1, -2, -9, -10, -19, -100]) },
  'trunc(bigint, integer)': { rows: pairs(INT64_EDGES, [null, 0, 3, -1, -2, -9, -10, -18, -19, -100]) },
  'pow(double, double)': { rows: pairs(someDoubles, [...someDoubles, 0.5, 1 / 3, -0.5]) },
  'log(double, double)': { rows: pairs(someDoubles, someDoubles) },
  'atan2(double, double)': { rows: pairs(someDoubles, someDoubles) },
  'isinf(date)': { rows: [[null], [0]] },
  'isinf(timestamp)': { rows: [[null], [0n]] },
  'isfinite(date)': { rows: [[null], [0]] },
  'isfinite(timestamp)': { rows: [[null], [0n]] },
  'gcd(bigint, bigint)': { rows: pairs(INT64_EDGES, INT64_EDGES) },
  'lcm(bigint, bigint)': { rows: pairs(INT64_EDGES, INT64_EDGES) },
  'factorial(integer)': { rows: each([null, -1, 0, 1, 2, 5, 20, 21, 32, 33, 34, 2147483647]) },
  '&(integer, integer)': { sql: '$1 & $2', rows: pairs(INT32_EDGES, INT32_EDGES) },
  '&(bigint, bigint)': { sql: '$1 & $2', rows: pairs(INT64_EDGES, INT64_EDGES) },
  '|(integer, integer)': { sql: '$1 | $2', rows: pairs(INT32_EDGES, INT32_EDGES) },
  '|(bigint, bigint)': { sql: '$1 | $2', rows: pairs(INT64_EDGES, INT64_EDGES) },
  'xor(integer, integer)': { rows: pairs(INT32_EDGES, INT32_EDGES) },
  'xor(bigint, bigint)': { rows: pairs(INT64_EDGES, INT64_EDGES) },
  '<<(integer, integer)': { sql: '$1 << $2', rows: pairs(INT32_EDGES, [null, -1, 0, 1, 5, 28, 30, 31, 32, 100]) },
  '<<(bigint, bigint)': { sql: '$1 << $2', rows: pairs(INT64_EDGES, [null, -1n, 0n, 1n, 5n, 60n, 62n, 63n, 64n]) },
  '>>(integer, integer)': { sql: '$1 >> $2', rows: pairs(INT32_EDGES, [null, -1, 0, 1, 5, 30, 31, 32, 100]) },
  '>>(bigint, bigint)': { sql: '$1 >> $2', rows: pairs(INT64_EDGES, [null, -1n, 0n, 1n, 5n, 62n, 63n, 64n, 100n]) },
  'bit_count(integer)': { rows: each(INT32_EDGES) },
  'bit_count(bigint)': { rows: each(INT64_EDGES) },
};
