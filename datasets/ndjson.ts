import { writeAscii } from './ascii.ts';
import type { Batch, ColumnSpec, Utf8Vector } from './column.ts';
import { encodeLines, type PutValue } from './text-lines.ts';

const encoder = new TextEncoder();
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;

/**
 * One JSON object a line (UTF-8, LF): numbers for numbers and decimals, texts for dates and timestamps. Columns of one
 * nested object stand together, and the first column of an object, and the first behind a nested one, is not optional.
 */
export function encodeNdjson(columns: readonly ColumnSpec[], batches: Iterable<Batch>) {
  const objects = columns.map(({ name }) => name.split('.').slice(0, -1));
  return encodeLines(columns, batches, {
    before: (column) => encoder.encode(beforeValue(objects[column - 1], objects[column]!, columns[column]!.name)),
    afterRow: encoder.encode(`${'}'.repeat((objects.at(-1)?.length ?? 0) + 1)}\n`),
    nullValue: encoder.encode('null'),
    fixedQuote: '',
    temporalQuote: '"',
    putText: (vector, column) => (column.ndjson === 'verbatim' ? putVerbatim(vector) : putText(vector)),
    leavesOut: (column) => column.ndjson === 'optional',
    textExpansion: 6,
  });
}

/** What stands between two values: ends and beginnings of nested objects, and the key. */
function beforeValue(last: readonly string[] | undefined, next: readonly string[], name: string): string {
  const key = `${JSON.stringify(name.slice(name.lastIndexOf('.') + 1))}:`;
  const opened = (from: number) =>
    next
      .slice(from)
      .map((step) => `${JSON.stringify(step)}:{`)
      .join('');
  if (!last) return `{${opened(0)}${key}`;
  const shared = next.findIndex((step, depth) => last[depth] !== step);
  const kept = shared < 0 ? next.length : shared;
  return `${'}'.repeat(last.length - kept)},${opened(kept)}${key}`;
}

function putVerbatim({ offsets, bytes: source }: Utf8Vector): PutValue {
  return (bytes, at, row) => {
    const text = source.subarray(offsets[row], offsets[row + 1]);
    bytes.set(text, at);
    return at + text.length;
  };
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
