import { createReadStream } from 'node:fs';
import { parse as csvParse } from 'csv-parse';
import { SluiceError } from '../../query/error.ts';
import { readSidecar } from '../data/sidecar.ts';
import { type Contender, timed } from './contender.ts';
import { loadPeer } from './peer-package.ts';
import { ROW_QUERIES, type RowQuery } from './row-queries.ts';

/** Bytes that a stream reads at a time. */
const READ_BYTES = 1 << 20;

/** Parses a file with a header line and calls `add` with each row behind it. */
type ParseFile = (path: string, columns: readonly string[], add: (row: string[]) => void) => Promise<void>;

/** The part of Papa Parse that is used. */
interface PapaParse {
  parse(
    stream: NodeJS.ReadableStream,
    options: {
      delimiter: string;
      newline: string;
      skipEmptyLines: boolean;
      chunk: (results: { data: string[][] }) => void;
      complete: () => void;
      error: (error: Error) => void;
    },
  ): void;
}

/** The part of uDSV that is used. */
interface Udsv {
  initParser(schema: object): {
    readonly stringArrs: unknown;
    chunk(text: string, parse: unknown, onRow: (row: string[]) => void): void;
    end(): void;
  };
}

/** Parsers that give rows as arrays of texts; each streams the file, as it wants it. */
export const ROW_PARSERS: Readonly<Record<'papaparse' | 'udsv' | 'csv-parse', () => ParseFile>> = {
  papaparse() {
    const papa = loadPeer<PapaParse>('papaparse');
    return (path, _, add) =>
      new Promise((resolve, reject) => {
        let header = true;
        papa.parse(readText(path), {
          delimiter: ',',
          newline: '\n',
          skipEmptyLines: true,
          chunk({ data }) {
            for (let i = header ? 1 : 0; i < data.length; i++) add(data[i]!);
            header = false;
          },
          complete: resolve,
          error: reject,
        });
      });
  },

  udsv() {
    const { initParser } = loadPeer<Udsv>('udsv');
    return async (path, columns, add) => {
      const cols = columns.map((name) => ({ name, type: 's', repl: {} }));
      const parser = initParser({ skip: 1, col: ',', row: '\n', encl: '"', esc: '"', trim: false, cols });
      for await (const text of readText(path)) parser.chunk(text as string, parser.stringArrs, add);
      parser.end();
    };
  },

  'csv-parse': () => async (path, _, add) => {
    const rows = createReadStream(path, { highWaterMark: READ_BYTES }).pipe(csvParse({ from_line: 2 }));
    rows.on('data', add);
    await new Promise((resolve, reject) => rows.on('end', resolve).on('error', reject));
  },
};

function readText(path: string): NodeJS.ReadableStream {
  return createReadStream(path, { encoding: 'utf8', highWaterMark: READ_BYTES });
}

/** A parser with queries in plain JavaScript behind it. */
export function openRowParser(name: keyof typeof ROW_PARSERS): Contender {
  const parseFile = ROW_PARSERS[name]();
  return {
    async ask({ query, path }) {
      const columns = (await readSidecar(path)).map((column) => column.name);
      const makeQuery = ROW_QUERIES[query];
      if (!makeQuery) throw new SluiceError('unsupported', `there is no such query for ${name}`);
      const { ms, result } = await timed(async (): Promise<ReturnType<RowQuery['finish']>> => {
        const asked = makeQuery((column) => columns.indexOf(column));
        await parseFile(path, columns, asked.add);
        return asked.finish();
      });
      return { ms, rows: result.map((row) => row.map(String)) };
    },
    async close() {},
  };
}
