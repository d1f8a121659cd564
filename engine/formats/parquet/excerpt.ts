import type { ByteSource } from '../../task.ts';
import type { ChunkToRead } from './column-chunks.ts';
import { type FileColumn, isFlat } from './file-columns.ts';
import { readFully } from './footer.ts';
import { PHYSICAL_TYPES, type PhysicalType, type RowGroup } from './metadata.ts';
import { ThriftWriter } from './thrift-writer.ts';

/**
 * A Parquet file in memory that holds only some column chunks of one row group: their bytes as they stand in the
 * object, behind a footer of our own. A reader that takes whole files then reads no more than what is needed, and
 * meets only types of our choosing: annotations are dropped (dates arrive as int32, timestamps and decimals in INT32
 * and INT64 as the integers they are) but for strings, which it must validate, and decimals stored as bytes.
 * Columns are named by their position.
 */
export async function readExcerpt(
  source: ByteSource,
  rows: number,
  chunks: readonly ChunkToRead[],
): Promise<{ file: Uint8Array; bytesRead: number }> {
  const offsets: number[] = [];
  let dataEnd = MAGIC.length;
  for (const { chunk } of chunks) {
    offsets.push(dataEnd);
    dataEnd += chunk.size - chunk.uncounted;
  }
  const footer = excerptFooter(rows, chunks, offsets);
  const file = new Uint8Array(dataEnd + footer.length + 8);
  file.set(MAGIC, 0);
  await Promise.all(
    chunks.map(({ chunk }, i) =>
      readFully(source, chunk.offset, file.subarray(offsets[i], offsets[i]! + chunk.size - chunk.uncounted)),
    ),
  );
  file.set(footer, dataEnd);
  new DataView(file.buffer).setUint32(dataEnd + footer.length, footer.length, true);
  file.set(MAGIC, dataEnd + footer.length + 4);
  return { file, bytesRead: dataEnd - MAGIC.length };
}

/** Whether parquet-wasm gives a column's values as they are, in a form that can be converted here. */
export function fitsExcerpt(column: FileColumn | undefined, group: RowGroup | undefined): boolean {
  if (!isFlat(column)) return false;
  // It takes the bits of such levels in the wrong order. Many writers name the encoding without using it.
  if (column.nullable && group?.chunks[column.chunk]?.encodings.includes(BIT_PACKED)) return false;
  const { physical, conversion } = column;
  switch (conversion.kind) {
    case 'zero-extend':
      return physical === 'INT32';
    case 'float16':
    case 'int96':
    case 'time':
    case 'hex':
    case 'uuid':
      return false;
    default:
      return true;
  }
}

/** The physical type that an excerpt declares for a chunk. */
export function declaredType({ column, chunk }: ChunkToRead): PhysicalType {
  // DuckDB starts the deltas of unsigned columns with a value beyond int32, which parquet-wasm refuses. The encoding
  // is the same for 64 bits; what counts are the low 32.
  const deltas =
    chunk.encodings.includes(DELTA) &&
    chunk.encodings.every((encoding) => encoding === DELTA || LEVELS.includes(encoding));
  return column.physical === 'INT32' && column.conversion.kind === 'zero-extend' && deltas ? 'INT64' : column.physical;
}

// Numbers of the Encoding enum.
const DELTA = 5;
const BIT_PACKED = 4;
const LEVELS = [3, BIT_PACKED];

const MAGIC = new TextEncoder().encode('PAR1');
const REQUIRED = 0;
const OPTIONAL = 1;
const UTF8 = 0;
const DECIMAL = 5;

/** A FileMetaData struct of parquet.thrift. */
function excerptFooter(rows: number, chunks: readonly ChunkToRead[], offsets: readonly number[]): Uint8Array {
  const writer = new ThriftWriter();
  writer.struct(() => {
    writer.i32(1, 2);
    writer.list(2, chunks.length + 1, (i) => {
      if (i === 0) {
        writer.binary(4, 'schema');
        writer.i32(5, chunks.length);
      } else schemaElement(writer, chunks[i - 1]!, i - 1);
    });
    writer.i64(3, rows);
    writer.list(4, 1, () => {
      writer.list(1, chunks.length, (i) => columnChunk(writer, chunks[i]!, i, offsets[i]!));
      writer.i64(
        2,
        chunks.reduce((sum, { chunk }) => sum + chunk.uncompressedSize, 0),
      );
      writer.i64(3, rows);
    });
  });
  return writer.finish();
}

function schemaElement(writer: ThriftWriter, toRead: ChunkToRead, position: number): void {
  const { column } = toRead;
  const { physical, type } = column;
  const bytes = physical === 'BYTE_ARRAY' || physical === 'FIXED_LEN_BYTE_ARRAY';
  writer.i32(1, PHYSICAL_TYPES.indexOf(declaredType(toRead)));
  if (physical === 'FIXED_LEN_BYTE_ARRAY') writer.i32(2, column.typeLength);
  writer.i32(3, column.nullable ? OPTIONAL : REQUIRED);
  writer.binary(4, `${position}`);
  if (type.kind === 'utf8') writer.i32(6, UTF8);
  if (bytes && type.kind === 'decimal') {
    writer.i32(6, DECIMAL);
    writer.i32(7, type.scale);
    writer.i32(8, type.precision);
  }
}

function columnChunk(writer: ThriftWriter, toRead: ChunkToRead, position: number, offset: number): void {
  const { chunk } = toRead;
  writer.i64(2, offset);
  writer.structField(3, () => {
    writer.i32(1, PHYSICAL_TYPES.indexOf(declaredType(toRead)));
    writer.i32List(2, chunk.encodings);
    writer.binaryList(3, [`${position}`]);
    writer.i32(4, chunk.codec);
    writer.i64(5, chunk.valueCount);
    writer.i64(6, chunk.uncompressedSize);
    writer.i64(7, chunk.size - chunk.uncounted);
    writer.i64(9, offset + chunk.dataOffset - chunk.offset);
    if (chunk.dictionaryOffset !== undefined) writer.i64(11, offset);
  });
}
