import type { LibraryFunction } from './function-entry.ts';

/** Functions of text. */
export const TEXT_FUNCTIONS: readonly LibraryFunction[] = [];
