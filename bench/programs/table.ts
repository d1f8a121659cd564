import { jsonFields } from './json-fields.ts';
import { keyValue } from './key-value.ts';
import { lineSort } from './line-sort.ts';
import { logParsing } from './log-parsing.ts';
import type { Program } from './program.ts';
import { wordCount } from './word-count.ts';

/** Every program: of the kinds that LangBench compares languages by (Lion et al., USENIX ATC 2022). */
export const PROGRAMS: readonly Program[] = [logParsing, lineSort, wordCount, keyValue, jsonFields];
