import { DATE_ARITHMETIC_FUNCTIONS } from './date-arithmetic.ts';
import { DATE_DIFFERENCE_FUNCTIONS } from './date-differences.ts';
import { DATE_PART_FUNCTIONS } from './date-parts.ts';
import { DATE_TRUNCATION_FUNCTIONS } from './date-truncation.ts';
import type { LibraryFunction } from './function-entry.ts';
import { STRFTIME_FUNCTIONS } from './strftime.ts';

/** Functions of dates and timestamps. */
export const TIME_FUNCTIONS: readonly LibraryFunction[] = [
  ...DATE_PART_FUNCTIONS,
  ...DATE_TRUNCATION_FUNCTIONS,
  ...DATE_DIFFERENCE_FUNCTIONS,
  ...DATE_ARITHMETIC_FUNCTIONS,
  ...STRFTIME_FUNCTIONS,
];
