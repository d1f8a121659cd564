// Small programs over text in memory: see bench/programs/. Each takes the address and length of its input and of a work
// area, leaves its result in the work area's first bytes or behind its input, and returns the number of bytes of it, or
// a negative number: -1 for a work area that is too small, -2 - n for a line n (from 0) that it cannot read.

export { json_fields } from './programs/json-fields';
export { key_value } from './programs/key-value';
export { log_parsing } from './programs/log-parsing';
export { line_sort } from './programs/line-sort';
export { word_count } from './programs/word-count';
