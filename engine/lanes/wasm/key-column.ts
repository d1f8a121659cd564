import { type DataType, INT64 } from '../../../query/types.ts';
import type { Column } from '../../column.ts';
import { VECTOR_SIZE } from '../../task.ts';
import type { GroupMemory } from './group-memory.ts';
import { GroupValues, stateWidth } from './group-values.ts';
import { GrowingArea } from './growing-area.ts';
import { TextWords } from './text-words.ts';
import type { Vector } from './vector.ts';

/** Values that a key column may have: [base, base + size). */
export interface KeyRange {
  readonly base: bigint;
  readonly size: number;
}

/** The values of one key column in some rows, as tables read them. */
export interface KeyValues {
  /** Of texts: of their words, which are made when they are first asked for. */
  readonly address: number;
  /** Address of validity bytes, 0 when no row is NULL. */
  readonly validity: number;
  /** Bytes of a value that can be a code; undefined for values that are no integers. */
  readonly codeWidth: 1 | 4 | 8 | undefined;
  /** 64-bit words that stand for a value. */
  readonly wordCount: 1 | 2;
  /** The words are the values as they stand at `address`. */
  readonly wordsInPlace: boolean;
  /** Writes the words of `count` rows, `stride` bytes apart; NULL gives 0. */
  fillWords(count: number, words: number, stride: number): void;
  /**
   * Adds `stride` x (value - base + 1), or 0 for NULL, to the codes (u32) of `count` rows; false when a value is out of
   * the range: the codes are of no use then.
   */
  addCodes(range: KeyRange, count: number, stride: number, codes: number): boolean;
}

/** One key: its values in the current batch, and that of each group, which is the value seen first. */
export class KeyColumn {
  #type: DataType;
  #group: GroupMemory;
  #texts: TextWords | undefined;
  #held: GroupValues;
  /** A byte a group; made with the first NULL. */
  #validity: GrowingArea | undefined;
  #capacity = 1;

  constructor(group: GroupMemory, type: DataType) {
    this.#group = group;
    this.#type = type;
    if (type.kind === 'utf8') this.#texts = new TextWords(group);
    this.#held = new GroupValues(group, this.#texts ? INT64 : type);
  }

  reserve(capacity: number): void {
    this.#capacity = capacity;
    this.#held.reserve(capacity);
    this.#validity?.grow(capacity);
  }

  /** The values of a batch. */
  read(vector: Vector, count: number): KeyValues {
    const validity = vector.hasNulls ? vector.validity : 0;
    if (this.#texts) return textValues(this.#group, this.#texts, vector, validity, count);
    return keyValues(this.#group, vector.type, vector.values, validity);
  }

  /** Keeps the keys of `count` new groups, which began in the rows at `newRows`; `used` groups existed before. */
  append(values: KeyValues, newRows: number, count: number, groups: number, used: number): void {
    const { memory, kernels, pool } = this.#group;
    const { validity } = values;
    this.#held.scatter({ values: values.address }, newRows, count, groups);
    if (!this.#validity) {
      if (validity === 0) return;
      this.#validity = new GrowingArea(pool, this.#capacity);
      memory.u8.fill(1, this.#validity.address, this.#validity.address + used);
    }
    const { address } = this.#validity;
    if (validity !== 0) kernels.scatter1(validity, newRows, count, groups, address);
    else memory.u8.fill(1, address + used, address + used + count);
  }

  /** The keys of the groups from `first` on. */
  heldFrom(first: number): KeyValues {
    const { type, area } = this.#held;
    const address = area.address + this.#held.width * first;
    return keyValues(this.#group, type, address, this.#validity ? this.#validity.address + first : 0);
  }

  /** The keys of the first `length` groups. */
  column(length: number): Column {
    const { memory } = this.#group;
    const area = this.#validity;
    const validity = area && memory.u8.slice(area.address, area.address + length);
    if (!this.#texts) return this.#held.column(length, validity);
    const text = this.#texts.column(this.#type, this.#held.area.address, length);
    return { ...text, ...(validity?.includes(0) && { validity }) };
  }

  clear(): void {
    this.#texts?.clear();
    this.#validity?.close();
    this.#validity = undefined;
  }
}

function keyValues({ kernels }: GroupMemory, type: DataType, address: number, validity: number): KeyValues {
  const width = stateWidth(type);
  const codeWidth = type.kind === 'float64' || width === 16 ? undefined : width;
  const keyWords = type.kind === 'float64' ? kernels.keyWordsFloat64 : kernels[`keyWords${width}`];
  return {
    address,
    validity,
    codeWidth,
    wordCount: width === 16 ? 2 : 1,
    wordsInPlace: codeWidth === 8,
    fillWords: (count, words, stride) => {
      keyWords(address, validity, count, words, stride);
    },
    addCodes: ({ base, size }, count, stride, codes) =>
      codeWidth !== undefined &&
      kernels[`addCodes${codeWidth}`](address, validity, count, base, size, stride, codes) === 0,
  };
}

/** As signed numbers, the words of texts of more than 7 bytes are below this, and all others above. */
const LONG_TEXTS = -(1n << 62n);

/** Texts have codes as their words have; short ones need no words for them. */
function textValues(group: GroupMemory, texts: TextWords, vector: Vector, validity: number, count: number): KeyValues {
  let words: KeyValues | undefined;
  const asWords = (): KeyValues => {
    if (!words) {
      texts.fill(vector, count);
      words = keyValues(group, INT64, texts.words, validity);
    }
    return words;
  };
  return {
    get address() {
      return asWords().address;
    },
    validity,
    codeWidth: 8,
    wordCount: 1,
    wordsInPlace: true,
    fillWords: (rows, target, stride) => asWords().fillWords(rows, target, stride),
    addCodes: (range, rows, stride, codes) => {
      const { base, size } = range;
      if (base < LONG_TEXTS) return asWords().addCodes(range, rows, stride, codes);
      const { values } = vector;
      const { addCodesUtf8 } = group.kernels;
      return addCodesUtf8(values, values + 4 * VECTOR_SIZE, validity, rows, base, size, stride, codes) === 0;
    },
  };
}
