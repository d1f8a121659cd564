import { z } from 'zod';
import { SluiceError } from '../../../query/error.ts';
import { strptime } from '../../../query/strptime.ts';
import { type DataType, parseType } from '../../../query/types.ts';
import type { CsvDialect, CsvOptions } from '../../csv-format.ts';

const NAMED_BYTES: Readonly<Record<string, string>> = {
  tab: '\t',
  '\\t': '\t',
  comma: ',',
  semicolon: ';',
  pipe: '|',
  space: ' ',
  backslash: '\\',
};
const BYTE = 'one ASCII character, or tab, comma, semicolon, pipe, space or backslash';

/** A value in the spelling of people; `read` gives undefined for what it does not understand. */
function spelled<T>(expected: string, read: (value: unknown) => T | undefined) {
  return z
    .unknown()
    .transform((value, context): T => {
      const meaning = read(value);
      if (meaning !== undefined) return meaning;
      context.addIssue(`expected ${expected}, found ${JSON.stringify(value)}`);
      return z.NEVER;
    })
    .optional();
}

function readByte(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined;
  const character = NAMED_BYTES[value.toLowerCase()] ?? value;
  return /^[^\n\r\u0080-\uffff]$/.test(character) ? character.charCodeAt(0) : undefined;
}

const isNone = (value: unknown): boolean => value === null || value === 'none' || value === '';
const byteOrNone = (value: unknown): number | null | undefined => (isNone(value) ? null : readByte(value));

const READ_BOOLEAN: Readonly<Record<string, boolean>> = { true: true, false: false };
const yesOrNo = (value: unknown): boolean | undefined => READ_BOOLEAN[String(value).toLowerCase()];

const LINE_ENDS: Readonly<Record<string, 10 | 13>> = { lf: 10, '\n': 10, crlf: 10, '\r\n': 10, cr: 13, '\r': 13 };

const oneOf = <T extends string>(...words: readonly T[]) =>
  spelled(words.map((word) => JSON.stringify(word)).join(' or '), (value) => words.find((word) => word === value));

/** One text, or several as JSON. */
function readTexts(value: unknown): readonly string[] | undefined {
  if (typeof value === 'string') return value.startsWith('[') ? readTexts(parsedOrNothing(value)) : value.split(',');
  return Array.isArray(value) && value.every((text) => typeof text === 'string') ? value : undefined;
}

function parsedOrNothing(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

const timeFormat = z
  .string({ error: 'expected a format of strptime, such as "%d/%m/%Y"' })
  .superRefine((format, context) => {
    try {
      strptime(format);
    } catch (error) {
      context.addIssue((error as Error).message);
    }
  })
  .optional();

const typeSchema = z.string().transform((text, context): DataType => {
  try {
    return parseType(text);
  } catch (error) {
    context.addIssue((error as Error).message);
    return z.NEVER;
  }
});

/** Columns with their types: a list of `{name, type}`, with a `path` where NDJSON does not have it under its name; or a text as SQL declares them: `a bigint, "b c" decimal(9,2)`. */
export const columnsSchema = z.preprocess(
  (value) => (typeof value === 'string' ? (declaredColumns(value) ?? value) : value),
  z
    .array(z.object({ name: z.string().min(1), type: typeSchema, path: z.string().min(1).optional() }), {
      error: 'expected columns such as "a bigint, b varchar", or a list of {"name", "type"}',
    })
    .min(1)
    .superRefine((columns, context) => {
      const seen = new Set<string>();
      for (const [index, { name }] of columns.entries()) {
        if (seen.has(name.toLowerCase()))
          context.addIssue({ code: 'custom', message: `"${name}" stands there twice`, path: [index, 'name'] });
        seen.add(name.toLowerCase());
      }
    }),
);

/** A name, in double quotes where it holds more than letters and digits; a type, maybe with parameters. */
const DECLARED = /^\s*(?:"((?:[^"]|"")+)"|([^\s",]+))\s+([a-z]\w*(?:\s+[a-z]+)?\s*(?:\([\d\s,]*\))?)\s*(?:,|$)/i;

