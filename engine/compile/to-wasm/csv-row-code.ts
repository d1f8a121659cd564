import type { FunctionBuilder, Local } from '../../wasm-assembler/function-builder.ts';
import { ModuleBuilder } from '../../wasm-assembler/module-builder.ts';
import { emitDate, prepareDate } from './csv-date-code.ts';
import { emitNumber, type NumberField, prepareNumber } from './csv-number-code.ts';
import { type ColumnLocals, RowEmitter, type RowForms } from './csv-row-emitter.ts';
import { doubtEscapes, emitBounds, emitText, prepareText, type TextField } from './csv-text-code.ts';

/** What a field becomes, where that takes no more than a few instructions: numbers and dates in their usual form only. */
export type RowField = NumberField | TextField | { readonly kind: 'date' };

/** The fields that are wanted of each row of CSV, by ascending ordinals. */
export interface RowShape {
  readonly columns: readonly {
    readonly ordinal: number;
    readonly field: RowField;
    /** Whether a text may hold the escape byte, and keeps it. */
    readonly isVerbatim: boolean;
    /** Only rows are kept whose value, a number or a date, lies within the bounds that the parameter block gives. */
    readonly isBounded: boolean;
  }[];
  /** Bytes, or numbers that never come. */
  readonly quote: number;
  readonly escape: number;
  /** The column whose field may end with a carriage return that belongs to the line end; -1 for none. */
  readonly lastOrdinal: number;
  /** The number of a row's fields. */
  readonly width: number;
  readonly forms: RowForms;
}

/** Fields beyond so many are not looked for here. */
export const FARTHEST_FIELD = 63;
/** Marks are looked up anew after so many, where wanted fields stand beyond a row's first 64 bytes. */
const MARKS_A_LOOK = 5;

/**
 * The parameter block, in bytes: u32 addresses of the rows' starts, of the rows' numbers (0 for 0, 1, 2 …), of the
 * bitmap of marks, of room for the numbers of rows in doubt, of the tables for dates, and, where a column is bounded, of
 * room for the numbers of the rows that are kept, followed by how many these were. Then 48 bytes for each column: u32
 * address of its values (for `bounds` of the starts) and of its validity; at 16 its facts, as csv-parse has them; at 32
 * i64 the least value that is kept, at 40 u64 the distance to the greatest.
 */
export const ROW_BLOCK = {
  starts: 0,
  rows: 4,
  bitmap: 8,
  doubts: 12,
  tables: 16,
  picks: 20,
  kept: 24,
  columns: 32,
  column: 48,
  facts: 16,
  least: 32,
  span: 40,
};

const LINE_RETURN = 13;

/**
 * A loop that locates and parses the wanted fields row by row: one walk along a row's marks, nothing stored but values,
 * and no branch on what they are. Its module imports `env.memory` and exports `run(count, block)`, count > 0: it gives
 * the number of rows that are in doubt, because a wanted field stands too far from the row's start, or end, or is not in
 * the usual form. They are kept, and their values mean nothing. The values of the rows that are kept stand side by side.
 */
export function compileRows(shape: RowShape): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  module.importMemory('env', 'memory', 1);
  new RowLoop(module.defineFunction('run', { takes: ['i32', 'i32'], gives: 'i32' }), shape).emit();
  return module.finish();
}

interface BoundedLocals extends ColumnLocals {
  readonly least: Local;
  readonly span: Local;
}

class RowLoop {
  readonly #f: FunctionBuilder;
  readonly #shape: RowShape;
  readonly #row: RowEmitter;
  readonly #header: Record<'starts' | 'rows' | 'bitmap' | 'doubts' | 'tables' | 'picks', Local>;
  readonly #columns: readonly BoundedLocals[];
  /** Number of the row among those that are looked at. */
  readonly #index: Local;
  /** 1 for a row that is kept. */
  readonly #kept: Local;
  /** Where the next row starts. */
  readonly #end: Local;
  /** How many of the columns are looked for from the row's start. */
  readonly #fromStart: number;
  /** Marks of the 64 bytes from an address on. */
  readonly #window: Local;
  readonly #marks: Local;
  readonly #isQuoted: Local;
  readonly #word: Local;
  readonly #scratch: Local;

