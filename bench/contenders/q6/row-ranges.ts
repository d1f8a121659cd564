import { type FileHandle, open } from 'node:fs/promises';
import { SluiceError } from '../../../query/error.ts';

/** Bytes [from, to) of a file. */
export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

/** The columns that the scan reads, by their places. */
const NEEDED: ReadonlyMap<number, string> = new Map([
  [4, 'l_quantity'],
  [5, 'l_extendedprice'],
  [6, 'l_discount'],
  [10, 'l_shipdate'],
]);

/** How far the first row of a range is looked for. */
const SEARCHED = 1 << 16;

/** A line end with ten fields and a date behind it: most probably no line end within quotes. */
const ROW_START = /\n(?=(?:[^,"\n]*,){10}\d{4}-\d\d-\d\d,)/;

/**
 * Cuts the rows of a CSV of lineitem into at most so many ranges of about the same size. Whether a range begins at a
 * row is a guess, which the scan proves: each range must end with a row, so that the next begins with one.
 * @throws SluiceError `unsupported` when the header is not that of lineitem.
 */
export async function rowRanges(path: string, count: number): Promise<ByteRange[]> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const header = (await textAt(file, 0)).split('\n', 1)[0]!;
    const names = header.split(',');
    for (const [place, name] of NEEDED) {
      if (names[place] !== name)
        throw new SluiceError('unsupported', `${path}: the scan of Q6 takes lineitem: column ${place} is not ${name}`);
    }
    const starts = [header.length + 1];
    for (let i = 1; i < count; i++) {
      const near = Math.floor(starts[0]! + ((size - starts[0]!) * i) / count);
      const start = (await textAt(file, near)).search(ROW_START);
      if (start >= 0 && near + start + 1 > starts.at(-1)!) starts.push(near + start + 1);
    }
    return starts.map((from, i) => ({ from, to: starts[i + 1] ?? size })).filter(({ from, to }) => from < to);
  } finally {
    await file.close();
  }
}

/** A character a byte. */
async function textAt(file: FileHandle, offset: number): Promise<string> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(SEARCHED), 0, SEARCHED, offset);
  return buffer.toString('latin1', 0, bytesRead);
}
