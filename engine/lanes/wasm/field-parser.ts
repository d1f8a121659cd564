import type { DataType } from '../../../query/types.ts';
import { isWide } from '../../column.ts';
import { LARGEST_SCALE } from '../../compile/to-wasm/csv-number-code.ts';
import type { RowField } from '../../compile/to-wasm/csv-row-code.ts';
import type { CsvDialect } from '../../csv-format.ts';
import { VECTOR_SIZE } from '../../task.ts';
import { dateLayout } from './date-layout.ts';
import type { Kernels } from './kernels.ts';
import type { EngineMemory } from './memory.ts';
import { fillPowersOfTen } from './powers-of-ten.ts';
import type { Vector } from './vector.ts';

/** Fields of a column in linear memory: u32 addresses of where each starts and stops; a start carries the mark of quoted fields. */
export interface LocatedFields {
  readonly starts: number;
  readonly stops: number;
}

/** A parse kernel with the column's format bound to it. */
type Parse = (...addressesAndCounts: number[]) => number;
/** What is done to the bounds of fields before: starts, stops, rows, count. */
type Pass = (starts: number, stops: number, rows: number, count: number) => void;

/**
 * Turns the fields of one column into vectors. What has no kernel goes the careful way, field by field. `rows` is
 * everywhere the address of the fields' numbers (u32), or 0 for all.
 */
export class FieldParser {
  /** What compiled code for whole rows makes of this column's fields; undefined where that takes more. */
  readonly inRows: RowField | undefined;
  readonly #passes: readonly Pass[];
  readonly #parse: Parse | undefined;

  constructor(kernels: Kernels, memory: EngineMemory, type: DataType, dialect: CsvDialect) {
    this.#passes = [nullsPass(kernels, memory, type, dialect), thousandsPass(kernels, memory, type, dialect)].filter(
      (pass) => pass !== undefined,
    );
    this.#parse = parseKernel(kernels, memory, type, dialect);
    this.inRows = this.#passes.length > 0 ? undefined : rowField(type, dialect);
  }

  /** Applies to the bounds of a batch what the dialect says of NULLs and separators; to be called once. */
  prepare({ starts, stops }: LocatedFields, rows: number, count: number): void {
    for (const pass of this.#passes) pass(starts, stops, rows, count);
  }

  /**
   * Parses the fields [from, count) into a vector and adds to the facts at an address. Gives `count`, or the number of
   * the first field that needs the careful path.
   */
  parse(fields: LocatedFields, rows: number, from: number, count: number, vector: Vector, facts: number): number {
    if (!this.#parse) return from;
    return this.#parse(fields.starts, fields.stops, rows, from, count, vector.values, vector.validity, facts);
  }
}

function nullsPass(kernels: Kernels, memory: EngineMemory, type: DataType, { nulls }: CsvDialect): Pass | undefined {
  const texts = nulls.filter((text) => text !== '').map((text) => Buffer.from(text));
  const emptyIsText = type.kind === 'utf8' && !nulls.includes('');
  if (texts.length === 0 && !emptyIsText) return undefined;
  const list = memory.allocate(8 * texts.length);
  texts.forEach((text, i) => {
    const address = memory.allocate(text.length);
    memory.u8.set(text, address);
    memory.u32.set([address, text.length], (list >> 2) + 2 * i);
  });
  return (...fields) => kernels.csvMarkNulls(...fields, list, texts.length, Number(emptyIsText));
}

function thousandsPass(
  kernels: Kernels,
  memory: EngineMemory,
  type: DataType,
  { thousands }: CsvDialect,
): Pass | undefined {
  if (thousands === null || !['int32', 'int64', 'float64', 'decimal'].includes(type.kind)) return undefined;
  const scratch = memory.allocate(64 * (VECTOR_SIZE + 1));
  return (...fields) => kernels.csvDropSeparators(...fields, thousands.charCodeAt(0), scratch);
}

function parseKernel(
  kernels: Kernels,
  memory: EngineMemory,
  type: DataType,
  { decimalMark, dateFormat, timestampFormat }: CsvDialect,
): Parse | undefined {
  const mark = decimalMark.charCodeAt(0);
  switch (type.kind) {
    case 'bool':
      return kernels.csvParseBoolean;
    case 'int32':
      return kernels.csvParseInt32;
    case 'int64':
      return kernels.csvParseInt64;
    case 'float64':
      fillPowersOfTen(kernels, memory);
      return (...fields) => kernels.csvParseFloat64(...fields, mark);
    case 'decimal': {
      const { scale, precision } = type;
      if (isWide(type)) return (...fields) => kernels.csvParseWideDecimal(...fields, scale, precision, mark);
      const limit = 10n ** BigInt(precision);
      return (...fields) => kernels.csvParseDecimal(...fields, scale, limit, mark);
    }
    case 'date':
      return dateFormat === null
        ? kernels.csvParseDate
        : formatted(kernels.csvParseFormattedDate, memory, dateFormat, true);
    case 'timestamp':
      if (timestampFormat === null) return kernels.csvParseTimestamp;
      return formatted(kernels.csvParseFormattedTimestamp, memory, timestampFormat, false);
    case 'utf8':
      return (...fields) => kernels.csvParseUtf8(...fields, 4 * VECTOR_SIZE);
    case 'binary':
      return undefined;
  }
}

function rowField(type: DataType, { decimalMark, dateFormat }: CsvDialect): RowField | undefined {
  switch (type.kind) {
    case 'int32':
      return { kind: 'integer', bytes: 4 };
    case 'int64':
      return { kind: 'integer', bytes: 8 };
    case 'decimal': {
      const { scale, precision } = type;
      if (scale > LARGEST_SCALE || isWide(type)) return undefined;
      return { kind: 'decimal', scale, precision, mark: decimalMark.charCodeAt(0) };
    }
    case 'date':
      return dateFormat === null ? { kind: 'date' } : undefined;
    case 'utf8':
      return { kind: 'text' };
    default:
      return undefined;
  }
}

function formatted(kernel: Parse, memory: EngineMemory, format: string, dateOnly: boolean): Parse | undefined {
  const layout = dateLayout(format, dateOnly);
  if (!layout) return undefined;
  const address = memory.allocate(layout.vectors.length);
  memory.u8.set(layout.vectors, address);
  return (...fields) => kernel(...fields, layout.length, address);
}
