import { type CsvDialect, type CsvOptions, RFC_4180 } from '../../csv-format.ts';
import { eachRow } from './sample.ts';

/** Bytes of a sample that decide its dialect, where they hold two rows. */
const PREFIX_SIZE = 64 * 1024;
const LF = 10;
const CR = 13;
const TAB = 9;
const SPACE = 32;
const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const COMMA = 0x2c;
const HASH = 0x23;
const BACKSLASH = 0x5c;
const DELIMITERS = [COMMA, TAB, 0x3b, 0x7c];

/** The parts of a dialect that a sample shows. */
type Structure = Pick<CsvDialect, 'delimiter' | 'quote' | 'escape' | 'comment' | 'trim'>;

/** How well a sample reads under a dialect. */
interface Fit {
  readonly columns: number;
  /** Share of the bytes in rows that are as wide as the first. */
  readonly agreeing: number;
  /** Fields in quotes. */
  readonly quoted: number;
}

/**
 * The dialect under which most of a sample is rows as wide as its first; of those that fit alike, the one with the most
 * columns, then the one that makes most of quotes. Options stand as they are given.
 */
export function detectDialect(head: Uint8Array, complete: boolean, given: CsvOptions): CsvDialect {
  const { header: _header, columns: _columns, types: _types, ...options } = given;
  const whole = head.length <= PREFIX_SIZE || lastLineEnd(head.subarray(0, PREFIX_SIZE)) < 0;
  const prefix = whole ? head : head.subarray(0, PREFIX_SIZE);
  const base: CsvDialect = { ...RFC_4180, lineEnd: detectLineEnd(prefix), ...options };
  let best: { readonly dialect: CsvDialect; readonly fit: Fit } | undefined;
  for (const structure of candidates(prefix, base.lineEnd, given)) {
    const dialect = { ...base, ...structure };
    const fit = fitOf(prefix, whole && complete, dialect);
    if (!best || fitsBetter(fit, best.fit)) best = { dialect, fit };
  }
  return best?.dialect ?? base;
}

function lastLineEnd(bytes: Uint8Array): number {
  return Math.max(bytes.lastIndexOf(LF), bytes.lastIndexOf(CR));
}

/** CR where the first line that ends outside of quotes ends in CR alone. */
function detectLineEnd(bytes: Uint8Array): 10 | 13 {
  let quoted = false;
  for (let p = 0; p < bytes.length; p++) {
    const byte = bytes[p];
    if (byte === QUOTE) quoted = !quoted;
    else if (!quoted && byte === LF) return LF;
    else if (!quoted && byte === CR) return bytes[p + 1] === LF || p + 1 === bytes.length ? LF : CR;
  }
  return LF;
}

/** What the sample may be, the likelier first: only what its bytes allow. */
function candidates(bytes: Uint8Array, lineEnd: number, given: CsvOptions): Structure[] {
  const found: Structure[] = [];
  const present = DELIMITERS.filter((delimiter) => bytes.includes(delimiter));
  const delimiters = given.delimiter === undefined ? [...present, ...DELIMITERS].slice(0, 5) : [given.delimiter];
  const comments =
    given.comment === undefined ? [null, ...(startsRow(bytes, HASH, lineEnd) ? [HASH] : [])] : [given.comment];
  for (const delimiter of new Set(delimiters))
    for (const { quote, escape: escapeByte } of quotings(bytes, lineEnd, delimiter, given))
      for (const comment of comments)
        for (const trim of given.trim === undefined && quote !== null && follows(bytes, SPACE, quote)
          ? [false, true]
          : [given.trim ?? false])
          found.push({ delimiter, quote, escape: escapeByte, comment, trim });
  return found;
}

type Quoting = Pick<CsvDialect, 'quote' | 'escape'>;

function quotings(bytes: Uint8Array, lineEnd: number, delimiter: number, given: CsvOptions): Quoting[] {
  const opens = (quote: number) => startsRow(bytes, quote, lineEnd) || follows(bytes, delimiter, quote);
  const quotes = given.quote === undefined ? [QUOTE, ...(opens(APOSTROPHE) ? [APOSTROPHE] : [])] : [given.quote];
  // Quotes are data where none opens a field.
  if (given.quote === undefined && bytes.includes(QUOTE) && !opens(QUOTE)) quotes.push(null);
  return quotes.flatMap((quote): Quoting[] => {
    if (quote === null) return [{ quote, escape: null }];
    if (given.escape !== undefined) return [{ quote, escape: given.escape }];
    return [quote, ...(follows(bytes, BACKSLASH, quote) ? [BACKSLASH] : [])].map((byte) => ({ quote, escape: byte }));
  });
}

function startsRow(bytes: Uint8Array, byte: number, lineEnd: number): boolean {
  return bytes[0] === byte || follows(bytes, lineEnd, byte);
}

/** Whether `second` stands behind `first` somewhere. */
function follows(bytes: Uint8Array, first: number, second: number): boolean {
  for (let p = bytes.indexOf(second, 1); p >= 0; p = bytes.indexOf(second, p + 1))
    if (bytes[p - 1] === first) return true;
  return false;
}

function fitOf(bytes: Uint8Array, complete: boolean, dialect: CsvDialect): Fit {
  let columns = 0;
  let agreeing = 0;
  let quoted = 0;
  eachRow(bytes, complete, dialect, (reader, start, next) => {
    if (reader.kind === 'comment' || (reader.kind === 'blank' && columns !== 1)) {
      agreeing += next - start;
      return true;
    }
    if (columns === 0) columns = reader.width;
    if (reader.fault !== undefined || reader.width !== columns) return true;
    agreeing += next - start;
    for (let field = 0; field < columns; field++) if (reader.quoted(field)) quoted++;
    return true;
  });
  return { columns, agreeing: agreeing / bytes.length, quoted };
}

function fitsBetter(fit: Fit, best: Fit): boolean {
  const [score, bestScore] = [scoreOf(fit), scoreOf(best)];
  if (score !== bestScore) return score > bestScore;
  if (fit.columns !== best.columns) return fit.columns > best.columns;
  return fit.quoted > 0 && best.quoted === 0;
}

/** One column fits every text somehow. */
function scoreOf({ columns, agreeing }: Fit): number {
  return columns > 1 ? agreeing : agreeing / 2;
}