function declaredColumns(text: string): unknown {
  if (text.trimStart().startsWith('[')) return parsedOrNothing(text);
  const columns: { name: string; type: string }[] = [];
  for (let rest = text; rest.trim() !== ''; ) {
    const match = DECLARED.exec(rest);
    if (!match) return undefined;
    const [all, quotedName, name, type = ''] = match;
    columns.push({ name: quotedName?.replaceAll('""', '"') ?? name ?? '', type });
    rest = rest.slice(all.length);
  }
  return columns;
}

const OPTIONS = {
  delimiter: spelled(BYTE, readByte),
  quote: spelled(`${BYTE}; or none`, byteOrNone),
  escape: spelled(`${BYTE}; or none`, byteOrNone),
  lineEnd: spelled('lf, crlf or cr', (value) => LINE_ENDS[String(value).toLowerCase()]),
  comment: spelled(`${BYTE}; or none`, byteOrNone),
  header: spelled('true or false', yesOrNo),
  trim: spelled('true or false', yesOrNo),
  nulls: spelled('texts such as ["", "NA"]', readTexts),
  decimal: oneOf('.', ','),
  thousands: spelled('one character, or none', (value) =>
    isNone(value) ? null : typeof value === 'string' && /^[^\d+\-eE]$/u.test(value) ? value : undefined,
  ),
  dateFormat: timeFormat,
  timestampFormat: timeFormat,
  invalidUtf8: oneOf('error', 'replace'),
  badRows: oneOf('error', 'null', 'skip'),
  columns: columnsSchema.optional(),
  types: columnsSchema.optional(),
};

/** The options of CSV in the spellings of people. */
export const csvOptionsSchema = z.strictObject(OPTIONS, {
  error: (issue) =>
    issue.code === 'unrecognized_keys'
      ? `unknown option ${issue.keys.map((key) => JSON.stringify(key)).join(', ')}; the options are ${Object.keys(OPTIONS).join(', ')}`
      : undefined,
});

/** The options meant by their spellings. */
export function meantOptions({ decimal, ...spellings }: z.output<typeof csvOptionsSchema>): CsvOptions {
  const given = { ...spellings, ...(decimal && { decimalMark: decimal }) };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as CsvOptions;
}

/** Reads options in the spellings of people. Throws `bad-request` that names the option, and what it may be. */
export function parseCsvOptions(spellings: unknown): CsvOptions {
  const checked = csvOptionsSchema.safeParse(spellings);
  if (!checked.success) throw new SluiceError('bad-request', `CSV options: ${firstIssue(checked.error)}`);
  return meantOptions(checked.data);
}

/** The first thing that is wrong, as `place: what`. */
export function firstIssue({ issues }: z.ZodError): string {
  const issue = issues[0];
  const path = (issue?.path ?? []).map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`));
  const place = path.join('').replace(/^\./, '');
  return place ? `${place}: ${issue?.message}` : `${issue?.message}`;
}

/**
 * The dialect that options and detection make together.
 * Throws `bad-request` where two of its bytes are the same and could not be told apart.
 */
export function completeDialect(dialect: CsvDialect): CsvDialect {
  const { delimiter, quote, comment, escape: escapeByte } = dialect;
  const bytes = { delimiter, quote, comment, ...(escapeByte !== quote && { escape: escapeByte }) };
  const taken = new Map<number, string>();
  for (const [role, byte] of Object.entries(bytes)) {
    if (byte === null) continue;
    const other = taken.get(byte);
    if (other)
      throw new SluiceError(
        'bad-request',
        `CSV options: ${role}: ${JSON.stringify(String.fromCharCode(byte))} is the ${other} already`,
      );
    taken.set(byte, role);
  }
  if (dialect.thousands === dialect.decimalMark)
    throw new SluiceError('bad-request', `CSV options: thousands: "${dialect.thousands}" is the decimal mark already`);
  return { ...dialect, escape: quote === null ? null : escapeByte };
}
