/** One field of a sample: its bytes as latin1 text with quotes resolved, and whether it was quoted. */
export interface SampleField {
  readonly text: string;
  readonly quoted: boolean;
}

export interface SampleRow {
  readonly fields: readonly SampleField[];
  /** Offset in the sample behind the row's line end. */
  readonly end: number;
}

/**
 * Splits latin1 text (one character a byte, so that offsets count bytes) into rows as RFC 4180 and lanes do: LF or
 * CR LF ends a row, a quote that opens a field runs to the next lone quote. A last row without a line end counts only
 * when `complete`, that is when the sample is the whole object.
 */
export function splitSample(text: string, delimiter: string, complete: boolean): SampleRow[] {
  const rows: SampleRow[] = [];
  let fields: SampleField[] = [];
  let position = 0;
  while (position < text.length) {
    const field = text[position] === '"' ? quotedField(text, position) : plainField(text, position, delimiter);
    if (!field) break;
    let next = field.end;
    if (text[next] === '\r' && (text[next + 1] === '\n' || next + 1 === text.length)) next++;
    const atEnd = next >= text.length;
    if (atEnd && !complete) break;
    fields.push(field);
    if (atEnd || text[next] === '\n') {
      rows.push({ fields, end: Math.min(next + 1, text.length) });
      fields = [];
      position = next + 1;
    } else if (text[next] === delimiter) {
      position = next + 1;
      if (position === text.length && complete) {
        rows.push({ fields: [...fields, { text: '', quoted: false }], end: position });
        fields = [];
      }
    } else {
      // Bytes behind a closing quote: the lanes say where and why; here the rest of the field joins the next one.
      position = next + 1;
    }
  }
  return rows;
}

interface FieldSpan extends SampleField {
  readonly end: number;
}

function plainField(text: string, start: number, delimiter: string): FieldSpan {
  let end = start;
  while (end < text.length && text[end] !== delimiter && text[end] !== '\n') end++;
  if (text[end] !== delimiter && text[end - 1] === '\r' && end > start) end--;
  return { text: text.slice(start, end), quoted: false, end };
}

function quotedField(text: string, start: number): FieldSpan | undefined {
  for (let close = text.indexOf('"', start + 1); close >= 0; close = text.indexOf('"', close + 2)) {
    if (text[close + 1] === '"') continue;
    return { text: text.slice(start + 1, close).replaceAll('""', '"'), quoted: true, end: close + 1 };
  }
  return undefined;
}
