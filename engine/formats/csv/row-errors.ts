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
  return `column "${name}": "${shortened(text)}" is not a valid ${formatType(type)}`;
}

/** `text`: the field's bytes. */
export function notUtf8({ name }: Field, text: Uint8Array): string {
  return `column "${name}": "${shortened(Buffer.from(text.subarray(0, 300)).toString())}" is not UTF-8`;
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

export function tooLong(bytes: number): string {
  return `the row is longer than ${bytes / 2 ** 20} MiB; is a quote never closed?`;
}

export const UNCLOSED_QUOTE = 'a quote is opened and never closed';
