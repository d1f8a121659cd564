import { VECTOR_SIZE } from '../../task.ts';
import type { FunctionBuilder, Local } from '../../wasm-assembler/function-builder.ts';
import { ModuleBuilder } from '../../wasm-assembler/module-builder.ts';

/** What a field becomes, where that takes no more than a few instructions: all but `text` in their usual form only. */
export type RowField =
  | { readonly kind: 'integer'; readonly bytes: 4 | 8 }
  | { readonly kind: 'decimal'; readonly scale: number; readonly precision: number; readonly mark: number }
  | { readonly kind: 'date' }
  | { readonly kind: 'text' }
  /** Only where it starts and stops; `stopsAt` is the distance of the stops from the starts. */
  | { readonly kind: 'bounds'; readonly stopsAt: number };

/** A decimal's fraction, its mark and a digit before it must fit 16 bytes. */
export const LARGEST_SCALE = 14;

/** The fields that are wanted of each row of CSV, by ascending ordinals. */
export interface RowShape {
  readonly columns: readonly { readonly ordinal: number; readonly field: RowField }[];
  /** A byte, or one that never comes. */
  readonly quote: number;
  /** The column whose field may end with a carriage return that belongs to the line end; -1 for none. */
  readonly lastOrdinal: number;
  /**
   * Fewer instructions: a row with an empty field or a negative number is in doubt, too, and validity is not written but
   * must be 1 before.
   */
  readonly isPlain: boolean;
}

/** Fields beyond so many never end within the 64 bytes that are looked at. */
export const FARTHEST_FIELD = 63;

/**
 * The parameter block, in bytes: u32 addresses of the rows' starts, of the rows' numbers (0 for 0, 1, 2 …), of the
 * bitmap of marks, of room for the numbers of rows in doubt (one more than there are rows), of the tables below; then
 * 32 bytes for each column: u32 address of its values (for `bounds` of the starts) and of its validity; at 16 its
 * facts, as csv-parse has them.
 */
export const ROW_BLOCK = { starts: 0, rows: 4, bitmap: 8, doubts: 12, tables: 16, columns: 32, column: 32, facts: 16 };

const MASKS_AT = 0;
const MONTHS_AT = 128;
const [LONGEST_NUMBER, LINE_RETURN, ZERO_DIGIT, MINUS] = [16, 13, 0x30, 0x2d];

/**
 * Tables in memory: at 0 16 zeros and 16 times 255, so that from byte n on stands a mask of the last n of 16 bytes;
 * at 128, by month, u16 of the days from 1 March to the month's first day, times 32, plus its greatest day.
 */
export function rowTables(): Uint8Array {
  const tables = new Uint8Array(MONTHS_AT + 2 * 256);
  tables.fill(255, MASKS_AT + 16, MASKS_AT + 32);
  const lengths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  const months = new Uint16Array(tables.buffer, MONTHS_AT);
  let days = 0;
  for (let i = 0; i < 12; i++) {
    const month = (i + 2) % 12;
    months[month + 1] = days * 32 + (lengths[month] as number);
    days += lengths[month] as number;
  }
  return tables;
}

/**
 * A loop that locates and parses the wanted fields row by row: one walk along a row's marks, nothing stored but values,
 * and no branch on what they are. Its module imports `env.memory` and exports `run(count, block)`, count > 0: it gives
 * the number of rows that are in doubt, because a wanted field does not end within the row's first 64 bytes, is quoted,
 * or is not in the usual form. Their values mean nothing.
 */
export function compileRows(shape: RowShape): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  module.importMemory('env', 'memory', 1);
  new RowLoop(module.defineFunction('run', { takes: ['i32', 'i32'], gives: 'i32' }), shape).emit();
  return module.finish();
}

interface ColumnLocals {
  readonly values: Local;
  readonly validity: Local;
  readonly nulls: Local;
  readonly magnitudes: Local;
}

