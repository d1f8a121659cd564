import type { Column } from '../../../column.ts';
import type { ChunkToRead } from '../column-chunks.ts';
import { ColumnSink } from './column-sink.ts';
import { decodePages } from './pages.ts';

/**
 * Decodes the chunk of a flat column, `bytes`, of `rows` rows; or only some of its data pages, behind its dictionary
 * page, that have `pageRows` rows each. Throws as `decodePages`.
 */
export function decodeChunk(bytes: Uint8Array, chunk: ChunkToRead, rows: number, pageRows?: readonly number[]): Column {
  const sink = new ColumnSink(chunk.column, rows, pageRows);
  decodePages(bytes, chunk, sink);
  return sink.finish();
}
