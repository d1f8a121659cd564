import { expect, test } from 'vitest';
import { Random } from '../../../datasets/random.ts';
import type { CsvDialect } from '../../../engine/csv-format.ts';
import type { Expression } from '../../../query/expression.ts';
import type { Fragment } from '../../../query/fragment.ts';
import { matchesLike } from '../../../query/like-pattern.ts';
import type { Schema } from '../../../query/types.ts';
import { scanCsv } from './scan-csv.ts';

const SCHEMA: Schema = [
  { name: 'number', type: { kind: 'int64' } },
  { name: 'text', type: { kind: 'utf8' } },
  { name: 'last', type: { kind: 'int64' } },
];
const NUMBERS: Fragment['output'] = {
  kind: 'rows',
  columns: ['number', 'last'].map((name) => ({ name, expression: { kind: 'column', name } })),
};
const PATTERNS = ['%ab%', '%abc%b%', 'ab%', '%ab', 'a%b', '%"%', '%a"b%', '%a_b%', '%""%', '%bä%', '%a%,%'];

function like(pattern: string): Expression {
  const args = [
    { kind: 'column', name: 'text' },
    { kind: 'literal', type: { kind: 'utf8' }, value: pattern },
  ] as const;
  return { kind: 'call', function: 'like', args };
}

function quoted(text: string, escapeWith = '"'): string {
  return `"${text.replace(/["\\]/g, (character) => (character === '"' || escapeWith === '\\' ? escapeWith + character : character))}"`;
}

/** Texts of up to `longest` pieces, with what must be quoted and what must be doubled. */
function randomTexts(seed: number, count: number, longest: number, pieces: readonly string[]): string[] {
  const random = new Random(seed);
  const text = () => Array.from({ length: random.below(longest + 1) }, () => random.pick(pieces)).join('');
  return Array.from({ length: count }, text);
}

const PIECES = ['a', 'b', 'c', '"', '""', ',', '\n', 'ab', 'abc', 'lorem ipsum '];

test.each([
  ['short texts', 6, PIECES],
  ['long texts', 300, [...PIECES, 'x'.repeat(40)]],
  ['texts beyond ASCII', 40, [...PIECES, 'ä', '😀']],
] as const)('A search finds the same in %s, whatever stands in quotes.', async (_, longest, pieces) => {
  const texts = randomTexts(longest, 700, longest, pieces);
  const content = texts.map((text, row) => `${row},${quoted(text)},${row % 3}\n`).join('');
  for (const pattern of PATTERNS) {
    const expected = texts.flatMap((text, row) =>
      matchesLike(text, pattern, '') ? [[BigInt(row), BigInt(row % 3)]] : [],
    );
    for (const lane of ['wasm', 'js'] as const)
      for (const chunk of [undefined, 1000]) {
        const { rows } = await scanCsv({
          lane,
          content,
          schema: SCHEMA,
          filter: like(pattern),
          output: NUMBERS,
          chunk,
        });
        expect([pattern, lane, rows]).toEqual([pattern, lane, expected]);
      }
  }
});

test('An escape that is no quote is taken out before a text is searched.', async () => {
  const texts = ['ab', 'a"b', 'a\\b', 'xaby', '\\'];
  const written = [...texts.map((text) => quoted(text, '\\')), '"a\\b"'];
  const content = written.map((text, row) => `${row},${text},0\n`).join('');
  for (const lane of ['wasm', 'js'] as const) {
    const dialect: Partial<CsvDialect> = { escape: 92 };
    const { rows } = await scanCsv({ lane, content, schema: SCHEMA, dialect, filter: like('%ab%'), output: NUMBERS });
    expect(rows.map(([row]) => row)).toEqual([0n, 3n, 5n]);
  }
});

test.each(['error', 'null', 'skip'] as const)(
  'A searched text that is not UTF-8 is a bad value, under %s.',
  async (badRows) => {
    const [row, bad] = [Buffer.from('1,"a ""quote"" ab",2\n'), Buffer.from('1,"a ""quote"" \xff ab",2\n', 'latin1')];
    const content = Buffer.concat([row, row, bad, row]);
    const scan = (lane: 'wasm' | 'js') =>
      scanCsv({ lane, content, schema: SCHEMA, dialect: { badRows }, filter: like('%ab%'), output: NUMBERS }).catch(
        String,
      );
    const outcome = await scan('wasm');
    expect(outcome).toEqual(await scan('js'));
    if (badRows === 'error') expect(outcome).toContain('column "text": "a "quote" \ufffd ab" is not UTF-8');
    else expect(outcome).toMatchObject({ rows: [row, row, row].map(() => [1n, 2n]) });
  },
);

test('Bytes that are not UTF-8 are replaced in texts that are searched.', async () => {
  const content = Buffer.from('1,"a ""quote"" \xff ab",2\n2,"\xff",3\n', 'latin1');
  for (const lane of ['wasm', 'js'] as const) {
    const dialect: Partial<CsvDialect> = { invalidUtf8: 'replace' };
    const { rows } = await scanCsv({
      lane,
      content,
      schema: SCHEMA,
      dialect,
      filter: like('%\ufffd ab%'),
      output: NUMBERS,
    });
    expect(rows).toEqual([[1n, 2n]]);
  }
});
