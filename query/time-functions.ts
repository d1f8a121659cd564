import type { LibraryFunction } from './function-entry.ts';

/** Functions of dates and timestamps. */
export const TIME_FUNCTIONS: readonly LibraryFunction[] = [];
