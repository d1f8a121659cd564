import type { CsvOptions } from '../engine/csv-format.ts';
import { EXTENSIONS, formatOfName } from '../engine/formats/object-name.ts';
import type { Executor } from '../engine/run/executor.ts';
import { findStats, locateFile } from '../engine/run/locate.ts';
import { SluiceError } from '../query/error.ts';
import type { TableObject, Transport } from './transport.ts';

/** Objects that are local files: the embedded form. */
export class LocalTransport implements Transport {
  readonly #executor: Executor;
  readonly #tables: ReadonlyMap<string, string>;
  readonly #csv: CsvOptions | undefined;

  /**
   * `tables` gives the path of each named table; a table whose name ends in a known extension is a path itself. `csv` is
   * what is said of all tables that are CSV.
   */
  constructor(executor: Executor, tables: ReadonlyMap<string, string>, csv?: CsvOptions) {
    this.#executor = executor;
    this.#csv = csv;
    this.#tables = new Map([...tables].map(([name, path]) => [name.toLowerCase(), path]));
  }

  async open(table: string): Promise<TableObject> {
    const path = this.#tables.get(table.toLowerCase()) ?? (formatOfName(table) ? table : undefined);
    if (path === undefined)
      throw new SluiceError('unknown-name', `unknown table "${table}"; name its file with -t ${table}=PATH`);
    refuseOtherThanFiles(path);
    const description = await this.#executor.describe(await locateFile(path, undefined, this.#csv));
    return {
      description,
      place: path,
      scan: (fragment, _strategy, signal) => this.#executor.scan(description, fragment, signal),
    };
  }

  close(): Promise<void> {
    return this.#executor.close();
  }
}

function refuseOtherThanFiles(path: string): void {
  const found = findStats(path);
  if (found?.isDirectory()) throw new SluiceError('unsupported', `"${path}" is a folder; a table is one file so far`);
  if (!found && /[*?[{]/.test(path))
    throw new SluiceError('unsupported', `"${path}" is a pattern of file names; a table is one file so far`);
  if (found && !formatOfName(path))
    throw new SluiceError('unsupported', `"${path}": a table is a ${EXTENSIONS} file so far`);
}
