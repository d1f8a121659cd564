import type { CaseTable } from './cases.ts';
import { MATH_CASES } from './math-cases.ts';
import { TEXT_CASES } from './text-cases.ts';
import { TIME_CASES } from './time-cases.ts';

/** Operands for every overload of the function library. */
export const LIBRARY_CASES: CaseTable = { ...MATH_CASES, ...TEXT_CASES, ...TIME_CASES };
