import { closeSync, openSync, readSync } from 'node:fs';
import { extname } from 'node:path';
import { isLeaf } from '../../engine/formats/parquet/file-columns.ts';
import { readFooter } from '../../engine/formats/parquet/footer.ts';
import { openSource } from '../../engine/run/byte-source.ts';
import { locateFile } from '../../engine/run/locate.ts';
import { type Contender, timed } from './contender.ts';

/** 1 MiB. */
const BUFFER_PAGES = 16;

interface ByteSpan {
  readonly offset: number;
  readonly size: number;
}

/**
 * Reads the file into one buffer, piece by piece, and does nothing with it: no answer, but a bound for all others. Of
 * Parquet only the column chunks that the query names, of all row groups, with the footer known.
 */
export function openFileRead(): Contender {
  // It begins a page. Where a buffer lies some bytes behind that, some processors (AMD Zen 3) copy four times slower.
  const buffer = new Uint8Array(new WebAssembly.Memory({ initial: BUFFER_PAGES }).buffer);
  return {
    async ask({ sql, path }) {
      const spans = extname(path) === '.parquet' ? await chunksNamed(sql, path) : [{ offset: 0, size: Infinity }];
      const { ms } = await timed(() => readAll(path, spans, buffer));
      return { ms, rows: [] };
    },
    async close() {},
  };
}

function readAll(path: string, spans: readonly ByteSpan[], buffer: Uint8Array): void {
  const file = openSync(path, 'r');
  try {
    for (const { offset, size } of spans) {
      for (let at = offset, left = size; left > 0; ) {
        const read = readSync(file, buffer, 0, Math.min(left, buffer.length), at);
        if (read === 0) break;
        at += read;
        left -= read;
      }
    }
  } finally {
    closeSync(file);
  }
}

/** The column chunks whose columns' names are words of the query. */
async function chunksNamed(sql: string, path: string): Promise<ByteSpan[]> {
  const words = new Set(sql.match(/\w+/g));
  const location = await locateFile(path);
  const source = openSource(location);
  try {
    const { columns, metadata } = (await readFooter(source, location.version)).footer;
    const wanted = columns.filter(isLeaf).filter(({ name }) => words.has(name));
    return metadata.rowGroups.flatMap(({ chunks }) => wanted.map(({ chunk }) => chunks[chunk]!));
  } finally {
    source.close();
  }
}
