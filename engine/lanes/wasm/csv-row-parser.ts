import { dateTables } from '../../compile/to-wasm/csv-date-code.ts';
import { compileRows, FARTHEST_FIELD, ROW_BLOCK, type RowShape } from '../../compile/to-wasm/csv-row-code.ts';
import type { RowForms } from '../../compile/to-wasm/csv-row-emitter.ts';
import type { ValueBounds } from '../../operators/value-bounds.ts';
import { VECTOR_SIZE } from '../../task.ts';
import { ColumnFacts } from './column-facts.ts';
import type { CsvRows } from './csv-rows.ts';
import type { FieldParser } from './field-parser.ts';
import { QUOTED } from './field-vectors.ts';
import type { EngineMemory } from './memory.ts';
import type { RunLoop, SimdInstances } from './simd-instances.ts';
import type { Vector } from './vector.ts';

/** Of so many rows one may be in doubt, or a few of any number: one costs as much as parsing so many by columns. */
const ROWS_A_DOUBT = 64;
const FEW = 8;
/** Rows of a batch that are looked at for what the next ones may hold. */
const SAMPLE = 256;
/** A row's first bytes that are looked at without `RowForms.far`, and its last ones that are with `RowForms.fromEnd`. */
const NEAR = 64;
const MINUS = 0x2d;

/** One of the columns that are parsed together. */
export interface RowColumn {
  readonly ordinal: number;
  /** Whether escapes stay in its fields. */
  readonly isVerbatim: boolean;
  readonly vector: Vector;
  readonly parser: FieldParser;
  /** Addresses for the bounds of its fields, u32 each, where they are only located here. */
  readonly starts: number;
  readonly stops: number;
}

/** Rows that go on, and how many of them are in doubt. */
export interface ParsedRows {
  readonly by: RowParser;
  readonly count: number;
  readonly doubted: number;
}

/**
 * Locates and parses several columns in one compiled walk over the rows, and keeps only rows within the columns' bounds,
 * as far as it can tell.
 */
export class RowParser {
  /** Numbers of the rows that are in doubt, u32, among those that go on. */
  readonly doubts: number;
  /** Of the columns that are parsed here, by ordinal. */
  readonly facts: ReadonlyMap<number, ColumnFacts>;
  readonly #memory: EngineMemory;
  readonly #loopFor: (forms: RowForms) => RunLoop;
  readonly #columns: readonly RowColumn[];
  readonly #block: number;
  /** What rows have held so far. */
  #forms: RowForms = { nulls: false, quotes: false, far: false };
  #loop: RunLoop | undefined;

  /** Whether it can tell for all bounds which rows lie within them. */
  readonly keepsBounds: boolean;
  readonly #isBounded: boolean;

  /** `columns` by ascending ordinals; `dialect` as in RowShape. Undefined where nothing would be gained. */
  static of(
    memory: EngineMemory,
    instances: SimdInstances,
    columns: readonly RowColumn[],
    bounds: ReadonlyMap<number, ValueBounds>,
    dialect: Pick<RowShape, 'quote' | 'escape' | 'lastOrdinal' | 'width'>,
  ): RowParser | undefined {
    const isNear = columns.every(({ ordinal }) => ordinal <= FARTHEST_FIELD);
    if (!isNear || columns.every(({ parser }) => !parser.inRows)) return undefined;
    const shape = {
      columns: columns.map(({ ordinal, isVerbatim, parser, starts, stops }) => ({
        ordinal,
        isVerbatim,
        field: parser.inRows ?? ({ kind: 'bounds', stopsAt: stops - starts } as const),
        isBounded: parser.inRows !== undefined && bounds.has(ordinal),
      })),
      ...dialect,
    };
    const loopFor = (forms: RowForms) =>
      instances.get(JSON.stringify(['rows', forms, shape]), () => compileRows({ ...shape, forms }));
    return new RowParser(memory, loopFor, columns, bounds);
  }

