import { expect, test } from 'vitest';
import type { Schema } from '../../../query/types.ts';
import { scanCsv } from './scan-csv.ts';

const SCHEMA: Schema = [
  { name: 'integer', type: { kind: 'int64' } },
  { name: 'decimal', type: { kind: 'decimal', precision: 18, scale: 2 } },
];

test.each(['wasm', 'js'] as const)('numbers of every length are exact in the %s lane', async (lane) => {
  const digits = Array.from({ length: 18 }, (_, length) => '9876543210123456789'.slice(0, length + 1));
  const signed = digits.flatMap((text) => [text, `-${text}`]);
  const decimals = (text: string) => [text.slice(0, -2) || '0', text.slice(-2)].join('.').replace(/^-?\./, '0.');
  const content = signed.map((text) => `${text},"${decimals(`000${text.replace('-', '')}`)}"\n`).join('');
  const { rows } = await scanCsv({ lane, content, schema: SCHEMA });
  expect(rows).toEqual(signed.map((text) => [BigInt(text), BigInt(text.replace('-', ''))]));
});
