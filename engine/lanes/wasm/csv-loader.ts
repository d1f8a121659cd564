import type { DataType, Field, Scalar, Schema } from '../../../query/types.ts';
import { isWide } from '../../column.ts';
import { type CsvFormat, NO_BYTE } from '../../csv-format.ts';
import { CsvFieldValues } from '../../formats/csv/field-value.ts';
import { badRow, notOfType } from '../../formats/csv/row-errors.ts';
import { VECTOR_SIZE } from '../../task.ts';
import { ColumnFacts } from './column-facts.ts';
import type { CsvRows } from './csv-batches.ts';
import { FieldParser } from './field-parser.ts';
import type { Kernels } from './kernels.ts';
import type { EngineMemory } from './memory.ts';
import type { FilterPipeline, VectorLoader } from './pipeline.ts';
import type { Vector } from './vector.ts';

const QUOTED = 0x80000000;

/** Fields of one group of columns: bounds of column k of row r at index k * VECTOR_SIZE + r. */
interface FieldBounds {
  readonly ordinals: readonly number[];
  /** Address of the ordinals, u32. */
  readonly list: number;
  readonly starts: number;
  readonly stops: number;
}

/**
 * Loads columns of a batch of CSV rows. Fields are located in two passes: what the filter needs (and what stands before
 * it anyway) for all rows, the rest only for the rows that survive.
 */
export class CsvLoader implements VectorLoader {
  #memory: EngineMemory;
  #kernels: Kernels;
  #schema: Schema;
  #object: string;
  /** By column. */
  #parsers: ReadonlyMap<number, FieldParser>;
  #delimiter: number;
  #quote: number;
  #values: CsvFieldValues;
  /** Columns whose types are guessed. */
  #guessed: ReadonlySet<number>;
  #early: FieldBounds;
  #late: FieldBounds;
  #lateLocated = false;
  #rows: CsvRows = { starts: 0, stops: 0, count: 0, offset: 0 };
  #scratchCell: number;
  #scratch = 0;
  #scratchBytes = 0;
  #facts: ColumnFacts;