  constructor(f: FunctionBuilder, shape: RowShape) {
    this.#f = f;
    this.#shape = shape;
    this.#row = new RowEmitter(f, shape.forms);
    const [i32, i64] = [() => f.local('i32'), () => f.local('i64')];
    this.#header = { starts: i32(), rows: i32(), bitmap: i32(), doubts: i32(), tables: i32(), picks: i32() };
    this.#columns = shape.columns.map(({ field, isBounded }) => ({
      values: i32(),
      validity: i32(),
      nulls: i32(),
      magnitude: i64(),
      magnitudes: i64(),
      least: i64(),
      span: i64(),
      value: isBounded ? f.local(hasMagnitude(field) ? 'i64' : 'i32') : undefined,
    }));
    [this.#window, this.#isQuoted, this.#scratch] = [i32(), i32(), i32()];
    this.#index = this.#isBounded ? i32() : this.#row.place;
    [this.#kept, this.#end] = [i32(), i32()];
    this.#fromStart = shape.columns.filter(({ ordinal }) => ordinal < (shape.forms.fromEnd ?? shape.width)).length;
    [this.#marks, this.#word] = [i64(), i64()];
  }

  emit(): void {
    const f = this.#f;
    const [count, block] = f.parameters as [Local, Local];
    const index = this.#index;
    const doubted = f.local('i32');
    this.#begin(block);
    f.loop(() => {
      this.#beginRow();
      for (let column = 0; column < this.#fromStart; column++) {
        this.#locate(column);
        this.#parse(column);
      }
      for (let column = this.#columns.length - 1; column >= this.#fromStart; column--) {
        this.#locateFromEnd(column);
        this.#parse(column);
      }
      this.#endRow(doubted);
      f.get(index).i32(1).op('i32.add').tee(index).get(count).op('i32.lt_u');
    });
    this.#columns.forEach(({ nulls, magnitudes }, i) => {
      const facts = ROW_BLOCK.columns + ROW_BLOCK.column * i + ROW_BLOCK.facts;
      f.get(block).get(nulls).store('i32.store', facts);
      f.get(block)
        .get(magnitudes)
        .store('i64.store', facts + 8);
    });
    if (this.#isBounded) f.get(block).get(this.#row.place).store('i32.store', ROW_BLOCK.kept);
    f.get(doubted);
  }

  get #isBounded(): boolean {
    return this.#shape.columns.some(({ isBounded }) => isBounded);
  }

  /** All that does not change from row to row. */
  #begin(block: Local): void {
    const f = this.#f;
    for (const [name, local] of Object.entries(this.#header))
      f.get(block)
        .load('i32.load', ROW_BLOCK[name as keyof typeof ROW_BLOCK])
        .set(local);
    this.#columns.forEach(({ values, validity, least, span }, i) => {
      const at = ROW_BLOCK.columns + ROW_BLOCK.column * i;
      const load = (type: 'i32' | 'i64', offset: number) => f.get(block).load(`${type}.load`, at + offset);
      load('i32', 0).set(values);
      load('i32', 4).set(validity);
      load('i64', ROW_BLOCK.least).set(least);
      load('i64', ROW_BLOCK.span).set(span);
    });
    for (const { field } of this.#shape.columns) {
      if (field.kind === 'date') prepareDate(this.#row);
      else if (field.kind === 'integer' || field.kind === 'decimal') prepareNumber(this.#row, field);
      else prepareText(this.#row, this.#shape.escape);
    }
  }

  #beginRow(): void {
    const f = this.#f;
    const { rows, starts } = this.#header;
    const { place, offset, start } = this.#row;
    const row = this.#scratch;
    this.#row.clearDoubts();
    if (this.#isBounded) f.i32(1).set(this.#kept);
    f.get(place).i32(2).op('i32.shl').set(offset);
    f.get(this.#index).i32(2).op('i32.shl').set(row);
    f.get(rows).when(() => {
      f.get(rows).get(row).op('i32.add').load('i32.load').i32(2).op('i32.shl').set(row);
    });
    f.get(starts).get(row).op('i32.add').tee(row).load('i32.load').tee(start).set(this.#window);
    if (this.#fromStart < this.#columns.length) f.get(row).load('i32.load', 4).set(this.#end);
    if (this.#fromStart > 0) this.#look(this.#marksAhead(0));
  }

  /** Marks that are looked up at once where the field `ordinal` begins. */
  #marksAhead(ordinal: number): number {
    const last = this.#shape.columns[this.#fromStart - 1]?.ordinal ?? 0;
    return Math.min(last + 1 - ordinal, this.#shape.forms.far ? MARKS_A_LOOK : Number.POSITIVE_INFINITY);
  }

  /**
   * Reads the marks of the 64 bytes from the window's start on, which two blocks hold; where there are fewer than `wanted`
   * the row is in doubt.
   */
  #look(wanted: number): void {
    const f = this.#f;
    const [block, shift] = [this.#scratch, this.#word];
    f.get(this.#window).op('i64.extend_i32_u').set(shift);
    f.get(this.#header.bitmap).get(this.#window).i32(3).op('i32.shr_u').i32(-8).op('i32.and').op('i32.add').set(block);
    // Shifts count modulo 64; there are two to the left, because one by 64 would be one by 0.
    f.get(block).load('i64.load').get(shift).op('i64.shr_u');
    f.get(block).load('i64.load', 8).i64(1n).op('i64.shl').get(shift).i64(-1n).op('i64.xor').op('i64.shl');
    f.op('i64.or').tee(this.#marks).op('i64.popcnt').op('i32.wrap_i64');
    f.i32(wanted).op('i32.sub');
    this.#row.doubtNegativeRow();
  }

  /** Goes on behind the field before, whose mark has not been cleared yet, to the bounds of this one. */
  #locate(column: number): void {
    const f = this.#f;
    const { start, stop } = this.#row;
    const { columns, forms } = this.#shape;
    const ordinal = columns[column]?.ordinal as number;
    const before = column === 0 ? -1 : (columns[column - 1]?.ordinal as number);
    for (let next = Math.max(before + 1, 1); next <= ordinal; next++) {
      const looks = forms.far && next % MARKS_A_LOOK === 0;
      if (looks || next === ordinal) this.#markAddress().i32(1).op('i32.add').set(start);
      if (looks) {
        f.get(start).set(this.#window);
        this.#look(this.#marksAhead(next));
      } else this.#clearMark();
    }
    this.#markAddress().set(stop);
    this.#dropReturn(ordinal);
  }

  /** As `#locate`, from the field behind, down from the last one. What stands before the row is not asked for. */
  #locateFromEnd(column: number): void {
    const f = this.#f;
    const { start, stop } = this.#row;
    const { columns, width } = this.#shape;
    const ordinalOf = (index: number) => columns[index]?.ordinal ?? width;
    const ordinal = ordinalOf(column);
    if (column === columns.length - 1) {
      f.get(this.#end).i32(64).op('i32.sub').set(this.#window);
      this.#look(width + 1 - ordinalOf(this.#fromStart));
    }
    for (let next = ordinalOf(column + 1) - 1; next > ordinal; next--) this.#clearLastMark();
    this.#behindLastMark().i32(1).op('i32.sub').set(stop);
    this.#clearLastMark();
    this.#behindLastMark().set(start);
    this.#dropReturn(ordinal);
  }

  #clearLastMark(): void {
    const f = this.#f;
    f.get(this.#marks)
      .i64(-(1n << 63n))
      .get(this.#marks)
      .op('i64.clz')
      .op('i64.shr_u')
      .op('i64.xor')
      .set(this.#marks);
  }

  #behindLastMark(): FunctionBuilder {
    const f = this.#f;
    return f.get(this.#window).i32(64).op('i32.add').get(this.#marks).op('i64.clz').op('i32.wrap_i64').op('i32.sub');
  }

  #dropReturn(ordinal: number): void {
    const f = this.#f;
    const { start, stop } = this.#row;
    if (ordinal !== this.#shape.lastOrdinal) return;
    f.get(stop).get(stop).get(start).op('i32.gt_u');
    f.get(stop).i32(1).op('i32.sub').load('i32.load8_u').i32(LINE_RETURN).op('i32.eq').op('i32.and');
    f.op('i32.sub').set(stop);
  }

  #clearMark(): void {
    this.#f.get(this.#marks).get(this.#marks).i64(1n).op('i64.sub').op('i64.and').set(this.#marks);
  }

  #markAddress(): FunctionBuilder {
    return this.#f.get(this.#window).get(this.#marks).op('i64.ctz').op('i32.wrap_i64').op('i32.add');
  }

  #parse(column: number): void {
    const { field, isVerbatim, isBounded } = this.#shape.columns[column] as RowShape['columns'][number];
    const locals = this.#columns[column] as BoundedLocals;
    const row = this.#row;
    const isText = field.kind === 'text' || field.kind === 'bounds';
    if (this.#shape.forms.nulls) this.#noteNull(locals, field.kind !== 'bounds');
    else if (field.kind === 'text') {
      row.length().i32(1).op('i32.sub');
      row.doubtNegative();
    }
    if (this.#shape.forms.quotes) this.#takeOffQuotes();
    else if (isText) {
      this.#f.get(row.start).load('i32.load8_u').i32(this.#shape.quote).op('i32.xor').i32(1).op('i32.sub');
      row.doubtNegative();
    }
    if (isText && row.forms.quotes && !isVerbatim) doubtEscapes(row);
    if (field.kind === 'text') emitText(row, locals);
    else if (field.kind === 'bounds') emitBounds(row, field.stopsAt, locals, this.#isQuoted);
    else if (field.kind === 'date') emitDate(row, locals, this.#header.tables);
    else emitNumber(row, field, locals);
    if (isBounded) this.#keepWithin(column);
  }

  /** A NULL lies within no bounds. */
  #keepWithin(column: number): void {
    const f = this.#f;
    const locals = this.#columns[column] as BoundedLocals;
    const { value } = locals;
    if (!value) return;
    f.get(value);
    if (value.type === 'i32') f.op('i64.extend_i32_s');
    f.get(locals.least).op('i64.sub').get(locals.span).op('i64.le_u').get(this.#kept).op('i32.and');
    if (this.#shape.forms.nulls) f.get(this.#row.alive).op('i32.and');
    f.set(this.#kept);
  }

  #noteNull({ nulls, validity }: ColumnLocals, isParsed: boolean): void {
    const f = this.#f;
    const { place, start, stop, alive } = this.#row;
    const isNull = this.#scratch;
    f.get(start).get(stop).op('i32.eq').tee(isNull).i32(1).op('i32.sub').set(alive);
    if (!isParsed) return;
    f.get(nulls).get(isNull).op('i32.or').set(nulls);
    f.get(validity).get(place).op('i32.add').get(isNull).op('i32.eqz').store('i32.store8');
  }

  /** A field that begins with a quote ends with one. An empty field is followed by a mark or a carriage return. */
  #takeOffQuotes(): void {
    const { start, stop } = this.#row;
    this.#f.get(start).load('i32.load8_u').i32(this.#shape.quote).op('i32.eq').set(this.#isQuoted);
    this.#f.get(start).get(this.#isQuoted).op('i32.add').set(start);
    this.#f.get(stop).get(this.#isQuoted).op('i32.sub').set(stop);
  }

  #endRow(doubted: Local): void {
    const f = this.#f;
    const wide = this.#columns.filter((_, i) => hasMagnitude(this.#shape.columns[i]?.field as RowField));
    this.#row.isInDoubt();
    f.when(() => {
      f.get(this.#header.doubts).get(doubted).i32(2).op('i32.shl').op('i32.add').get(this.#row.place);
      f.store('i32.store').get(doubted).i32(1).op('i32.add').set(doubted);
      for (const { magnitude } of wide) f.i64(0n).set(magnitude);
      if (this.#isBounded) f.i32(1).set(this.#kept);
    });
    for (const { magnitude, magnitudes } of wide) f.get(magnitudes).get(magnitude).op('i64.or').set(magnitudes);
    if (!this.#isBounded) return;
    const { place, offset } = this.#row;
    f.get(this.#header.picks).get(offset).op('i32.add').get(this.#index).store('i32.store');
    f.get(place).get(this.#kept).op('i32.add').set(place);
  }
}

/** Whether facts tell how large a column's values are. */
function hasMagnitude(field: RowField): boolean {
  return field.kind === 'decimal' || (field.kind === 'integer' && field.bytes === 8);
}
