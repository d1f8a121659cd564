/** What the names of objects end in; it decides how they are read. */
const FORMAT_OF_EXTENSION = {
  '.csv': 'csv',
  '.tsv': 'csv',
  '.parquet': 'parquet',
  '.ndjson': 'ndjson',
  '.jsonl': 'ndjson',
} as const;

export type FormatName = (typeof FORMAT_OF_EXTENSION)[keyof typeof FORMAT_OF_EXTENSION];

/** What may follow the extension of text; whether it is compressed, and how, its bytes say. */
const COMPRESSED = /\.(?:gz|zst)$/i;

/** The extensions for people: `.csv, .tsv, … or .jsonl`. */
export const EXTENSIONS = Object.keys(FORMAT_OF_EXTENSION)
  .join(', ')
  .replace(/, ([^,]*)$/, ' or $1');

/** How an object is read, by its name without regard to case; undefined for other names. */
export function formatOfName(name: string): FormatName | undefined {
  const plain = name.replace(COMPRESSED, '');
  const extension = /\.[^.]*$/.exec(plain)?.[0].toLowerCase() ?? '';
  const format = (FORMAT_OF_EXTENSION as Readonly<Record<string, FormatName>>)[extension];
  return format === 'parquet' && plain !== name ? undefined : format;
}

/** The name without its extension, when that is a known one. */
export function withoutExtension(name: string): string {
  return formatOfName(name) ? name.replace(COMPRESSED, '').replace(/\.[^.]*$/, '') : name;
}
