import { isUtf8 } from 'node:buffer';
import { type Column, isWide } from '../../../column.ts';
import { zeroValues } from '../../../zero-values.ts';
import type { LeafColumn } from '../leaf-column.ts';
import type { Levels } from '../schema-tree.ts';

import type { PageSink } from './pages.ts';
import { type ByteStrings, checkValues, type FixedValues, type Values } from './values.ts';

/** Gathers the values of the chunk of a flat column, page by page, into a Column. */
export class ColumnSink implements PageSink {
  readonly levels: Levels;
  readonly #column: LeafColumn;
  readonly #rows: number;
  readonly #validity: Uint8Array | undefined;
  readonly #fixed: FixedValues;
  /** Elements of a value. */
  readonly #width: number;
  readonly #offsets: Int32Array;
  #bytes = new Uint8Array(0);
  #used = 0;
  #row = 0;
  #nulls = 0;
  readonly #pageRows: readonly number[] | undefined;
  #page = 0;

  /** `pageRows`: the rows that each page must have. */
  constructor(column: LeafColumn, rows: number, pageRows?: readonly number[]) {
    this.#pageRows = pageRows;
    this.levels = { definition: column.definition, repetition: 0 };
    this.#column = column;
    this.#rows = rows;
    this.#width = isWide(column.type) ? 2 : 1;
    const strings = column.type.kind === 'utf8';
    this.#fixed = zeroValues(column.type, strings ? 0 : rows);
    this.#offsets = new Int32Array(strings ? rows + 1 : 0);
    this.#validity = column.nullable ? new Uint8Array(rows) : undefined;
  }

  /** Rows still to come. */
  get missing(): number {
    return this.#rows - this.#row;
  }

