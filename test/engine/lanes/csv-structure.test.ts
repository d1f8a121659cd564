import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CsvDialect, RFC_4180 } from '../../../engine/csv-format.ts';
import { CsvStructure } from '../../../engine/lanes/wasm/csv-structure.ts';
import { instantiateKernels } from '../../../engine/lanes/wasm/kernels.ts';
import { EngineMemory } from '../../../engine/lanes/wasm/memory.ts';

/** What is found; all positions are those of bytes in the text. */
interface Found {
  readonly rows: number[];
  readonly misshapen: { start: number; end: number; fields: number }[];
  readonly marks: number[];
  readonly openRow: number;
  readonly misplaced: number | undefined;
  readonly isQuoted: boolean;
}

const COLUMNS = 2;
const [COMMA, QUOTE, BACKSLASH, HASH] = Buffer.from(',"\\#') as unknown as [number, number, number, number];
/** A comment byte that no text has: the careful kernel reads what the other one could. */
const NEVER = 1;

const memory = new EngineMemory();
const kernels = instantiateKernels(memory);

/** Lays the text out in memory as the scan does. */
function byKernel(text: Buffer, dialect: CsvDialect): Found {
  const mark = memory.mark();
  const structure = new CsvStructure(
    memory,
    kernels,
    { kind: 'csv', ...dialect, dataStart: 0, header: false },
    COLUMNS,
  );
  const length = Math.ceil(text.length / 64) * 64;
  const base = memory.allocate(128 + length) + 64;
  const bitmap = memory.allocateCleared(length / 8 + 16);
  structure.bitmap = bitmap - base / 8;
  memory.u8.fill(0x78, base, base + length);
  memory.u8.set(text, base);
  structure.begin(base, 'row start');
  const found: Omit<Found, 'openRow' | 'isQuoted' | 'misplaced'> = { rows: [], misshapen: [], marks: [] };
  let misplaced: number | undefined;
  for (let at = base; at < base + length && misplaced === undefined; ) {
    at = structure.index(at, base + length);
    const { starts, count, misshapen, misplacedQuote } = structure.found;
    for (let row = 0; row < count; row++) found.rows.push((memory.u32[(starts >> 2) + row] as number) - base);
    for (const { start, end, fields } of misshapen)
      found.misshapen.push({ start: start - base, end: end - base, fields });
    if (misplacedQuote !== undefined) misplaced = misplacedQuote - base;
  }
  for (let bit = 0; bit < length; bit++)
    if (((memory.u8[bitmap + (bit >> 3)] as number) >> (bit & 7)) & 1) found.marks.push(bit);
  const { openRow, isQuoted } = structure;
  memory.release(mark);
  return { ...found, openRow: openRow - base, misplaced, isQuoted: misplaced === undefined && isQuoted };
}

/** The same, one byte after the other, as the kernels see them: noise behind the text fills the last block. */
function byHand(text: Buffer, { delimiter, quote, escape: escapeByte, lineEnd, comment }: CsvDialect): Found {
  const bytes = Buffer.concat([text, Buffer.alloc((64 - (text.length % 64)) % 64, 'x')]);
  const found: Omit<Found, 'openRow' | 'isQuoted' | 'misplaced'> = { rows: [], misshapen: [], marks: [] };
  let start = 0;
  let fields = 0;
  let state: 'start' | 'text' | 'quoted' | 'closed' | 'return' | 'comment' = 'start';
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    const stop = () => ({ ...found, openRow: start, misplaced: at, isQuoted: false });
    if (state === 'quoted') {
      if (byte === escapeByte && escapeByte !== quote) at++;
      else if (byte === quote) state = 'closed';
      if (at >= bytes.length) break;
    } else if (state === 'comment') {
      if (byte !== lineEnd) continue;
      start = at + 1;
      state = 'start';
    } else if (byte === lineEnd) {
      found.marks.push(at);
      fields++;
      const blank = bytes.subarray(start, at).toString('latin1');
      if (fields === COLUMNS) found.rows.push(start);
      else if (blank !== '' && (blank !== '\r' || lineEnd !== 10)) found.misshapen.push({ start, end: at, fields });
      start = at + 1;
      fields = 0;
      state = 'start';
    } else if (byte === delimiter && state !== 'return') {
      found.marks.push(at);
      fields++;
      state = 'start';
    } else if (state === 'start') {
      state = byte === comment && at === start ? 'comment' : byte === quote ? 'quoted' : 'text';
    } else if (state === 'text') {
      if (byte === quote) return stop();
    } else if (state === 'closed' && byte === quote && escapeByte === quote) state = 'quoted';
    else if (state === 'closed' && byte === 13 && lineEnd === 10) state = 'return';
    else return stop();
  }
  return { ...found, openRow: start, misplaced: undefined, isQuoted: state === 'quoted' };
}

/** Texts of the bytes that matter, long enough for several blocks; well-formed fields are likely, else nothing is reached. */
const texts = fc
  .array(
    fc.oneof(
      {
        weight: 6,
        arbitrary: fc.constantFrom('a,b\n', 'long text of a field,"quoted, ""text""\n more"\n', '"",""\r\n'),
      },
      {
        weight: 3,
        arbitrary: fc.constantFrom('\n', '\r\n', 'a\n', 'a,b,c\n', '#x "\n', '"\\"",b\n', 'a,b\r', '"a"\r\n'),
      },
      { weight: 1, arbitrary: fc.constantFrom(',', '"', '\n', '\r', '\\', '#', 'a', ' ') },
    ),
    { maxLength: 60 },
  )
  .map((pieces) => Buffer.from(pieces.join('')));

describe('the structure kernels find what a plain state machine finds', () => {
  test.each([
    ['RFC 4180', RFC_4180],
    ['RFC 4180, byte by byte', { ...RFC_4180, comment: NEVER }],
    ['no quote', { ...RFC_4180, quote: null, escape: null }],
    ['CR', { ...RFC_4180, lineEnd: 13 }],
    ['CR, byte by byte', { ...RFC_4180, lineEnd: 13, comment: NEVER }],
    ['comments', { ...RFC_4180, comment: HASH }],
    ['a backslash escapes', { ...RFC_4180, escape: BACKSLASH }],
    ['a quote for a delimiter and the other way round', { ...RFC_4180, delimiter: QUOTE, quote: COMMA, escape: COMMA }],
  ] as const)('%s', (_, dialect) => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(byKernel(text, dialect)).toEqual(byHand(text, dialect));
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});
