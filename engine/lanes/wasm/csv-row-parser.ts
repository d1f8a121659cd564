import { monthTable } from '../../compile/to-wasm/csv-date-code.ts';
import { compileRows, FARTHEST_FIELD, ROW_BLOCK, type RowShape } from '../../compile/to-wasm/csv-row-code.ts';
import type { RowForms } from '../../compile/to-wasm/csv-row-emitter.ts';
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
/** A row's bytes that are looked at without `RowForms.far`. */
const NEAR = 64;
const MINUS = 0x2d;

/** One of the columns that are parsed together. */
export interface RowColumn {
  readonly ordinal: number;
  readonly vector: Vector;
  readonly parser: FieldParser;
  /** Addresses for the bounds of its fields, u32 each, where they are only located here. */
  readonly starts: number;
  readonly stops: number;
}

/** Locates and parses several columns in one compiled walk over the rows. */
export class RowParser {
  /** Numbers of the rows that are in doubt, u32. */
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

  /** `columns` by ascending ordinals; `dialect` as in RowShape. Undefined where nothing would be gained. */
  static of(
    memory: EngineMemory,
    instances: SimdInstances,
    columns: readonly RowColumn[],
    dialect: Pick<RowShape, 'quote' | 'escape' | 'lastOrdinal'>,
  ): RowParser | undefined {
    const isNear = columns.every(({ ordinal }) => ordinal <= FARTHEST_FIELD);
    if (!isNear || columns.every(({ parser }) => !parser.inRows)) return undefined;
    const shape = {
      columns: columns.map(({ ordinal, parser, starts, stops }) => ({
        ordinal,
        field: parser.inRows ?? ({ kind: 'bounds', stopsAt: stops - starts } as const),
        isBounded: false,
      })),
      ...dialect,
    };
    const loopFor = (forms: RowForms) =>
      instances.get(JSON.stringify(['rows', forms, shape]), () => compileRows({ ...shape, forms }));
    return new RowParser(memory, loopFor, columns);
  }

  private constructor(memory: EngineMemory, loopFor: (forms: RowForms) => RunLoop, columns: readonly RowColumn[]) {
    this.#memory = memory;
    this.#loopFor = loopFor;
    this.#columns = columns;
    this.doubts = memory.allocate(4 * VECTOR_SIZE);
    const months = monthTable();
    const monthsAt = memory.allocate(months.length);
    this.#block = memory.allocateCleared(ROW_BLOCK.columns + ROW_BLOCK.column * columns.length);
    memory.u8.set(months, monthsAt);
    memory.u32.set([this.doubts, monthsAt], (this.#block + ROW_BLOCK.doubts) >> 2);
    const facts = new Map<number, ColumnFacts>();
    columns.forEach(({ ordinal, vector, parser, starts }, i) => {
      const at = this.#block + ROW_BLOCK.columns + ROW_BLOCK.column * i;
      const { values, validity } = vector.own;
      memory.u32.set(parser.inRows ? [values, validity] : [starts], at >> 2);
      if (parser.inRows) facts.set(ordinal, new ColumnFacts(memory, at + ROW_BLOCK.facts));
    });
    this.facts = facts;
  }

  /**
   * Parses `count` rows, of which `selection` tells the numbers within the batch. Gives how many are in doubt; undefined
   * where that is more than a few.
   */
  parse({ starts, bitmap }: CsvRows, selection: number, count: number): number | undefined {
    if (count === 0) return 0;
    const { u8, u32 } = this.#memory;
    u32.set([starts, selection, bitmap], (this.#block + ROW_BLOCK.starts) >> 2);
    if (!this.#forms.nulls)
      for (const { vector, parser } of this.#columns)
        if (parser.inRows) u8.fill(1, vector.own.validity, vector.own.validity + count);
    this.#loop ??= this.#loopFor(this.#forms);
    const doubted = this.#loop(count, this.#block);
    return doubted <= Math.max(FEW, count / ROWS_A_DOUBT) ? doubted : undefined;
  }

  /**
   * Learns from the first fields of a batch in which too many rows were in doubt, once they have been located. Gives false
   * when they hold nothing new.
   */
  learn({ starts }: CsvRows, selection: number, count: number): boolean {
    const { u8, u32 } = this.#memory;
    const before = this.#forms;
    let { nulls, quotes, far } = before;
    for (let i = 0; i < Math.min(count, SAMPLE); i++) {
      const row = selection === 0 ? i : (u32[(selection >> 2) + i] as number);
      const rowStart = u32[(starts >> 2) + row] as number;
      for (const column of this.#columns) {
        const start = u32[(column.starts >> 2) + i] as number;
        const stop = u32[(column.stops >> 2) + i] as number;
        quotes ||= (start & QUOTED) !== 0;
        nulls ||= start === stop || u8[(start & ~QUOTED) >>> 0] === MINUS;
        far ||= stop - rowStart >= NEAR;
      }
    }
    if (nulls === before.nulls && quotes === before.quotes && far === before.far) return false;
    this.#forms = { nulls, quotes, far };
    this.#loop = undefined;
    return true;
  }
}
