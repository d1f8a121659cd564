import type { CsvFormat } from '../../csv-format.ts';

const RETURN = 13;
const TAB = 9;
const BLANK = 32;

/**
 * A guess whether `from`, where a chunk begins, lies within a quoted field, by what stands around the first quotes in
 * [from, to): within nothing, quotes open a field where one begins; within quotes they close it where it ends, unless they
 * are escaped. Looks on as long as both are possible; false if that does not end. Text may look as if it were outside
 * of quotes, so the chunk before must verify the first row.
 * After Ge et al., "Speculative Distributed CSV Data Parsing for Big Data Analytics" (SIGMOD 2019).
 */
export function beginsQuoted(bytes: Uint8Array, from: number, to: number, format: CsvFormat): boolean {
  const { quote } = format;
  if (quote === null) return false;
  const doubled = format.escape === quote;
  const edges = new Set([format.delimiter, format.lineEnd, RETURN, ...(format.trim ? [BLANK, TAB] : [])]);
  const text = bytes.subarray(from, to);
  let flipped = false;
  for (let at = text.indexOf(quote); at >= 0; ) {
    let behind = at + 1;
    while (doubled && text[behind] === quote) behind++;
    // Nobody knows what goes on behind the last byte.
    if (behind >= text.length) break;
    // Quotes come in pairs but for one that opens the field or closes it.
    const odd = (behind - at) % 2 === 1;
    const escaped = !doubled && isEscaped(text, at, format.escape);
    const opens = (at === 0 || edges.has(text[at - 1] as number)) && (odd || edges.has(text[behind] as number));
    const closes = escaped || !odd || edges.has(text[behind] as number);
    if (opens !== closes) return closes !== flipped;
    if (odd && !escaped) flipped = !flipped;
    at = text.indexOf(quote, behind);
  }
  return false;
}

/** Whether an odd number of escape bytes stands before `at`. */
function isEscaped(text: Uint8Array, at: number, escapeByte: number | null): boolean {
  let first = at;
  while (first > 0 && text[first - 1] === escapeByte) first--;
  return (at - first) % 2 === 1;
}
