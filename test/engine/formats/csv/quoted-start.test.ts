import { expect, test } from 'vitest';
import { RFC_4180 } from '../../../../engine/csv-format.ts';
import { firstRowBehindQuoted } from '../../../../engine/formats/csv/quoted-start.ts';
import { memorySource } from '../../memory-source.ts';

const format = { kind: 'csv', ...RFC_4180, dataStart: 0, header: false } as const;

test('the first row of a chunk that begins within quotes is the one behind them', async () => {
  const text = 'a,"b\nc ""d""\ne",f\ng,h\n';
  for (let start = 4; start < text.indexOf('",f'); start++) {
    // A start between the two quotes of one is taken for the first of them, as any quote is.
    if (text.slice(start - 1, start + 1) === '""') continue;
    expect(await firstRowBehindQuoted(memorySource(text), format, { start, end: text.length })).toBe(
      text.indexOf('g,h'),
    );
  }
});

test('a chunk that ends within the same quotes has no first row', async () => {
  const text = `"${'long text\n'.repeat(20_000)}"\n1\n`;
  expect(await firstRowBehindQuoted(memorySource(text), format, { start: 10, end: 150_000 })).toBe(150_001);
  expect(await firstRowBehindQuoted(memorySource(text), format, { start: 10, end: text.length })).toBe(text.length - 2);
});
