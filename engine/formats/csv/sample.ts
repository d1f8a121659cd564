import type { CsvDialect } from '../../csv-format.ts';
import { type ByteSource, UNKNOWN_SIZE } from '../../task.ts';
import { CsvRowReader } from './row-reader.ts';
import { CsvStructure } from './structure.ts';

const HEAD_SIZE = 256 * 1024;
/** A row that does not end within so many bytes is none. */
const LARGEST_HEAD = 256 * 1024 * 1024;
const PIECE_SIZE = 64 * 1024;
const LF = 10;
const CR = 13;

/** Bytes of an object that stand for all of it. */
export interface CsvSample {
  /** From the object's start on, behind the byte order mark. */
  readonly head: Uint8Array;
  /** Whether the head is all there is. */
  readonly complete: boolean;
  /** From its middle and from its end, cut anywhere. */
  readonly pieces: readonly Uint8Array[];
  /** Bytes of the byte order mark. */
  readonly mark: number;
}

/** Reads so much of the start that the first rows are in it; and a little of the middle and the end, for types. */
export async function readSample(source: ByteSource, headSize = HEAD_SIZE): Promise<CsvSample> {
  let size = headSize;
  let { bytes, complete } = await extended(source, Buffer.alloc(0), size);
  while (!complete && size < LARGEST_HEAD && lineEnds(bytes.subarray(0, size)) < 2) {
    size = Math.min(8 * size, LARGEST_HEAD);
    ({ bytes, complete } = await extended(source, bytes, size));
  }
  bytes = bytes.subarray(0, size);
  const mark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  const pieces: Uint8Array[] = [];
  if (!complete && source.size !== UNKNOWN_SIZE)
    for (const at of [Math.floor(source.size / 2), source.size - PIECE_SIZE]) {
      if (at < bytes.length) continue;
      const piece = Buffer.alloc(PIECE_SIZE);
      pieces.push(piece.subarray(0, await source.read(at, piece)));
    }
  return { head: bytes.subarray(mark), complete, pieces, mark };
}

/** The start of an object, `size` bytes and one more, which shows that there are more; `bytes` were read before. */
async function extended(source: ByteSource, bytes: Buffer, size: number) {
  const buffer = Buffer.alloc(Math.min(size + 1, source.size));
  bytes.copy(buffer);
  const count = bytes.length + (await source.read(bytes.length, buffer.subarray(bytes.length)));
  return { bytes: buffer.subarray(0, count), complete: count <= size };
}

function lineEnds(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) if (byte === LF || byte === CR) count++;
  return count;
}

/** Reads the rows at the start of a sample one by one, until `take` says false or the rest is no whole row. */
export function eachRow(
  bytes: Uint8Array,
  complete: boolean,
  dialect: CsvDialect,
  take: (reader: CsvRowReader, start: number, next: number) => boolean,
): void {
  const { text, valid } = complete ? withLastLineEnd(bytes, dialect.lineEnd) : { text: bytes, valid: bytes.length };
  const reader = new CsvRowReader(dialect);
  for (let p = 0; p < valid; ) {
    const next = reader.read(text, p, valid);
    if (next < 0 || !take(reader, p, next)) return;
    p = next;
  }
}

function withLastLineEnd(bytes: Uint8Array, lineEnd: number): { readonly text: Uint8Array; readonly valid: number } {
  if (bytes.length === 0 || bytes.at(-1) === lineEnd) return { text: bytes, valid: bytes.length };
  const text = new Uint8Array(bytes.length + 1);
  text.set(bytes);
  text[bytes.length] = lineEnd;
  return { text, valid: text.length };
}

/** A piece from its first row on, if it is cut where nothing is quoted. */
export function fromFirstRow(piece: Uint8Array, dialect: CsvDialect): Uint8Array {
  const start = new CsvStructure(dialect, 'plain').rowEnd(piece, 0, piece.length);
  return start < 0 ? piece.subarray(0, 0) : piece.subarray(start);
}
