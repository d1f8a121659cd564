import { writeAscii } from './ascii.ts';
import type { Batch, ColumnSpec, Utf8Vector } from './column.ts';
import { encodeLines, type PutValue } from './text-lines.ts';

const encoder = new TextEncoder();
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;

/** One JSON object a line (UTF-8, LF): numbers for numbers and decimals, texts for dates and timestamps. */
export function encodeNdjson(columns: readonly ColumnSpec[], batches: Iterable<Batch>) {
  return encodeLines(columns, batches, {
    before: (column) => encoder.encode(`${column === 0 ? '{' : ','}${JSON.stringify(columns[column]!.name)}:`),
    afterRow: encoder.encode('}\n'),
    nullValue: encoder.encode('null'),
    temporalQuote: '"',
    putText,
    textExpansion: 6,
  });
}

function putText({ offsets, bytes: source }: Utf8Vector): PutValue {
  return (bytes, at, row) => {
    const end = offsets[row + 1]!;
    let out = at;
    bytes[out++] = QUOTE;
    for (let i = offsets[row]!; i < end; i++) {
      const byte = source[i]!;
      if (byte < SPACE) {
        out = writeAscii(bytes, out, JSON.stringify(String.fromCharCode(byte)).slice(1, -1));
        continue;
      }
      if (byte === QUOTE || byte === BACKSLASH) bytes[out++] = BACKSLASH;
      bytes[out++] = byte;
    }
    bytes[out++] = QUOTE;
    return out;
  };
}
