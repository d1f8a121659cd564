import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Contender } from '../../bench/contenders/contender.ts';
import { openNativeQ6 } from '../../bench/contenders/q6/native-q6.ts';
import { rowRanges } from '../../bench/contenders/q6/row-ranges.ts';
import { openWasmQ6 } from '../../bench/contenders/q6/wasm-q6.ts';
import { compilerVersion } from '../../bench/engines/native-program.ts';
import { seededRandom } from '../../bench/statistics/random.ts';
import { writeDataset } from '../../datasets/write-dataset.ts';

const HEADER =
  'l_orderkey,l_partkey,l_suppkey,l_linenumber,l_quantity,l_extendedprice,l_discount,l_tax,l_returnflag,l_linestatus,l_shipdate,l_commitdate,l_receiptdate,l_shipinstruct,l_shipmode,l_comment\n';
const PASSES = '1,17,8,1,23.00,30261.33,0.06,0.00,A,F,1994-01-27,1995-03-08,1995-02-06,COLLECT COD,TRUCK,careful\n';
const DECIMAL = /^\d{1,8}\.\d\d$/;
const REFUSED = 'refused';

/** Q6 row by row, from the text; `refused` where a row is not CSV, or not covered. */
function naive(text: string): string {
  let revenue = 0n;
  let count = 0;
  try {
    const rows = parse(text, { record_delimiter: '\n', relax_column_count: true }) as string[][];
    for (const row of rows.slice(1)) {
      const [quantity = '', price = '', discount = ''] = row.slice(4);
      const date = row[10] ?? '';
      if (!/^\d{4}-\d\d-\d\d$/.test(date)) return REFUSED;
      if (!date.startsWith('1994')) continue;
      if (!DECIMAL.test(quantity) || !DECIMAL.test(discount)) return REFUSED;
      if (Number(quantity) >= 24 || Number(discount) < 0.05 || Number(discount) > 0.07) continue;
      if (!DECIMAL.test(price)) return REFUSED;
      revenue += BigInt(price.replace('.', '')) * BigInt(discount.replace('.', ''));
      count++;
    }
  } catch {
    return REFUSED;
  }
  const decimal = `${revenue / 10_000n}.${String(revenue % 10_000n).padStart(4, '0')}`;
  return `${count === 0 ? '' : decimal} ${count}`;
}

