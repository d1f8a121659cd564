import { openAsBlob } from 'node:fs';
import type { ParquetFile } from 'parquet-wasm';
import { freshParquetWasm, memoryOf, type ParquetWasm } from '../../engine/lanes/wasm/parquet-wasm.ts';
import { SluiceError } from '../../query/error.ts';
import { arrowFields, typedColumns } from './arrow-columns.ts';
import { COLUMN_QUERIES, type ColumnQuery } from './column-queries.ts';
import { type Contender, timed } from './contender.ts';

/** Rows of a batch. With the library's own 1,024, or with all rows in one, it is slower. */
const BATCH_ROWS = 122_880;
/** Its memory never shrinks, and at 4 GiB it traps: beyond 1 GiB the next question gets a fresh instance. */
const MOST_MEMORY = 1 << 30;

/**
 * parquet-wasm: its asynchronous interface reads only the needed columns of a file on disk, all row groups at once;
 * queries in plain JavaScript work on the Arrow arrays where they lie in its memory, in half the time that handing them
 * to apache-arrow takes. Opened files are kept, with their footers.
 */
export function openParquetWasm(): Contender {
  let library = freshParquetWasm();
  const opened = new Map<string, ParquetFile>();
  return {
    async ask({ query: name, path }) {
      const makeQuery = COLUMN_QUERIES[name];
      if (!makeQuery) throw new SluiceError('unsupported', 'there is no such query for parquet-wasm');
      if (memoryOf(library).byteLength > MOST_MEMORY) {
        library = freshParquetWasm();
        opened.clear();
      }
      const { ms, result } = await timed(async () => {
        const file = opened.get(path) ?? (await library.ParquetFile.fromFile(await openAsBlob(path)));
        opened.set(path, file);
        const query = makeQuery();
        if (query.columns.length === 0) query.add(new Map(), file.metadata().fileMetadata().numRows());
        else await readInto(query, file, library);
        return query.finish();
      });
      return { ms, rows: result.map((row) => row.map(String)) };
    },
    async close() {},
  };
}

async function readInto(query: ColumnQuery, file: ParquetFile, library: ParquetWasm): Promise<void> {
  const stream = (await file.read({ columns: [...query.columns], batchSize: BATCH_ROWS })).intoFFI();
  try {
    const memory = memoryOf(library);
    const fields = arrowFields(memory, stream.schemaAddr());
    for (const address of stream.arrayAddrs()) {
      const { rows, columns } = typedColumns(memory, fields, address);
      query.add(columns, rows);
    }
  } finally {
    stream.drop();
  }
}
