import type { Batch, ColumnSpec, Utf8Vector } from './column.ts';
import { encodeLines, type LineFormat, type PutValue } from './text-lines.ts';

const encoder = new TextEncoder();
const NOTHING = new Uint8Array(0);
const SEPARATOR = encoder.encode(',');
const QUOTE = 0x22;
const COMMA = 0x2c;
const NEWLINE = 0x0a;
const RETURN = 0x0d;

const CSV: LineFormat = {
  before: (column) => (column === 0 ? NOTHING : SEPARATOR),
  afterRow: encoder.encode('\n'),
  nullValue: NOTHING,
  fixedQuote: '',
  temporalQuote: '',
  putText,
  textExpansion: 2,
};

/** Values of every type in quotes. */
const QUOTED_CSV: LineFormat = { ...CSV, fixedQuote: '"', temporalQuote: '"', putText: putQuotedText };

/**
 * RFC 4180 with LF line ends and a header; NULL is an empty field, an empty text is `""`. `all` quotes every value and
 * every name, otherwise only what needs it is quoted.
 */
export function* encodeCsv(columns: readonly ColumnSpec[], batches: Iterable<Batch>, quoting?: 'all') {
  const names = columns.map(({ name }) => (quoting === 'all' ? `"${name}"` : name));
  yield { bytes: encoder.encode(`${names.join(',')}\n`), rows: 0 };
  yield* encodeLines(columns, batches, quoting === 'all' ? QUOTED_CSV : CSV);
}

function putText({ offsets, bytes: source }: Utf8Vector): PutValue {
  return (bytes, at, row) => {
    const start = offsets[row]!;
    const end = offsets[row + 1]!;
    let out = at;
    for (let i = start; i < end; i++) {
      const byte = source[i]!;
      if (byte === COMMA || byte === QUOTE || byte === NEWLINE || byte === RETURN)
        return putQuoted(bytes, at, source, start, end);
      bytes[out++] = byte;
    }
    return start === end ? putQuoted(bytes, at, source, start, end) : out;
  };
}

function putQuotedText({ offsets, bytes: source }: Utf8Vector): PutValue {
  return (bytes, at, row) => putQuoted(bytes, at, source, offsets[row]!, offsets[row + 1]!);
}

function putQuoted(bytes: Uint8Array, at: number, source: Uint8Array, start: number, end: number): number {
  let out = at;
  bytes[out++] = QUOTE;
  for (let i = start; i < end; i++) {
    const byte = source[i]!;
    if (byte === QUOTE) bytes[out++] = QUOTE;
    bytes[out++] = byte;
  }
  bytes[out++] = QUOTE;
  return out;
}