class RowLoop {
  readonly #f: FunctionBuilder;
  readonly #shape: RowShape;
  readonly #constants = new Map<string, Local>();
  readonly #header: Record<'starts' | 'rows' | 'bitmap' | 'doubts' | 'tables', Local>;
  readonly #columns: readonly ColumnLocals[];
  readonly #index: Local;
  /** Four times the index. */
  readonly #offset: Local;
  readonly #rowStart: Local;
  readonly #marks: Local;
  /** Where the field starts, where its mark stands, where it stops; 1 where it is empty. */
  readonly #start: Local;
  readonly #mark: Local;
  readonly #stop: Local;
  readonly #isNull: Local;
  /** Not 0 once the row is in doubt. */
  readonly #bad: Local;
  readonly #number: Local;
  readonly #word: Local;
  readonly #bytes: Local;

  constructor(f: FunctionBuilder, shape: RowShape) {
    this.#f = f;
    this.#shape = shape;
    const i32 = () => f.local('i32');
    this.#header = { starts: i32(), rows: i32(), bitmap: i32(), doubts: i32(), tables: i32() };
    this.#columns = shape.columns.map(() => ({
      values: i32(),
      validity: i32(),
      nulls: i32(),
      magnitudes: f.local('i64'),
    }));
    [this.#index, this.#offset, this.#rowStart] = [i32(), i32(), i32()];
    [this.#start, this.#mark, this.#stop, this.#isNull, this.#bad, this.#number] = [
      i32(),
      i32(),
      i32(),
      i32(),
      i32(),
      i32(),
    ];
    [this.#marks, this.#word, this.#bytes] = [f.local('i64'), f.local('i64'), f.local('v128')];
  }

  emit(): void {
    const f = this.#f;
    const [count, block] = f.parameters as [Local, Local];
    const doubted = f.local('i32');
    for (const [name, local] of Object.entries(this.#header))
      f.get(block)
        .load('i32.load', ROW_BLOCK[name as keyof typeof ROW_BLOCK])
        .set(local);
    const at = (column: number) => ROW_BLOCK.columns + ROW_BLOCK.column * column;
    this.#columns.forEach(({ values, validity }, i) => {
      f.get(block).load('i32.load', at(i)).set(values);
      f.get(block)
        .load('i32.load', at(i) + 4)
        .set(validity);
    });
    this.#prepareConstants();
    f.loop(() => {
      this.#beginRow();
      this.#shape.columns.forEach((_, i) => {
        this.#locate(i);
        this.#parse(i);
      });
      f.get(this.#header.doubts).get(doubted).i32(2).op('i32.shl').op('i32.add').get(this.#index).store('i32.store');
      f.get(doubted).get(this.#bad).i32(0).op('i32.ne').op('i32.add').set(doubted);
      f.get(this.#index).i32(1).op('i32.add').tee(this.#index).get(count).op('i32.lt_u');
    });
    this.#columns.forEach(({ nulls, magnitudes }, i) => {
      f.get(block)
        .get(nulls)
        .store('i32.store', at(i) + ROW_BLOCK.facts);
      f.get(block)
        .get(magnitudes)
        .store('i64.store', at(i) + ROW_BLOCK.facts + 8);
    });
    f.get(doubted);
  }

  /** Constants are made once: in the loop, the compiler would make them again at each use. */
  #prepareConstants(): void {
    this.#constant('zeros', () => this.#f.v128(0n, 0n));
    this.#constant('ten', () => this.#f.i32(10).op('i16x8.splat'));
    this.#constant('low bytes', () => this.#f.i32(255).op('i16x8.splat'));
    this.#constant('hundreds', () => this.#words(100, 1, 100, 1, 100, 1, 100, 1));
    this.#constant('ten thousands', () => this.#words(10000, 1, 10000, 1, 10000, 1, 10000, 1));
    for (const { field } of this.#shape.columns) {
      if (field.kind === 'date') {
        this.#constant('date form', () => this.#vector([...Buffer.from('0000-00-00')]));
        this.#constant('date bounds', () => this.#vector([9, 9, 9, 9, 0, 9, 9, 0, 9, 9], 255));
        this.#constant('date weights', () => this.#words(100, 1, 256, 1, 0, 0, 0, 0));
      } else if (field.kind === 'integer' || field.kind === 'decimal') {
        const { scale, mark } = pointOf(field);
        const point = scale === 0 ? -1 : 15 - scale;
        const each = (ofPoint: number, other: number) =>
          Array.from({ length: 16 }, (_, i) => (i === point ? ofPoint : other));
        this.#constant(`form ${scale}`, () => this.#vector(each(mark, ZERO_DIGIT)));
        this.#constant(`bounds ${scale}`, () => this.#vector(each(0, 9)));
      }
    }
  }

  #constant(name: string, make: () => unknown): void {
    if (this.#constants.has(name)) return;
    const local = this.#f.local('v128');
    make();
    this.#f.set(local);
    this.#constants.set(name, local);
  }

  /** A vector of bytes; those not given are `rest`. */
  #vector(bytes: readonly number[], rest = 0): void {
    const words = new BigInt64Array(Uint8Array.from({ length: 16 }, (_, i) => bytes[i] ?? rest).buffer);
    this.#f.v128(words[0] as bigint, words[1] as bigint);
  }

  #words(...words: readonly number[]): void {
    this.#vector(words.flatMap((word) => [word & 255, word >> 8]));
  }

  #use(name: string): FunctionBuilder {
    return this.#f.get(this.#constants.get(name) as Local);
  }

  /** Finds the row, and the marks of its first 64 bytes, which two blocks hold. */
  #beginRow(): void {
    const f = this.#f;
    const { rows, starts, bitmap } = this.#header;
    const row = this.#number;
    f.get(this.#index).i32(2).op('i32.shl').tee(this.#offset).set(row);
    f.get(rows).when(() => {
      f.get(rows).get(this.#offset).op('i32.add').load('i32.load').i32(2).op('i32.shl').set(row);
    });
    f.get(starts).get(row).op('i32.add').load('i32.load').set(this.#rowStart);
    const block = this.#mark;
    f.get(bitmap).get(this.#rowStart).i32(6).op('i32.shr_u').i32(3).op('i32.shl').op('i32.add').set(block);
    const shift = this.#word;
    f.get(this.#rowStart).i32(63).op('i32.and').op('i64.extend_i32_u').set(shift);
    f.get(block).load('i64.load').get(shift).op('i64.shr_u');
    // Two shifts, because one by 64 would be one by 0.
    f.get(block).load('i64.load', 8).i64(1n).op('i64.shl').i64(63n).get(shift).op('i64.sub').op('i64.shl');
    f.op('i64.or').tee(this.#marks).op('i64.popcnt').op('i32.wrap_i64');
    f.i32((this.#shape.columns.at(-1)?.ordinal ?? 0) + 1)
      .op('i32.lt_u')
      .set(this.#bad);
  }

  #locate(column: number): void {
    const f = this.#f;
    const { columns, lastOrdinal } = this.#shape;
    const ordinal = columns[column]?.ordinal as number;
    const skipped = ordinal - (column === 0 ? 0 : (columns[column - 1]?.ordinal as number) + 1);
    for (let i = 1; i < skipped; i++) this.#clearMark();
    if (skipped > 0) {
      this.#markAddress().i32(1).op('i32.add').set(this.#start);
      this.#clearMark();
    } else if (column === 0) f.get(this.#rowStart).set(this.#start);
    else f.get(this.#mark).i32(1).op('i32.add').set(this.#start);
    this.#markAddress().tee(this.#mark).set(this.#stop);
    if (column < columns.length - 1) this.#clearMark();
    if (ordinal !== lastOrdinal) return;
    f.get(this.#stop).get(this.#stop).get(this.#start).op('i32.gt_u');
    f.get(this.#stop).i32(1).op('i32.sub').load('i32.load8_u').i32(LINE_RETURN).op('i32.eq').op('i32.and');
    f.op('i32.sub').set(this.#stop);
  }

  #clearMark(): void {
    this.#f.get(this.#marks).get(this.#marks).i64(1n).op('i64.sub').op('i64.and').set(this.#marks);
  }

  #markAddress(): FunctionBuilder {
    return this.#f.get(this.#rowStart).get(this.#marks).op('i64.ctz').op('i32.wrap_i64').op('i32.add');
  }

  #parse(column: number): void {
    const f = this.#f;
    const field = this.#shape.columns[column]?.field as RowField;
    const locals = this.#columns[column] as ColumnLocals;
    if (field.kind === 'bounds') {
      this.#storePair(locals.values, field.stopsAt, () => f.get(this.#stop));
      this.#doubtQuotes();
      return;
    }
    if (!this.#shape.isPlain) this.#noteNull(locals);
    if (field.kind === 'text') {
      if (this.#shape.isPlain)
        f.get(this.#start).get(this.#stop).op('i32.eq').get(this.#bad).op('i32.or').set(this.#bad);
      this.#storePair(locals.values, 4 * VECTOR_SIZE, () => f.get(this.#stop).get(this.#start).op('i32.sub'));
      this.#doubtQuotes();
    } else if (field.kind === 'date') this.#date(locals);
    else this.#wholeNumber(field, locals);
  }

  #noteNull({ nulls, validity }: ColumnLocals): void {
    const f = this.#f;
    f.get(this.#start).get(this.#stop).op('i32.eq').tee(this.#isNull).get(nulls).op('i32.or').set(nulls);
    f.get(validity).get(this.#index).op('i32.add').get(this.#isNull).op('i32.eqz').store('i32.store8');
  }

  #storePair(values: Local, secondAt: number, second: () => unknown): void {
    const f = this.#f;
    f.get(values).get(this.#offset).op('i32.add').get(this.#start).store('i32.store');
    f.get(values).get(this.#offset).op('i32.add');
    second();
    f.store('i32.store', secondAt);
  }

  /** An empty field is followed by a mark or a carriage return, never by a quote. */
  #doubtQuotes(): void {
    this.#f.get(this.#start).load('i32.load8_u').i32(this.#shape.quote).op('i32.eq');
    this.#f.get(this.#bad).op('i32.or').set(this.#bad);
  }

  /** Takes 1 where the field is wrong, unless it is NULL. */
  #doubtUnlessNull(): void {
    if (!this.#shape.isPlain) this.#f.get(this.#isNull).op('i32.gt_u');
    this.#f.get(this.#bad).op('i32.or').set(this.#bad);
  }

  /** Takes 16 digits, less '0' each; gives the numbers that pairs of them write, as u16. */
  #pairs(): FunctionBuilder {
    const f = this.#f;
    f.tee(this.#bytes);
    this.#use('ten').op('i16x8.mul').get(this.#bytes).i32(8).op('i16x8.shr_u').op('i16x8.add');
    return this.#use('low bytes').op('v128.and');
  }

  #wholeNumber(field: RowField & { kind: 'integer' | 'decimal' }, { values, magnitudes }: ColumnLocals): void {
    const f = this.#f;
    const { scale } = pointOf(field);
    const length = this.#number;
    const negative = this.#shape.isPlain ? undefined : f.local('i32');
    f.get(this.#stop).get(this.#start).op('i32.sub');
    if (negative) f.get(this.#start).load('i32.load8_u').i32(MINUS).op('i32.eq').tee(negative).op('i32.sub');
    f.tee(length);
    f.i32(scale + 1)
      .op('i32.sub')
      .i32(LONGEST_NUMBER - scale - 1)
      .op('i32.gt_u');
    // Digits where they belong, and the mark.
    f.get(this.#stop).i32(16).op('i32.sub').load('v128.load');
    this.#use(`form ${scale}`).op('v128.xor');
    f.get(this.#header.tables).get(length).op('i32.add').load('v128.load', MASKS_AT).op('v128.and').tee(this.#bytes);
    this.#use(`bounds ${scale}`).op('i8x16.sub_sat_u').op('v128.any_true').op('i32.or');
    this.#doubtUnlessNull();
    f.get(this.#bytes);
    if (scale > 0) {
      this.#use('zeros');
      f.shuffle(Array.from({ length: 16 }, (_, i) => (i > 15 - scale ? i : i === 0 ? 16 : i - 1)));
    }
    this.#pairs();
    this.#use('hundreds').op('i32x4.dot_i16x8_s').tee(this.#bytes).get(this.#bytes).op('i16x8.narrow_i32x4_s');
    this.#use('ten thousands').op('i32x4.dot_i16x8_s').extract('i64x2.extract_lane', 0).tee(this.#word);
    f.i64(0xffffffffn).op('i64.and').i64(100_000_000n).op('i64.mul').get(this.#word).i64(32n).op('i64.shr_u');
    f.op('i64.add').set(this.#word);
    const limit = field.kind === 'decimal' ? 10n ** BigInt(field.precision) : field.bytes === 4 ? 2n ** 31n : undefined;
    if (limit !== undefined && limit < 10n ** 16n)
      f.get(this.#word).i64(limit).op('i64.ge_u').get(this.#bad).op('i32.or').set(this.#bad);
    if (field.kind === 'integer' && field.bytes === 4) {
      f.get(values).get(this.#offset).op('i32.add');
      f.get(this.#word).op('i32.wrap_i64');
      if (negative) f.i32(0).get(negative).op('i32.sub').op('i32.xor').get(negative).op('i32.add');
      f.store('i32.store');
      return;
    }
    f.get(this.#word).i64(0n).get(this.#bad).op('i32.eqz').select().get(magnitudes).op('i64.or').set(magnitudes);
    f.get(values).get(this.#offset).i32(1).op('i32.shl').op('i32.add');
    f.get(this.#word);
    if (negative) {
      f.i64(0n).get(negative).op('i64.extend_i32_u').op('i64.sub').op('i64.xor');
      f.get(negative).op('i64.extend_i32_u').op('i64.add');
    }
    f.store('i64.store');
  }

  /** YYYY-MM-DD of years 1 to 9999, but 29 February; see csv-dates for how. */
  #date({ values }: ColumnLocals): void {
    const f = this.#f;
    const [year, monthAndDay, entry, shifted, century] = [
      f.local('i32'),
      f.local('i32'),
      f.local('i32'),
      f.local('i32'),
      f.local('i32'),
    ];
    const day = () => f.get(monthAndDay).i32(255).op('i32.and');
    const month = () => f.get(monthAndDay).i32(8).op('i32.shr_u');
    f.get(this.#start).load('v128.load');
    this.#use('date form').op('v128.xor').tee(this.#bytes);
    this.#use('date bounds').op('i8x16.sub_sat_u').op('v128.any_true');
    f.get(this.#stop).get(this.#start).op('i32.sub').i32(10).op('i32.ne').op('i32.or');
    f.get(this.#bytes);
    this.#use('zeros').shuffle([0, 1, 2, 3, 5, 6, 8, 9, 16, 16, 16, 16, 16, 16, 16, 16]);
    this.#pairs();
    this.#use('date weights').op('i32x4.dot_i16x8_s').extract('i64x2.extract_lane', 0).tee(this.#word);
    f.op('i32.wrap_i64').set(year);
    f.get(this.#word).i64(32n).op('i64.shr_u').op('i32.wrap_i64').set(monthAndDay);
    month().i32(1).op('i32.shl').get(this.#header.tables).op('i32.add').load('i32.load16_u', MONTHS_AT).set(entry);
    day().i32(1).op('i32.sub').get(entry).i32(31).op('i32.and').op('i32.ge_u').op('i32.or');
    f.get(year).op('i32.eqz').op('i32.or');
    f.get(monthAndDay)
      .i32((2 << 8) | 29)
      .op('i32.eq')
      .op('i32.or');
    this.#doubtUnlessNull();
    f.get(year);
    month().i32(3).op('i32.lt_u').op('i32.sub').set(shifted);
    // Divides by 100 what is below 10,000.
    f.get(shifted).i32(5243).op('i32.mul').i32(19).op('i32.shr_u').set(century);
    f.get(values).get(this.#offset).op('i32.add');
    f.get(shifted).i32(365).op('i32.mul').get(shifted).i32(2).op('i32.shr_u').op('i32.add').get(century).op('i32.sub');
    f.get(century).i32(2).op('i32.shr_u').op('i32.add').get(entry).i32(5).op('i32.shr_u').op('i32.add');
    day().op('i32.add').i32(719469).op('i32.sub');
    if (!this.#shape.isPlain) f.i32(0).get(this.#isNull).op('i32.eqz').select();
    f.store('i32.store');
  }
}

function pointOf(field: RowField & { kind: 'integer' | 'decimal' }): { scale: number; mark: number } {
  return field.kind === 'decimal' ? field : { scale: 0, mark: 0 };
}