  /** The place of the rows' validity: with a highest level of 1 they are the same. */
  definitionLevels(count: number): Uint8Array {
    if (!this.#validity) throw new Error('a column without NULLs has no definition levels');
    return this.#validity.subarray(this.#row, this.#row + count);
  }

  repetitionLevels(): Uint8Array {
    throw new Error('a flat column has no repetition levels');
  }

  append(values: Values, codes: Int32Array | undefined, count: number, nulls: number): void {
    const expected = this.#pageRows?.[this.#page++] ?? count;
    if (count !== expected) throw new Error(`a page holds ${count} rows where the offset index says ${expected}`);
    const { definition } = this.levels;
    const valid = nulls > 0 ? this.definitionLevels(count) : undefined;
    if (definition > 1) {
      const levels = this.definitionLevels(count);
      for (let i = 0; i < count; i++) levels[i] = levels[i] === definition ? 1 : 0;
    }
    checkValues(values, codes, this.#column, count - nulls);
    if (values.kind === 'fixed') this.#place(values.values, codes, count, valid);
    else this.#copyStrings(values.strings, codes, count, valid);
    this.#row += count;
    this.#nulls += nulls;
  }

  finish(): Column {
    const { type } = this.#column;
    const nulls = this.#nulls > 0 && this.#validity ? { validity: this.#validity } : {};
    if (type.kind !== 'utf8') return { kind: 'fixed', type, length: this.#rows, values: this.#fixed, ...nulls };
    const bytes = this.#bytes.length === this.#used ? this.#bytes : this.#bytes.slice(0, this.#used);
    checkUtf8(bytes, this.#offsets);
    return { kind: 'utf8', type, length: this.#rows, offsets: this.#offsets, bytes, ...nulls };
  }

  #place(source: FixedValues, codes: Int32Array | undefined, count: number, valid: Uint8Array | undefined): void {
    const row = this.#row;
    if (!codes && !valid) {
      // Both are of the column's one array type.
      const width = this.#width;
      (this.#fixed as Int32Array).set(source.subarray(0, width * count) as Int32Array, width * row);
      return;
    }
    // 8-byte values move as two 32-bit words: no BigInt a value, and no NaN changes its bits.
    if (this.#width === 2) gatherWide(words(source), codes, count, valid, words(this.#fixed), row);
    else if (source.BYTES_PER_ELEMENT === 8) gatherPairs(words(source), codes, count, valid, words(this.#fixed), row);
    else gather(source as Int32Array, codes, count, valid, this.#fixed as Int32Array, row);
  }

  #copyStrings(
    strings: ByteStrings,
    codes: Int32Array | undefined,
    count: number,
    valid: Uint8Array | undefined,
  ): void {
    const { bytes, starts, ends } = strings;
    let size = 0;
    const values = codes ? codes.length : valid ? starts.length : count;
    for (let i = 0; i < values; i++) {
      const value = codes ? codes[i]! : i;
      size += ends[value]! - starts[value]!;
    }
    this.#reserve(size);
    const target = this.#bytes;
    const offsets = this.#offsets;
    let used = this.#used;
    let next = 0;
    for (let i = 0, row = this.#row; i < count; i++, row++) {
      if (!valid || valid[i]) {
        const value = codes ? codes[next]! : next;
        next++;
        const start = starts[value]!;
        const end = ends[value]!;
        if (end - start > 32) target.set(bytes.subarray(start, end), used);
        else for (let from = start, to = used; from < end; from++, to++) target[to] = bytes[from]!;
        used += end - start;
      }
      offsets[row + 1] = used;
    }
    this.#used = used;
  }

  #reserve(size: number): void {
    const wanted = this.#used + size;
    if (wanted > 0x7fffffff) throw new Error('its strings take more than 2 GiB');
    if (wanted <= this.#bytes.length) return;
    const grown = new Uint8Array(
      this.#used === 0 ? wanted : Math.min(Math.max(wanted, this.#bytes.length * 2), 0x7fffffff),
    );
    grown.set(this.#bytes.subarray(0, this.#used));
    this.#bytes = grown;
  }
}

function words(values: FixedValues): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, values.byteLength >> 2);
}

/**
 * Puts the next values of `source`, each some words long, behind row `row` of `target`: those that `codes` name where
 * there is a dictionary; one for each of `count` rows that are valid.
 */
type Gather = (
  source: Int32Array,
  codes: Int32Array | undefined,
  count: number,
  valid: Uint8Array | undefined,
  target: Int32Array,
  row: number,
) => void;

const gather: Gather = (source, codes, count, valid, target, row) => {
  if (codes && !valid) {
    for (let i = 0; i < count; i++) target[row + i] = source[codes[i]!]!;
    return;
  }
  let next = 0;
  for (let i = 0; i < count; i++) {
    if (valid && !valid[i]) continue;
    target[row + i] = source[codes ? codes[next]! : next]!;
    next++;
  }
};

const gatherPairs: Gather = (source, codes, count, valid, target, row) => {
  let to = 2 * row;
  if (codes && !valid) {
    for (let i = 0; i < count; i++, to += 2) {
      const from = codes[i]! << 1;
      target[to] = source[from]!;
      target[to + 1] = source[from + 1]!;
    }
    return;
  }
  let next = 0;
  for (let i = 0; i < count; i++, to += 2) {
    if (valid && !valid[i]) continue;
    const from = 2 * (codes ? codes[next]! : next);
    next++;
    target[to] = source[from]!;
    target[to + 1] = source[from + 1]!;
  }
};

/** Values of 128 bits, as four words each. */
const gatherWide: Gather = (source, codes, count, valid, target, row) => {
  let next = 0;
  for (let i = 0; i < count; i++) {
    if (valid && !valid[i]) continue;
    const from = 4 * (codes ? codes[next]! : next);
    const to = 4 * (row + i);
    next++;
    for (let word = 0; word < 4; word++) target[to + word] = source[from + word]!;
  }
};

/** All values together are UTF-8, and none begins inside a character; so each is. */
function checkUtf8(bytes: Uint8Array, offsets: Int32Array): void {
  if (!isUtf8(bytes)) throw new Error('a string is not UTF-8');
  for (let i = 0; i < offsets.length; i++) {
    if ((bytes[offsets[i]!]! & 0xc0) === 0x80) throw new Error('a string is not UTF-8');
  }
}
