import { type CallFailure, callFailure } from './call-failures.ts';
import type { LibraryFunction, Overload } from './function-entry.ts';
import { BOOL, type DataType, FLOAT64 } from './types.ts';

const OUT_OF_DOMAIN: CallFailure = 'the input is out of the range of the function';

const finite = (x: number): number => {
  if (Math.abs(x) === Infinity) throw callFailure(OUT_OF_DOMAIN);
  return x;
};

/** nan passes. */
const withinOne = (x: number): number => {
  if (Math.abs(x) > 1) throw callFailure(OUT_OF_DOMAIN);
  return x;
};

const positive = (x: number): number => {
  if (x < 0) throw callFailure('cannot take the logarithm of a negative number');
  if (x === 0) throw callFailure('cannot take the logarithm of zero');
  return x;
};

/** As C: 1 to any power is 1, also to nan; -1 to an infinity too. */
function power(x: number, y: number): number {
  return x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : x ** y;
}

function logarithm(base: number, x: number): number {
  const divisor = Math.log10(positive(base));
  if (divisor === 0) throw callFailure(OUT_OF_DOMAIN);
  return Math.log10(positive(x)) / divisor;
}

function cotangent(x: number): number {
  if (x === 0) throw callFailure(OUT_OF_DOMAIN);
  return 1 / Math.tan(finite(x));
}

/** Functions of real numbers: double to double, integers and decimals by a cast. Errors where DuckDB has them. */
export const REAL_FUNCTIONS: readonly LibraryFunction[] = [
  failing('sqrt', 'sqrtFloat64', 'square root; an error for negative numbers', (x) => {
    if (x < 0) throw callFailure('cannot take the square root of a negative number');
    return Math.sqrt(x);
  }),
  total('cbrt', 'cbrtFloat64', 'cube root', Math.cbrt),
  {
    ...entry('pow', 'pow(base, exponent)', 'base to the power of the exponent', [
      {
        id: 'pow(double, double)',
        parameters: ['float64', 'float64'],
        result: FLOAT64,
        kernel: 'powFloat64',
        js: power,
      },
    ]),
    aliases: ['power', '**', '^'],
  },
  total('exp', 'expFloat64', 'e to the power of the number', Math.exp),
  failing('ln', 'lnFloat64', 'natural logarithm; an error for zero and less', (x) => Math.log(positive(x))),
  failing('log2', 'log2Float64', 'logarithm to base 2; an error for zero and less', (x) => Math.log2(positive(x))),
  failing('log10', 'log10Float64', 'logarithm to base 10; an error for zero and less', (x) => Math.log10(positive(x))),
  entry('log', 'log([base, ] double)', 'logarithm, to base 10 by default; an error for zero and less, and for base 1', [
    {
      id: 'log(double)',
      parameters: ['float64'],
      result: FLOAT64,
      kernel: 'log10Float64',
      fails: true,
      js: (x: number) => Math.log10(positive(x)),
    },
    {
      id: 'log(double, double)',
      parameters: ['float64', 'float64'],
      result: FLOAT64,
      kernel: 'logFloat64',
      fails: true,
      js: logarithm,
    },
  ]),
  failing('sin', 'sinFloat64', 'sine of radians; an error for infinities', (x) => Math.sin(finite(x))),
  failing('cos', 'cosFloat64', 'cosine of radians; an error for infinities', (x) => Math.cos(finite(x))),
  failing('tan', 'tanFloat64', 'tangent of radians; an error for infinities', (x) => Math.tan(finite(x))),
  failing('cot', 'cotFloat64', 'cotangent of radians; an error for infinities and 0', cotangent),
  failing('asin', 'asinFloat64', 'inverse sine; an error outside of [-1, 1]', (x) => Math.asin(withinOne(x))),
  failing('acos', 'acosFloat64', 'inverse cosine; an error outside of [-1, 1]', (x) => Math.acos(withinOne(x))),
  total('atan', 'atanFloat64', 'inverse tangent', Math.atan),
  entry('atan2', 'atan2(y, x)', 'angle of the point (x, y) in radians', [
    {
      id: 'atan2(double, double)',
      parameters: ['float64', 'float64'],
      result: FLOAT64,
      kernel: 'atan2Float64',
      js: Math.atan2,
    },
  ]),
  total('degrees', 'degreesFloat64', 'radians in degrees', (x) => x * (180 / Math.PI)),
  total('radians', 'radiansFloat64', 'degrees in radians', (x) => x * (Math.PI / 180)),
  {
    ...entry('pi', 'pi()', 'the constant π', []),
    expand: (args, build) => (args.length === 0 ? build.literal(FLOAT64, Math.PI) : undefined),
  },
  test('isnan', 'whether a number is nan', [double('isnan', 'isNanFloat64', Number.isNaN)]),
  test('isinf', 'whether a number is inf or -inf', [
    double('isinf', 'isInfiniteFloat64', (x) => Math.abs(x) === Infinity),
    always('isinf', 'date', 'neverDate', false),
    always('isinf', 'timestamp', 'neverTimestamp', false),
  ]),
  test('isfinite', 'whether a number is neither nan nor infinite', [
    double('isfinite', 'isFiniteFloat64', Number.isFinite),
    always('isfinite', 'date', 'alwaysDate', true),
    always('isfinite', 'timestamp', 'alwaysTimestamp', true),
  ]),
];

function entry(name: string, signature: string, doc: string, overloads: readonly Overload[]): LibraryFunction {
  return { name, kind: 'function', category: 'math', aliases: [], signature, doc, nulls: 'strict', overloads };
}

function total(name: string, kernel: string, doc: string, js: (x: number) => number): LibraryFunction {
  return entry(name, `${name}(double)`, doc, [double(name, kernel, js, FLOAT64)]);
}

function failing(name: string, kernel: string, doc: string, js: (x: number) => number): LibraryFunction {
  return entry(name, `${name}(double)`, doc, [{ ...double(name, kernel, js, FLOAT64), fails: true }]);
}

function test(name: string, doc: string, overloads: readonly Overload[]): LibraryFunction {
  return entry(name, `${name}(double)`, doc, overloads);
}

function double(name: string, kernel: string, js: (x: number) => number | boolean, result: DataType = BOOL): Overload {
  return { id: `${name}(double)`, parameters: ['float64'], result, kernel, js };
}

/** Dates and timestamps have no infinities here. */
function always(name: string, kind: 'date' | 'timestamp', kernel: string, answer: boolean): Overload {
  return { id: `${name}(${kind})`, parameters: [kind], result: BOOL, kernel, js: () => answer };
}
