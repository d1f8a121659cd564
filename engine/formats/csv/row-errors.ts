import { SluiceError } from '../../../query/error.ts';
import { type Field, formatType } from '../../../query/types.ts';

/** What is wrong with a row of CSV, by the offset of the row's first byte. The executor adds the line. */
export function badRow(object: string, row: number, what: string): SluiceError {
  return new SluiceError('bad-data', `${object}: row at byte ${row}: ${what}`);
}

export function wrongWidth(expected: number, found: number): string {
  return `expected ${expected} fields, found ${found}`;
}

export function notOfType({ name, type }: Field, text: string): string {
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return `column "${name}": "${shown}" is not a valid ${formatType(type)}`;
}

export function tooLong(bytes: number): string {
  return `the row is longer than ${bytes / 2 ** 20} MiB; is a quote never closed?`;
}

export const UNCLOSED_QUOTE = 'a quote is opened and never closed';
