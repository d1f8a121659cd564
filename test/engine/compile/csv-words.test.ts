import fc from 'fast-check';
import { expect, test } from 'vitest';
import { afterFields, fourTimes, nextByte, rowEnd, wordsOf } from '../../../engine/compile/js/csv-words.ts';

const COMMA = 44;
const QUOTE = 34;
const LF = 10;

/** Bytes that are likely to be special, and neighbours of special ones. */
const BYTE = fc.oneof(fc.constantFrom(COMMA, COMMA, QUOTE, LF, 13, 45, 43, 0, 9, 11, 0xac, 0x8a, 0xff), fc.nat(255));
const TEXT = fc.array(BYTE, { maxLength: 600 });

/** The bytes with LFs behind them, in a buffer of whole words. */
function buffer(bytes: readonly number[]): Uint8Array {
  const padded = new Uint8Array(Math.ceil((bytes.length + 1) / 4) * 4 + 64).fill(LF);
  padded.set(bytes);
  return padded;
}

const count = (bytes: Uint8Array, from: number, to: number, byte: number) =>
  bytes.subarray(from, to).filter((each) => each === byte).length;

/** The end of the row that begins at 0, sought from `from` on. */
const endOfRow = (bytes: Uint8Array, from: number, expected: number, quote = QUOTE) =>
  rowEnd(bytes, wordsOf(bytes), from, 0, COMMA, quote, nextByte(bytes, quote, from), expected);

test('a row end is found where a byte loop finds it, if the delimiters are as many as expected', () => {
  fc.assert(
    fc.property(TEXT, fc.nat(600), (text, start) => {
      const bytes = text.filter((byte) => byte !== QUOTE);
      const row = buffer(bytes);
      const from = Math.min(start, bytes.length);
      const end = row.indexOf(LF, from);
      const delimiters = count(row, from, end, COMMA);
      expect(endOfRow(row, from, delimiters)).toBe(end + 1);
      expect(endOfRow(row, from, delimiters + 1)).toBe(-1);
      expect(endOfRow(row, from, delimiters - 1)).toBe(-1);
    }),
    { numRuns: 1000 },
  );
});

test('long rows are counted in full', () => {
  for (const length of [230, 255, 256, 1024, 5000]) {
    const row = buffer(Array.from({ length }, () => COMMA));
    expect(endOfRow(row, 1, length - 1)).toBe(length + 1);
    expect(endOfRow(row, 1, (length - 1) % 256)).toBe(length <= 256 ? length + 1 : -1);
  }
});

test('fields are skipped as a byte loop skips them, never beyond the row', () => {
  fc.assert(
    fc.property(TEXT, fc.nat(600), fc.integer({ min: 1, max: 20 }), (bytes, start, wanted) => {
      const row = buffer(bytes);
      const from = Math.min(start, bytes.length);
      const end = row.indexOf(LF, from);
      let at = from;
      let left = wanted;
      while (at < end && left > 0) if (row[at++] === COMMA) left--;
      expect(afterFields(wordsOf(row), from, fourTimes(COMMA), wanted)).toBe(left === 0 ? at : -1);
    }),
    { numRuns: 1000 },
  );
});

test('a row end behind quoted fields is found by the rules of quotes', () => {
  const rows: [string, number, number][] = [
    ['a,"b,c\n","""",d\n', 3, 16],
    ['"a"\n', 0, 4],
    ['"a"\r\n', 0, 5],
    ['"a"b,c\n', 1, -1],
    ['a"b",c\n', 1, -1],
    ['a,"b"\n', 2, -1],
    [`${'a,'.repeat(20)}"b\n",c\n`, 21, 47],
    [`${'a,'.repeat(20)}${'b'.repeat(300)},"c"\n`, 21, 345],
    [`${'a,'.repeat(20)}é,"c"\n`, 21, 47],
  ];
  for (const [text, expected, end] of rows) {
    const bytes = buffer([...Buffer.from(text)]);
    expect(endOfRow(bytes, 0, expected), text).toBe(end);
  }
});

test('the next byte is found, or the end', () => {
  fc.assert(
    fc.property(TEXT, fc.nat(600), (bytes, start) => {
      const row = buffer(bytes);
      const from = Math.min(start, row.length);
      const found = row.indexOf(QUOTE, from);
      expect(nextByte(row, QUOTE, from)).toBe(found < 0 ? row.length : found);
    }),
  );
});
