import type { DataType, Scalar } from '../../../query/types.ts';
import { isWide } from '../../column.ts';
import type { CsvDialect } from '../../csv-format.ts';
import { VECTOR_SIZE } from '../../task.ts';
import { ColumnFacts } from './column-facts.ts';
import { FieldParser, type LocatedFields } from './field-parser.ts';
import type { Kernels } from './kernels.ts';
import type { EngineMemory } from './memory.ts';
import type { Vector } from './vector.ts';

/** Set in the start of a field that was quoted. */
export const QUOTED = 0x80000000;

/** The value of a field that no kernel understands, by its text and the row that holds it; or an error that names the place. */
export type CarefulParse = (text: string, quoted: boolean, row: number) => Scalar;

/** Turns located fields into vectors: by kernels, and field by field where those give up. */
export class FieldVectors {
  readonly #memory: EngineMemory;
  readonly #kernels: Kernels;
  readonly #dialect: CsvDialect;
  readonly #facts: ColumnFacts;
  readonly #parsers = new Map<Vector, FieldParser>();

  /** `dialect`: how values are spelled. */
  constructor(memory: EngineMemory, kernels: Kernels, dialect: CsvDialect) {
    this.#memory = memory;
    this.#kernels = kernels;
    this.#dialect = dialect;
    this.#facts = new ColumnFacts(memory);
  }

  parserOf(vector: Vector): FieldParser {
    const known = this.#parsers.get(vector);
    if (known) return known;
    const parser = new FieldParser(this.#kernels, this.#memory, vector.type, this.#dialect);
    this.#parsers.set(vector, parser);
    return parser;
  }

  /** `selection` and `count` as for `VectorLoader.load`; gives facts that are good until the next call. */
  parse(vector: Vector, fields: LocatedFields, selection: number, count: number, carefully: CarefulParse): ColumnFacts {
    this.#facts.clear();
    this.parserOf(vector).prepare(fields, selection, count);
    this.parseRange(vector, fields, selection, 0, count, this.#facts, carefully);
    this.#facts.describe(vector);
    return this.#facts;
  }

  /** Parses the fields [first, end) of those that `parse` takes, and adds to the facts. The dialect's passes are done. */
  parseRange(
    vector: Vector,
    fields: LocatedFields,
    selection: number,
    first: number,
    end: number,
    facts: ColumnFacts,
    carefully: CarefulParse,
  ): void {
    const parser = this.parserOf(vector);
    for (let from = parser.parse(fields, selection, first, end, vector, facts.address); from < end; ) {
      const { u8, u32 } = this.#memory;
      const row = selection === 0 ? from : (u32[(selection >> 2) + from] as number);
      const start = u32[(fields.starts >> 2) + row] as number;
      const stop = u32[(fields.stops >> 2) + row] as number;
      const text = Buffer.from(u8.subarray((start & ~QUOTED) >>> 0, stop)).toString();
      this.store(vector, from, start === stop ? null : carefully(text, start >>> 31 !== 0, row), facts);
      from = parser.parse(fields, selection, from + 1, end, vector, facts.address);
    }
  }

  /** All NULL, as columns are that rows are too short for. */
  fillNulls(vector: Vector, count: number): void {
    this.#facts.clear();
    for (let index = 0; index < count; index++) this.store(vector, index, null, this.#facts);
    this.#facts.describe(vector);
  }

  /** A value that no kernel parsed; of texts only NULL. */
  store(vector: Vector, index: number, value: Scalar, facts: ColumnFacts): void {
    const view = new DataView(this.#memory.memory.buffer);
    view.setUint8(vector.validity + index, value === null ? 0 : 1);
    facts.add(value);
    storeScalar(view, vector.type, vector.values, index, value);
  }
}

function storeScalar(view: DataView, type: DataType, values: number, index: number, value: Scalar): void {
  if (type.kind === 'bool') view.setUint8(values + index, value ? 1 : 0);
  else if (type.kind === 'utf8') view.setUint32(values + 4 * (VECTOR_SIZE + index), 0, true);
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
