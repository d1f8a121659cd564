import {
  compileRows,
  FARTHEST_FIELD,
  ROW_BLOCK,
  type RowShape,
  rowTables,
} from '../../compile/to-wasm/csv-row-code.ts';
import { VECTOR_SIZE } from '../../task.ts';
import { ColumnFacts } from './column-facts.ts';
import type { CsvRows } from './csv-rows.ts';
import type { FieldParser } from './field-parser.ts';
import type { EngineMemory } from './memory.ts';
import type { RunLoop, SimdInstances } from './simd-instances.ts';
import type { Vector } from './vector.ts';

/** Of so many rows one may be in doubt, or a few of any number. */
const ROWS_A_DOUBT = 8;
const FEW = 8;

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
  readonly #loopFor: (isPlain: boolean) => RunLoop;
  readonly #columns: readonly RowColumn[];
  readonly #loops: RunLoop[] = [];
  /** Until a batch had too many empty fields or negative numbers for that. */
  #isPlain = true;
  readonly #block: number;

  /** `columns` by ascending ordinals; `quote` and `lastOrdinal` as in RowShape. Undefined where nothing would be gained. */
  static of(
    memory: EngineMemory,
    instances: SimdInstances,
    columns: readonly RowColumn[],
    { quote, lastOrdinal }: Pick<RowShape, 'quote' | 'lastOrdinal'>,
  ): RowParser | undefined {
    const isNear = columns.every(({ ordinal }) => ordinal <= FARTHEST_FIELD);
    if (!isNear || columns.every(({ parser }) => !parser.inRows)) return undefined;
    const shape = {
      columns: columns.map(({ ordinal, parser, starts, stops }) => ({
        ordinal,
        field: parser.inRows ?? ({ kind: 'bounds', stopsAt: stops - starts } as const),
      })),
      quote,
      lastOrdinal,
    };
    const loopFor = (isPlain: boolean) =>
      instances.get(JSON.stringify(['rows', isPlain, shape]), () => compileRows({ ...shape, isPlain }));
    return new RowParser(memory, loopFor, columns);
  }

  private constructor(memory: EngineMemory, loopFor: (isPlain: boolean) => RunLoop, columns: readonly RowColumn[]) {
    this.#memory = memory;
    this.#loopFor = loopFor;
    this.#columns = columns.filter(({ parser }) => parser.inRows);
    this.doubts = memory.allocate(4 * (VECTOR_SIZE + 1));
    const tables = rowTables();
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
    const few = Math.max(FEW, count / ROWS_A_DOUBT);
    if (this.#isPlain) {
      for (const { vector } of this.#columns) u8.fill(1, vector.own.validity, vector.own.validity + count);
      const doubted = this.#loop(true)(count, this.#block);
      if (doubted <= few) return doubted;
    }
    const doubted = this.#loop(false)(count, this.#block);
    if (doubted > few) return undefined;
    this.#isPlain = false;
    return doubted;
  }

  #loop(isPlain: boolean): RunLoop {
    this.#loops[Number(isPlain)] ??= this.#loopFor(isPlain);
    return this.#loops[Number(isPlain)] as RunLoop;
  }
}
