import type { CsvFormat } from '../../csv-format.ts';
import type { ByteSource } from '../../task.ts';
import { CsvStructure } from './structure.ts';

const READ_SIZE = 64 * 1024;

/** Offset of the first row that begins in (start, end], if `start` lies within a quoted field; `end + 1`: none does. */
export async function firstRowBehindQuoted(
  source: ByteSource,
  format: CsvFormat,
  { start, end }: { readonly start: number; readonly end: number },
): Promise<number> {
  const structure = new CsvStructure(format, 'quoted');
  const piece = new Uint8Array(READ_SIZE);
  for (let offset = start; offset < end; ) {
    const count = await source.read(offset, piece.subarray(0, Math.min(READ_SIZE, end - offset)));
    const found = structure.rowEnd(piece, 0, count);
    if (found >= 0) return offset + found;
    if (count === 0) break;
    offset += count;
  }
  return end + 1;
}