  private constructor(
    memory: EngineMemory,
    loopFor: (forms: RowForms) => RunLoop,
    columns: readonly RowColumn[],
    bounds: ReadonlyMap<number, ValueBounds>,
  ) {
    this.#memory = memory;
    const bounded = columns.filter(({ ordinal, parser }) => parser.inRows && bounds.has(ordinal));
    this.#isBounded = bounded.length > 0;
    this.keepsBounds = this.#isBounded && bounded.length === bounds.size;
    this.#loopFor = loopFor;
    this.#columns = columns;
    this.doubts = memory.allocate(4 * VECTOR_SIZE);
    const tables = dateTables();
    const tablesAt = memory.allocate(tables.length);
    this.#block = memory.allocateCleared(ROW_BLOCK.columns + ROW_BLOCK.column * columns.length);
    memory.u8.set(tables, tablesAt);
    memory.u32.set([this.doubts, tablesAt], (this.#block + ROW_BLOCK.doubts) >> 2);
    const facts = new Map<number, ColumnFacts>();
    columns.forEach(({ ordinal, vector, parser, starts }, i) => {
      const at = this.#block + ROW_BLOCK.columns + ROW_BLOCK.column * i;
      const { values, validity } = vector.own;
      memory.u32.set(parser.inRows ? [values, validity] : [starts], at >> 2);
      if (parser.inRows) facts.set(ordinal, new ColumnFacts(memory, at + ROW_BLOCK.facts));
      const { least, greatest } = bounds.get(ordinal) ?? { least: 0n, greatest: 0n };
      memory.i64.set([least, BigInt.asIntN(64, greatest - least)], (at + ROW_BLOCK.least) >> 3);
    });
    this.facts = facts;
  }

  /**
   * Parses `count` rows, of which `selection` tells the numbers within the batch; writes the numbers of those that go on to
   * `picks`, where some may be left out. Undefined where more than a few are in doubt.
   */
  parse(rows: CsvRows, selection: number, count: number, picks: number): ParsedRows | undefined {
    if (count === 0) return { by: this, count, doubted: 0 };
    const { starts, bitmap, isGapless } = rows;
    if (this.#forms.fromEnd !== undefined && !isGapless) return undefined;
    const { u8, u32 } = this.#memory;
    u32.set([starts, selection, bitmap], (this.#block + ROW_BLOCK.starts) >> 2);
    u32[(this.#block + ROW_BLOCK.picks) >> 2] = picks;
    if (!this.#forms.nulls)
      for (const { vector, parser } of this.#columns)
        if (parser.inRows) u8.fill(1, vector.own.validity, vector.own.validity + count);
    this.#loop ??= this.#loopFor(this.#forms);
    const doubted = this.#loop(count, this.#block);
    if (doubted > Math.max(FEW, count / ROWS_A_DOUBT)) return undefined;
    return { by: this, count: this.#isBounded ? (u32[(this.#block + ROW_BLOCK.kept) >> 2] as number) : count, doubted };
  }

  /** Takes rows to hold all that others have found in them. */
  expect(...others: readonly RowParser[]): void {
    this.#setForms({
      nulls: others.some((other) => other.#forms.nulls),
      quotes: others.some((other) => other.#forms.quotes),
      far: others.some((other) => other.#forms.far),
      fromEnd: least(others.map((other) => other.#forms.fromEnd)),
    });
  }

  /**
   * Learns from the first fields of a batch in which too many rows were in doubt, once they have been located. Gives false
   * when they hold nothing new.
   */
  learn({ starts, isGapless }: CsvRows, selection: number, count: number): boolean {
    const { u8, u32 } = this.#memory;
    let { nulls, quotes, far, fromEnd } = this.#forms;
    const [farFromStart, farFromEnd] = [new Set<number>(), new Set<number>()];
    for (let i = 0; i < Math.min(count, SAMPLE); i++) {
      const row = selection === 0 ? i : (u32[(selection >> 2) + i] as number);
      const rowStart = u32[(starts >> 2) + row] as number;
      const rowEnd = u32[(starts >> 2) + row + 1] as number;
      for (const column of this.#columns) {
        const marked = u32[(column.starts >> 2) + i] as number;
        const start = (marked & ~QUOTED) >>> 0;
        const stop = u32[(column.stops >> 2) + i] as number;
        quotes ||= marked !== start;
        nulls ||= marked === stop || u8[start] === MINUS;
        if (stop - rowStart >= NEAR) farFromStart.add(column.ordinal);
        // The mark of the field before is looked at too, and a quote stands between. A text that was unescaped is a copy.
        if (start >= rowEnd || rowEnd - start >= NEAR - 1) farFromEnd.add(column.ordinal);
      }
    }
    const isBefore = (ordinal: number) => ordinal < (fromEnd ?? Number.POSITIVE_INFINITY);
    if (!isGapless || ![...farFromEnd].every(isBefore)) fromEnd = undefined;
    if (isGapless) fromEnd = least([fromEnd, ...[...farFromStart].filter((ordinal) => !farFromEnd.has(ordinal))]);
    far ||= [...farFromStart].some(isBefore);
    return this.#setForms({ nulls, quotes, far, fromEnd });
  }

  /** Gives false where that is nothing new. */
  #setForms({ nulls, quotes, far, fromEnd }: RowForms): boolean {
    const before = this.#forms;
    if (nulls === before.nulls && quotes === before.quotes && far === before.far && fromEnd === before.fromEnd)
      return false;
    this.#forms = { nulls, quotes, far, fromEnd };
    this.#loop = undefined;
    return true;
  }
}

function least(ordinals: readonly (number | undefined)[]): number | undefined {
  const known = ordinals.filter((ordinal) => ordinal !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
