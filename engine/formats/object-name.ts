/** What the names of objects end in; it decides how they are read. */
const FORMAT_OF_EXTENSION = {
  '.csv': 'csv',
  '.tsv': 'csv',
  '.parquet': 'parquet',
  '.ndjson': 'ndjson',
  '.jsonl': 'ndjson',
} as const;

type FormatName = (typeof FORMAT_OF_EXTENSION)[keyof typeof FORMAT_OF_EXTENSION];

/** The extensions for people: `.csv, .tsv, … or .jsonl`. */
export const EXTENSIONS = Object.keys(FORMAT_OF_EXTENSION)
  .join(', ')
  .replace(/, ([^,]*)$/, ' or $1');

/** How an object is read, by its name without regard to case; undefined for other names. */
export function formatOfName(name: string): FormatName | undefined {
  const extension = /\.[^.]*$/.exec(name)?.[0].toLowerCase() ?? '';
  return (FORMAT_OF_EXTENSION as Readonly<Record<string, FormatName>>)[extension];
}

/** The name without its extension, when that is a known one. */
export function withoutExtension(name: string): string {
  return formatOfName(name) ? name.replace(/\.[^.]*$/, '') : name;
}
