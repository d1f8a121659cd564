import { type Misfit, SluiceError } from '../../../query/error.ts';
import { type Field, formatType } from '../../../query/types.ts';

/** What is wrong with a row of CSV, by the offset of the row's first byte. The executor adds the line. */
export function badRow(object: string, row: number, what: string | FieldFault): SluiceError {
  const { message, misfit } = typeof what === 'string' ? { message: what, misfit: undefined } : what;
  return new SluiceError('bad-data', `${object}: row at byte ${row}: ${message}`, undefined, misfit);
}

/** What is wrong with a field, and its text where that is no value of its column's type. */
export interface FieldFault {
  readonly message: string;
  readonly misfit?: Misfit | undefined;
}

/** Characters of a text that go with an error; a longer one is neither a number nor a date. */
const LONGEST_MISFIT = 300;

export function wrongWidth(expected: number, found: number): string {
  return `expected ${expected} fields, found ${found}`;
}

export function notOfType({ name, type }: Field, text: string): FieldFault {
  return {
    message: `column "${name}": "${shortened(text)}" is not a valid ${formatType(type)}`,
    misfit: { column: name, text: text.slice(0, LONGEST_MISFIT) },
  };
}

/** `text`: the field's bytes. */
export function notUtf8({ name }: Field, text: Uint8Array): string {
  return `column "${name}": "${shortened(Buffer.from(text.subarray(0, 300)).toString())}" is not UTF-8`;
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** Bytes; a row must fit in memory. */
export const LONGEST_ROW = 256 << 20;

export function tooLong(bytes: number): string {
  return `the row is longer than ${bytes / 2 ** 20} MiB; is a quote never closed?`;
}

export const UNCLOSED_QUOTE = 'a quote is opened and never closed';
