/** Where each part stands in `YYYY-MM-DD HH:MM:SS`, and how wide it is. */
const PARTS: Readonly<Record<string, { readonly at: number; readonly width: number }>> = {
  '%Y': { at: 0, width: 4 },
  '%m': { at: 5, width: 2 },
  '%d': { at: 8, width: 2 },
  '%H': { at: 11, width: 2 },
  '%M': { at: 14, width: 2 },
  '%S': { at: 17, width: 2 },
};
const DATE_PARTS = ['%Y', '%m', '%d'];
const LONGEST = 32;

export interface DateLayout {
  /** Bytes of a text. */
  readonly length: number;
  /** As the kernel csv-date-formats has it. */
  readonly vectors: Uint8Array;
}

/**
 * How texts in a format of strptime become ISO, where all of them that have their leading zeros are of the same length.
 * Undefined where they are not, and for formats with other parts than year, month, day, hour, minute and second. The
 * date must be whole; where `dateOnly`, there must be no more.
 */
export function dateLayout(format: string, dateOnly: boolean): DateLayout | undefined {
  const expanded = format.replaceAll('%T', '%H:%M:%S').replaceAll('%X', '%H:%M:%S').replaceAll('%x', '%Y-%m-%d');
  const tokens = expanded.match(/%[\s\S]?|[^%]/gu) ?? [];
  const seen = new Set(tokens.filter((token) => token.startsWith('%') && token !== '%%'));
  if (!DATE_PARTS.every((part) => seen.has(part)) || (dateOnly && seen.size > DATE_PARTS.length)) return undefined;
  const vectors = new Uint8Array(160);
  const result = Buffer.from('0000-00-00 00:00:00');
  const sources = vectors.subarray(64, 128).fill(255);
  let length = 0;
  for (const token of tokens) {
    const part = PARTS[token];
    if (part && !seen.delete(token)) return undefined;
    const width = part?.width ?? 1;
    if (length + width > LONGEST) return undefined;
    if (part) {
      for (let i = 0; i < width; i++) {
        const [from, to] = [length + i, part.at + i];
        sources[(to & 16) * 2 + (from & 16) + (to & 15)] = from & 15;
        result[to] = 0;
      }
    } else {
      const literal = token === '%%' ? '%' : token;
      if (literal.length > 1 || literal > '~') return undefined;
      vectors[length] = literal.charCodeAt(0);
      vectors[32 + length] = 255;
    }
    length += width;
  }
  vectors.set(result, 128);
  return { length, vectors };
}
