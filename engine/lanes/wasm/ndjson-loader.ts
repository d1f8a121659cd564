import { RFC_4180 } from '../../csv-format.ts';
import { CsvFieldValues } from '../../formats/csv/field-value.ts';
import { badRow, notOfType } from '../../formats/csv/row-errors.ts';
import type { NdjsonObject } from '../../formats/ndjson/paths.ts';
import { FieldVectors } from './field-vectors.ts';
import type { Kernels } from './kernels.ts';
import type { EngineMemory } from './memory.ts';
import type { NdjsonBatches, NdjsonRows } from './ndjson-batches.ts';
import type { VectorLoader } from './pipeline.ts';
import type { Vector } from './vector.ts';

/** Loads columns of a batch of NDJSON rows, whose values are located already. */
export class NdjsonLoader implements VectorLoader {
  readonly #memory: EngineMemory;
  readonly #parser: FieldVectors;
  readonly #batches: NdjsonBatches;
  readonly #object: NdjsonObject & { readonly name: string };
  readonly #values = new CsvFieldValues(RFC_4180);
  readonly #columns: readonly number[];
  #rows: NdjsonRows = { count: 0, starts: 0, offset: 0 };

  /** `columns[i]` is the column of path i. */
  constructor(
    memory: EngineMemory,
    kernels: Kernels,
    batches: NdjsonBatches,
    object: NdjsonObject & { readonly name: string },
    columns: readonly number[],
  ) {
    this.#memory = memory;
    this.#parser = new FieldVectors(memory, kernels, RFC_4180);
    this.#batches = batches;
    this.#object = object;
    this.#columns = columns;
  }

  /** Turns to the next batch. */
  begin(rows: NdjsonRows): void {
    this.#rows = rows;
  }

  load(column: number, vector: Vector, selection: number, count: number): void {
    const { name, schema, guessed } = this.#object;
    const field = schema[column];
    if (!field) throw new RangeError(`column ${column} is not in the schema`);
    const fields = this.#batches.fields(this.#columns.indexOf(column));
    const isGuessed = guessed?.includes(column);
    this.#parser.parse(vector, fields, selection, count, (text, _quoted, row) => {
      const value = this.#values.value(text, true, field.type, isGuessed);
      if (value !== undefined) return value;
      const start = this.#memory.u32[(this.#rows.starts >> 2) + row] as number;
      throw badRow(name, start + this.#rows.offset, notOfType(field, text));
    });
  }
}
