import { callFailure } from './call-failures.ts';
import type { LibraryFunction } from './function-entry.ts';
import { FLOAT64 } from './types.ts';

/** Functions of numbers. */
export const MATH_FUNCTIONS: readonly LibraryFunction[] = [
  {
    name: 'sqrt',
    kind: 'function',
    category: 'math',
    aliases: [],
    signature: 'sqrt(number)',
    doc: 'square root; an error for negative numbers',
    nulls: 'strict',
    overloads: [
      {
        id: 'sqrt(double)',
        parameters: ['float64'],
        result: FLOAT64,
        kernel: 'sqrtFloat64',
        fails: true,
        js: (x: number) => {
          if (x < 0) throw callFailure('cannot take the square root of a negative number');
          return Math.sqrt(x);
        },
      },
    ],
  },
];