  constructor(
    memory: EngineMemory,
    kernels: Kernels,
    pipeline: FilterPipeline,
    object: { name: string; schema: Schema; format: CsvFormat; guessed?: readonly number[] | undefined },
  ) {
    this.#memory = memory;
    this.#kernels = kernels;
    this.#schema = object.schema;
    this.#object = object.name;
    this.#delimiter = object.format.delimiter;
    this.#quote = object.format.quote ?? NO_BYTE;
    this.#values = new CsvFieldValues(object.format);
    this.#guessed = new Set(object.guessed);
    const { filterColumns, outputColumns } = pipeline;
    const reach = filterColumns.length > 0 ? Math.max(...filterColumns) : Number.POSITIVE_INFINITY;
    this.#early = this.#bounds([...filterColumns, ...outputColumns.filter((column) => column < reach)]);
    this.#late = this.#bounds(outputColumns.filter((column) => column > reach));
    this.#scratchCell = memory.allocateCleared(4);
    this.#facts = new ColumnFacts(memory);
    this.#parsers = new Map(
      [...filterColumns, ...outputColumns].map((column) => [
        column,
        new FieldParser(kernels, memory, (object.schema[column] as Field).type, object.format),
      ]),
    );
  }

  /** Turns to the next batch. */
  begin(rows: CsvRows): void {
    this.#rows = rows;
    this.#lateLocated = false;
    // A field is unescaped at most once, so that all copies together are no longer than the rows' text.
    const needed =
      (this.#memory.u32[(rows.stops >> 2) + rows.count - 1] as number) - (this.#memory.u32[rows.starts >> 2] as number);
    if (needed > this.#scratchBytes) {
      this.#scratchBytes = Math.max(needed, 1 << 20);
      this.#scratch = this.#memory.allocate(this.#scratchBytes);
    }
    this.#memory.u32[this.#scratchCell >> 2] = this.#scratch;
    this.#locate(this.#early, rows.count);
  }

  load(column: number, vector: Vector, selection: number, count: number): void {
    const early = this.#early.ordinals.indexOf(column);
    if (early >= 0) {
      this.#parse(column, vector, this.#early, early, selection, count);
      return;
    }
    if (!this.#lateLocated) {
      if (selection !== 0) {
        this.#kernels.compact4(this.#rows.starts, selection, count);
        this.#kernels.compact4(this.#rows.stops, selection, count);
      }
      this.#locate(this.#late, count);
      this.#lateLocated = true;
    }
    this.#parse(column, vector, this.#late, this.#late.ordinals.indexOf(column), 0, count);
  }

  #bounds(columns: readonly number[]): FieldBounds {
    const ordinals = [...new Set(columns)].sort((a, b) => a - b);
    const list = this.#memory.allocate(4 * ordinals.length);
    this.#memory.u32.set(ordinals, list >> 2);
    const bytes = 4 * VECTOR_SIZE * ordinals.length;
    return { ordinals, list, starts: this.#memory.allocate(bytes), stops: this.#memory.allocate(bytes) };
  }

  #locate(fields: FieldBounds, count: number): void {
    if (fields.ordinals.length === 0) return;
    this.#kernels.csvLocateFields(
      this.#rows.starts,
      this.#rows.stops,
      count,
      fields.list,
      fields.ordinals.length,
      fields.starts,
      fields.stops,
      VECTOR_SIZE,
      this.#scratchCell,
      this.#delimiter,
      this.#quote,
    );
  }

  #parse(
    column: number,
    vector: Vector,
    fields: FieldBounds,
    position: number,
    selection: number,
    count: number,
  ): void {
    const starts = fields.starts + 4 * VECTOR_SIZE * position;
    const stops = fields.stops + 4 * VECTOR_SIZE * position;
    this.#facts.clear();
    const parser = this.#parsers.get(column) as FieldParser;
    parser.prepare({ starts, stops }, selection, count);
    let from = 0;
    for (;;) {
      from = parser.parse({ starts, stops }, selection, from, count, vector, this.#facts.address);
      if (from === count) break;
      const row = selection === 0 ? from : (this.#memory.u32[(selection >> 2) + from] as number);
      const value = this.#parseCarefully(column, starts, stops, row);
      this.#store(vector, from, value);
      from++;
    }
    vector.hasNulls = this.#facts.hasNulls();
    vector.magnitudeBits = this.#facts.magnitudeBits(vector.type);
  }

  /** The slow path: anything that DuckDB would take for a value of the type; NULL; or an error that names the place. */
  #parseCarefully(column: number, starts: number, stops: number, row: number): Scalar {
    const { u32 } = this.#memory;
    const marked = u32[(starts >> 2) + row] as number;
    const stop = u32[(stops >> 2) + row] as number;
    const text = Buffer.from(this.#memory.u8.subarray((marked & ~QUOTED) >>> 0, stop)).toString();
    const field = this.#schema[column];
    if (!field) throw new RangeError(`column ${column} is not in the schema`);
    const value = this.#values.value(text, marked >>> 31 !== 0, field.type, this.#guessed.has(column));
    if (value !== undefined) return value;
    const rowStart = u32[(this.#rows.starts >> 2) + row] as number;
    throw badRow(this.#object, rowStart + this.#rows.offset, notOfType(field, text));
  }

  #store(vector: Vector, index: number, value: Scalar): void {
    const { memory } = this.#memory;
    const view = new DataView(memory.buffer);
    view.setUint8(vector.validity + index, value === null ? 0 : 1);
    this.#facts.add(value);
    storeScalar(view, vector.type, vector.values, index, value);
  }
}

function storeScalar(view: DataView, type: DataType, values: number, index: number, value: Scalar): void {
  if (type.kind === 'bool') view.setUint8(values + index, value ? 1 : 0);
  else if (type.kind === 'float64') view.setFloat64(values + 8 * index, Number(value ?? 0), true);
  else if (type.kind === 'int32' || type.kind === 'date') view.setInt32(values + 4 * index, Number(value ?? 0), true);
  else {
    const wide = isWide(type);
    const at = values + (wide ? 16 : 8) * index;
    const integer = BigInt(value ?? 0);
    view.setBigInt64(at, BigInt.asIntN(64, integer), true);
    if (wide) view.setBigInt64(at + 8, integer >> 64n, true);
  }
}
