import { toArrow, toArrowSchema } from '../engine/arrow.ts';
import type { Batch } from '../engine/column.ts';
import { encodeParquet } from '../engine/write/encode-parquet.ts';
import { PARQUET_CODECS, PARQUET_STATISTICS, type ParquetLayout } from '../engine/write/parquet-options.ts';
import { replaceFile } from '../engine/write/replace-file.ts';
import { SluiceError } from '../query/error.ts';
import type { CopyOption, CopyStatement } from '../query/sql/parse-copy.ts';
import { INT64, type Schema } from '../query/types.ts';

/** What COPY answers, as in DuckDB: the number of rows that were written. */
export const COPY_SCHEMA: Schema = [{ name: 'Count', type: INT64 }];

type Setting = (value: string) => ParquetLayout | undefined;

/** By name of an option: what it sets; undefined for a value that it does not have. */
const SETTINGS: Readonly<Record<string, Setting>> = {
  format: (value) => (value.toLowerCase() === 'parquet' ? {} : undefined),
  compression: codecSetting,
  codec: codecSetting,
  row_group_size: (value) => (isCount(value) ? { rowGroupRows: Number(value) } : undefined),
  page_size: (value) => (isCount(value) ? { pageBytes: Number(value) } : undefined),
  dictionary(value) {
    const dictionary = { true: true, false: false }[value.toLowerCase()];
    return dictionary === undefined ? undefined : { dictionary };
  },
  statistics(value) {
    const statistics = PARQUET_STATISTICS.find((level) => level === value.toLowerCase());
    return statistics && { statistics };
  },
};

/** The layout that the options ask for. Throws `unsupported` and `bad-value` with the position in `text`. */
export function copyLayout({ path, options }: CopyStatement, text: string): ParquetLayout {
  const named = options.some(({ name }) => name === 'format');
  if (!named && !/\.parquet$/i.test(path))
    throw new SluiceError('unsupported', `COPY writes Parquet; for "${path}" say so: (FORMAT parquet)`);
  return Object.assign({}, ...options.map((option) => setting(option, text)));
}

function setting({ name, value, at }: CopyOption, text: string): ParquetLayout {
  const position = { text, offset: at };
  if (name.includes('bloom')) throw new SluiceError('unsupported', 'COPY cannot write Bloom filters', position);
  const set = Object.hasOwn(SETTINGS, name) ? SETTINGS[name] : undefined;
  if (!set) {
    const known = Object.keys(SETTINGS).join(', ');
    throw new SluiceError('unsupported', `COPY has no option "${name}" (${known})`, position);
  }
  const layout = set(value);
  if (!layout) throw new SluiceError('bad-value', `COPY: ${name} cannot be "${value}"`, position);
  return layout;
}

function codecSetting(value: string): ParquetLayout | undefined {
  const name = value.toLowerCase();
  const codec = PARQUET_CODECS.find((codec) => codec === (name === 'lz4' ? 'lz4_raw' : name));
  return codec && { codec };
}

function isCount(value: string): boolean {
  return /^[1-9]\d{0,8}$/.test(value);
}

/** Writes the batches to a Parquet file, by so many threads. Returns the number of rows. Throws as `replaceFile` does. */
export async function copyToParquet(
  path: string,
  layout: ParquetLayout,
  threads: number,
  schema: Schema,
  batches: AsyncIterable<Batch>,
): Promise<number> {
  const names = schema.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined)
    throw new SluiceError('bad-request', `COPY: two columns are named "${twice}"; give one another name with AS`);
  const arrowSchema = toArrowSchema(schema);
  let rows = 0;
  async function* records() {
    for await (const batch of batches) {
      rows += batch.length;
      yield toArrow(batch, arrowSchema);
    }
  }
  await replaceFile(path, encodeParquet(arrowSchema, records(), { ...layout, threads }));
  return rows;
}
