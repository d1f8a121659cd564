import { CHARACTER_FUNCTIONS } from './character-functions.ts';
import type { LibraryFunction } from './function-entry.ts';
import { REGULAR_EXPRESSION_FUNCTIONS } from './regular-expression-functions.ts';
import { TEXT_JOINING_FUNCTIONS } from './text-joining.ts';
import { TEXT_SEARCH_FUNCTIONS } from './text-search.ts';
import { TEXT_SLICE_FUNCTIONS } from './text-slices.ts';

/** Functions of text. Lengths and positions count characters: Unicode code points. */
export const TEXT_FUNCTIONS: readonly LibraryFunction[] = [
  ...CHARACTER_FUNCTIONS,
  ...TEXT_SLICE_FUNCTIONS,
  ...TEXT_JOINING_FUNCTIONS,
  ...TEXT_SEARCH_FUNCTIONS,
  ...REGULAR_EXPRESSION_FUNCTIONS,
];
