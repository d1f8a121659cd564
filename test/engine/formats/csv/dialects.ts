import fc from 'fast-check';
import { type CsvDialect, RFC_4180 } from '../../../../engine/csv-format.ts';

const code = (character: string): number => character.charCodeAt(0);

/** Dialects of all delimiters, quotes, escapes, line ends and comments that go together. */
export const dialects: fc.Arbitrary<CsvDialect> = fc
  .record({
    delimiter: fc.constantFrom(',', '\t', ';', '|', '~', ' '),
    quote: fc.constantFrom('"', "'"),
    escaping: fc.constantFrom('doubled', '\\'),
    lineEnd: fc.constantFrom(10 as const, 13 as const),
    comment: fc.constantFrom(null, '#'),
    trim: fc.boolean(),
  })
  .map(({ delimiter, quote, escaping, lineEnd, comment, trim }) => ({
    ...RFC_4180,
    delimiter: code(delimiter),
    quote: code(quote),
    escape: code(escaping === 'doubled' ? quote : escaping),
    lineEnd,
    comment: comment === null ? null : code(comment),
    trim: trim && delimiter !== ' ',
  }));

const SPECIAL = [',', '\t', ';', '|', '~', ' ', '"', "'", '\\', '\n', '\r', '#', 'a', 'b', 'ü'];

/** Tables of texts full of what structures CSV; NULL is an unquoted empty field. */
export const tables = (columns: number): fc.Arbitrary<(string | null)[][]> =>
  fc.array(
    fc.array(
      fc.oneof(
        { weight: 1, arbitrary: fc.constant(null) },
        fc.string({ unit: fc.constantFrom(...SPECIAL), maxLength: 6 }),
      ),
      { minLength: columns, maxLength: columns },
    ),
    { minLength: 1, maxLength: 8 },
  );

/** How a table is written beyond its dialect. */
export interface Writing {
  /** For each field in turn: whether it is quoted though it need not be. */
  readonly quoteMore: readonly boolean[];
  /** CR before LF. */
  readonly carriageReturns: boolean;
  readonly lastLineEnd: boolean;
  /** Comment lines, where the dialect has them, and blanks around fields, where it trims. */
  readonly extras: boolean;
}

export const writings: fc.Arbitrary<Writing> = fc.record({
  quoteMore: fc.array(fc.boolean(), { minLength: 1, maxLength: 7 }),
  carriageReturns: fc.boolean(),
  lastLineEnd: fc.boolean(),
  extras: fc.boolean(),
});

/** The table as text of the dialect. */
export function writeCsv(
  table: readonly (readonly (string | null)[])[],
  dialect: CsvDialect,
  writing: Writing,
): string {
  const quote = String.fromCharCode(dialect.quote as number);
  const escapeBy = String.fromCharCode(dialect.escape as number);
  const delimiter = String.fromCharCode(dialect.delimiter);
  const comment = dialect.comment === null ? undefined : String.fromCharCode(dialect.comment);
  const lineEnd = dialect.lineEnd === 13 ? '\r' : writing.carriageReturns ? '\r\n' : '\n';
  const blanks = dialect.trim && writing.extras ? ' ' : '';
  let fields = 0;
  const write = (field: string | null): string => {
    if (field === null) return blanks;
    const more = writing.quoteMore[fields++ % writing.quoteMore.length];
    const bare = field !== '' && /^[abü\\]*$/.test(field) && !more;
    if (bare) return blanks + field + blanks;
    let text = '';
    for (const character of field)
      text += character === quote || character === escapeBy ? escapeBy + character : character;
    return blanks + quote + text + quote + blanks;
  };
  const lines = table.map((row) => row.map(write).join(delimiter));
  if (comment && writing.extras) lines.unshift(`${comment} it's "`, `${comment}`);
  return lines.join(lineEnd) + (writing.lastLineEnd || table.at(-1)?.at(-1) === null ? lineEnd : '');
}
