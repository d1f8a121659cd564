import type { DataType } from '../../../query/types.ts';
import { isWide } from '../../column.ts';
import type { CsvDialect } from '../../csv-format.ts';
import { VECTOR_SIZE } from '../../task.ts';
import type { Kernels } from './kernels.ts';
import type { EngineMemory } from './memory.ts';
import { fillPowersOfTen } from './powers-of-ten.ts';
import type { Vector } from './vector.ts';

/** Bounds of fields in linear memory, u32 each; a start carries the mark of quoted fields. */
interface FieldBounds {
  readonly starts: number;
  readonly stops: number;
}

/**
 * Parses the fields [from, count) into a vector and adds to the facts at an address. `rows` is the address of the
 * fields' numbers (u32), or 0 for all. Gives `count`, or the number of the first field that needs the careful path.
 */
export type FieldParser = (
  fields: FieldBounds,
  rows: number,
  from: number,
  count: number,
  vector: Vector,
  facts: number,
) => number;

/** The parser of a column. What has no kernel goes the careful way, field by field. */
export function fieldParser(kernels: Kernels, memory: EngineMemory, type: DataType, dialect: CsvDialect): FieldParser {
  const parse = kernelOf(kernels, memory, type, dialect);
  if (!parse) return (_fields, _rows, from) => from;
  return ({ starts, stops }, rows, from, count, { values, validity }, facts) =>
    parse(starts, stops, rows, from, count, values, validity, facts);
}

type ParseKernel = (...addressesAndCounts: number[]) => number;

function kernelOf(
  kernels: Kernels,
  memory: EngineMemory,
  type: DataType,
  { decimalMark, thousands, dateFormat, timestampFormat }: CsvDialect,
): ParseKernel | undefined {
  const mark = decimalMark.charCodeAt(0);
  switch (type.kind) {
    case 'bool':
      return kernels.csvParseBoolean;
    case 'int32':
      return thousands === null ? kernels.csvParseInt32 : undefined;
    case 'int64':
      return thousands === null ? kernels.csvParseInt64 : undefined;
    case 'float64':
      if (thousands !== null) return undefined;
      fillPowersOfTen(kernels, memory);
      return (...fields) => kernels.csvParseFloat64(...fields, mark);
    case 'decimal': {
      if (thousands !== null) return undefined;
      const { scale, precision } = type;
      if (isWide(type)) return (...fields) => kernels.csvParseWideDecimal(...fields, scale, precision, mark);
      const limit = 10n ** BigInt(precision);
      return (...fields) => kernels.csvParseDecimal(...fields, scale, limit, mark);
    }
    case 'date':
      return dateFormat === null ? kernels.csvParseDate : undefined;
    case 'timestamp':
      return timestampFormat === null ? kernels.csvParseTimestamp : undefined;
    case 'utf8':
      return (...fields) => kernels.csvParseUtf8(...fields, 4 * VECTOR_SIZE);
    case 'binary':
      return undefined;
  }
}
