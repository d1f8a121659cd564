import type { ColumnChunk } from '../metadata.ts';
import type { Levels } from '../schema-tree.ts';
import type { JsonLeaf } from './json-text.ts';
import { decodePages, type PageSink } from './pages.ts';
import { checkValues, type Values } from './values.ts';

/** More values than this in one chunk are refused: a few damaged bytes must not claim all memory. */
const MOST_VALUES = 1 << 27;

interface Page {
  readonly definition: Uint8Array | undefined;
  readonly repetition: Uint8Array | undefined;
  readonly count: number;
  readonly values: Values;
  readonly codes: Int32Array | undefined;
}

/**
 * Reads a leaf of a nested column slot by slot. A slot has a repetition level, which says in which list it continues,
 * and a definition level; where that is the highest it has a value.
 */
export class LeafReader implements PageSink {
  readonly levels: Levels;
  /** Slots that no page has filled yet. */
  missing: number;
  readonly #leaf: JsonLeaf;
  readonly #pages: Page[] = [];
  #definitionLevels: Uint8Array | undefined;
  #repetitionLevels: Uint8Array | undefined;
  /** The next slot, within the first of the pages that are left. */
  #slot = 0;
  /** Values of that page that are behind. */
  #used = 0;
  /** Texts of the dictionary's values. */
  #dictionary: Values | undefined;
  #texts: (string | undefined)[] = [];

  /** `bytes` are the chunk's. Throws whatever damaged bytes provoke. */
  constructor(levels: Levels, leaf: JsonLeaf, bytes: Uint8Array, chunk: ColumnChunk) {
    this.levels = levels;
    this.#leaf = leaf;
    this.missing = chunk.valueCount;
    if (this.missing > MOST_VALUES) throw new Error(`it claims ${this.missing} values, more than ${MOST_VALUES}`);
    decodePages(bytes, { column: leaf.column, chunk }, this);
    this.#pages.reverse();
  }

  definitionLevels(count: number): Uint8Array {
    this.#definitionLevels = new Uint8Array(count);
    return this.#definitionLevels;
  }

  repetitionLevels(count: number): Uint8Array {
    this.#repetitionLevels = new Uint8Array(count);
    return this.#repetitionLevels;
  }

  append(values: Values, codes: Int32Array | undefined, count: number, nulls: number): void {
    checkValues(values, codes, this.#leaf.column, count - nulls);
    this.missing -= count;
    if (count === 0) return;
    const [definition, repetition] = [this.#definitionLevels, this.#repetitionLevels];
    this.#pages.push({ definition, repetition, count, values, codes });
  }

  get isAtEnd(): boolean {
    return this.#pages.length === 0;
  }

  /** The definition level of the next slot. Throws where there is none. */
  get definition(): number {
    return this.#page.definition?.[this.#slot] ?? 0;
  }

  /** Whether the next slot is another element of the list whose level this is. */
  continues(repetition: number): boolean {
    return !this.isAtEnd && (this.#page.repetition?.[this.#slot] ?? 0) === repetition;
  }

  /** Passes the next slot, which must be at this repetition level and below that definition level. */
  pass(repetition: number, definition: number): void {
    this.#checkRepetition(repetition);
    if (this.definition >= definition) throw new Error('its definition levels do not go with those of its neighbours');
    this.#advance();
  }

  /** The value in the next slot, which must be at this repetition level: as JSON, or as the key of a map. */
  take(repetition: number, form: 'text' | 'key'): string {
    this.#checkRepetition(repetition);
    if (this.definition < this.levels.definition) {
      this.#advance();
      return form === 'key' ? '"null"' : 'null';
    }
    const { values, codes } = this.#page;
    const index = codes ? codes[this.#used]! : this.#used;
    const text = codes && form === 'text' ? this.#dictionaryText(values, index) : this.#leaf[form](values, index);
    this.#used++;
    this.#advance();
    return text;
  }

  get #page(): Page {
    const page = this.#pages.at(-1);
    if (!page) throw new Error('its levels end too early');
    return page;
  }

  #checkRepetition(repetition: number): void {
    const found = this.#page.repetition?.[this.#slot] ?? 0;
    if (found !== repetition) throw new Error(`a repetition level is ${found} where ${repetition} is expected`);
  }

  #advance(): void {
    if (++this.#slot < this.#page.count) return;
    this.#pages.pop();
    this.#slot = 0;
    this.#used = 0;
  }

  #dictionaryText(values: Values, index: number): string {
    if (values !== this.#dictionary) {
      this.#dictionary = values;
      this.#texts = [];
    }
    const text = this.#texts[index] ?? this.#leaf.text(values, index);
    this.#texts[index] = text;
    return text;
  }
}
