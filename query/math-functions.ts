import { EXTREME_FUNCTIONS } from './extreme-functions.ts';
import type { LibraryFunction } from './function-entry.ts';
import { INTEGER_FUNCTIONS } from './integer-functions.ts';
import { REAL_FUNCTIONS } from './real-functions.ts';
import { ROUNDING_FUNCTIONS } from './rounding-functions.ts';

/** Functions of numbers. */
export const MATH_FUNCTIONS: readonly LibraryFunction[] = [
  ...ROUNDING_FUNCTIONS,
  ...REAL_FUNCTIONS,
  ...INTEGER_FUNCTIONS,
  ...EXTREME_FUNCTIONS,
];