/** A row as lineitem has them, most of which pass; keys may be so long that the date is not in the first 64 bytes. */
function randomRow(random: () => number): string {
  const below = (n: number) => Math.floor(random() * n);
  const pick = <T>(values: readonly T[]) => values[below(values.length)]!;
  const money = (cents: number) => `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
  const key = () => below(10 ** (1 + below(14)));
  const date = `${pick([1993, 1994, 1994, 1994, 1995])}-${pick(['01-01', '06-17', '12-31'])}`;
  const comment = pick(['careful', '', '"a, b"', '"line\nbreak"', '"1,2,3,4,\n5,6,7,8,"', '"say ""so"""', '""']);
  const numbers = [money(100 * (18 + below(8))), money(below(10_000_000)), money(4 + below(5)), '0.02'];
  return `${[key(), key(), key(), 1 + below(7), ...numbers, 'A', 'F', date, date, date, 'NONE', 'AIR', comment].join()}\n`;
}

/** With one byte replaced, removed or added. */
function damaged(text: string, random: () => number): string {
  const at = HEADER.length + Math.floor(random() * (text.length - HEADER.length));
  const byte = '"",,\n\n0-.x'[Math.floor(random() * 10)]!;
  const [before, behind] = [text.slice(0, at), text.slice(at)];
  return [`${before}${byte}${behind.slice(1)}`, `${before}${behind.slice(1)}`, `${before}${byte}${behind}`][
    Math.floor(random() * 3)
  ]!;
}

const compiler = await compilerVersion();
const LANES: Readonly<Record<string, (threads: number) => Promise<Contender>>> = {
  'wasm-scalar': (threads) => openWasmQ6('scalar', threads),
  'wasm-simd': (threads) => openWasmQ6('simd', threads),
  native: openNativeQ6,
};

/** 1.5 MB: more than a piece. */
const lineitem = { text: '', answer: '' };
beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-q6-'));
  const path = join(folder, 'lineitem.csv');
  await writeDataset({ name: 'lineitem', format: 'csv', scale: 0.002, path });
  lineitem.text = await readFile(path, 'utf8');
  lineitem.answer = naive(lineitem.text);
  await rm(folder, { recursive: true });
});

describe.each(Object.entries(LANES))('the scan of Q6: %s', (lane, openLane) => {
  const test = it.skipIf(lane === 'native' && compiler === undefined);
  let folder = '';
  let contender: Contender;
  beforeAll(async () => {
    if (lane === 'native' && compiler === undefined) return;
    folder = await mkdtemp(join(tmpdir(), 'sluice-q6-'));
    contender = await openLane(2);
  });
  afterAll(async () => {
    await contender?.close();
    if (folder !== '') await rm(folder, { recursive: true });
  });

  /** The answer, or `refused`. */
  async function answerTo(text: string): Promise<string> {
    const path = join(folder, 'scanned.csv');
    await writeFile(path, text);
    return contender.ask({ query: 'q6', sql: '', path }).then(
      ({ rows }) => rows[0]!.join(' '),
      (error) => (error.code === 'unsupported' ? REFUSED : Promise.reject(error)),
    );
  }

  test('answers as a naive scan does, quoted line breaks and rows of any length included', async () => {
    const random = seededRandom(1);
    for (let i = 0; i < 20; i++) {
      const text = HEADER + Array.from({ length: 1 + 4 * i }, () => randomRow(random)).join('');
      expect(await answerTo(text)).toBe(naive(text));
    }
  });

  test('never answers otherwise than a naive scan where a byte is damaged: it refuses', async () => {
    const random = seededRandom(2);
    let answers = 0;
    for (let i = 0; i < 250; i++) {
      const text = damaged(HEADER + Array.from({ length: 12 }, () => randomRow(random)).join(''), random);
      const answer = await answerTo(text);
      if (answer === REFUSED) continue;
      expect(answer, JSON.stringify(text)).toBe(naive(text));
      answers++;
    }
    expect(answers).toBeGreaterThan(50);
  });

  test('answers over several pieces as a naive scan does, with any number of threads', async () => {
    const path = join(folder, 'lineitem.csv');
    await writeFile(path, lineitem.text);
    for (const threads of [1, 3]) {
      const other = await openLane(threads);
      const { rows } = await other.ask({ query: 'q6', sql: '', path });
      await other.close();
      expect(rows[0]!.join(' ')).toBe(lineitem.answer);
    }
  });

  test('answers NULL where no row passes', async () => {
    expect(await answerTo(HEADER)).toBe(' 0');
    expect(await answerTo(HEADER + PASSES.replace('1994', '1996'))).toBe(' 0');
  });

  test.each([
    ['quotes before the date', PASSES.replace(',A,', ',"A",')],
    ['quotes before the date of a long row', PASSES.replace('17', `"${'1'.repeat(70)}"`)],
    ['a number without places', PASSES.replace('23.00', '23')],
    ['a negative number', PASSES.replace('0.06', '-0.06')],
    ['a number of nine digits', PASSES.replace('30261.33', '123456789.00')],
    ['NULL', PASSES.replace('0.06', '')],
    ['another date', PASSES.replace('1994-01-27', '27.01.1994')],
    ['too few fields', '1,2,3,4\n'],
    ['an empty line', '\n'],
    ['a quote within a field', PASSES.replace('careful', 'care"ful')],
    ['a field behind a closing quote', PASSES.replace('careful', '"care"ful')],
    ['quotes that stay open', PASSES.replace('careful', '"careful')],
    ['a last row without a line end', PASSES.trimEnd()],
    ['a row longer than a piece', PASSES.replace('careful', 'careful'.repeat(200_000))],
  ])('refuses %s', async (_, row) => {
    expect(await answerTo(HEADER + PASSES + row)).toBe(REFUSED);
  });

  test('refuses where its second range would begin with what looks like a row, but stands in quotes', async () => {
    const text = HEADER + PASSES.replace('careful', `"${'\n'.repeat(PASSES.length)}${PASSES}"`);
    expect(naive(text)).not.toBe(REFUSED);
    expect(await answerTo(text)).toBe(REFUSED);
  });

  test('says where it refuses, and what it takes', async () => {
    const path = join(folder, 'negative.csv');
    await writeFile(path, HEADER + PASSES + PASSES.replace('0.06', '-0.06'));
    const at = HEADER.length + PASSES.length;
    await expect(contender.ask({ query: 'q6', sql: '', path })).rejects.toThrow(
      `negative.csv: at byte ${at}: the scan of Q6 takes whole lines of lineitem`,
    );
    await expect(contender.ask({ query: 'q1', sql: '', path })).rejects.toThrow('does not answer q1');
  });
});

describe('ranges of rows', () => {
  it('begin behind line ends, follow one another, and hold every row', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-q6-'));
    try {
      const path = join(folder, 'rows.csv');
      await writeFile(path, HEADER + PASSES.repeat(50));
      const ranges = await rowRanges(path, 4);
      expect(ranges).toHaveLength(4);
      expect(ranges[0]!.from).toBe(HEADER.length);
      expect(ranges.at(-1)!.to).toBe(HEADER.length + 50 * PASSES.length);
      for (const [i, { from }] of ranges.entries()) {
        expect((from - HEADER.length) % PASSES.length).toBe(0);
        if (i > 0) expect(from).toBe(ranges[i - 1]!.to);
      }
      await writeFile(path, HEADER);
      expect(await rowRanges(path, 4)).toEqual([]);
      await writeFile(path, 'a,b\n1,2\n');
      await expect(rowRanges(path, 4)).rejects.toThrow('column 4 is not l_quantity');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
