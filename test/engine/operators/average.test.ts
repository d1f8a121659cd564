import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from 'vitest';
import { exactAverage, quickAverage } from '../../../engine/operators/average.ts';

/** A small fixed generator, so that every run sees the same numbers. */
function* numbers(count: number): Generator<bigint> {
  let state = 88172645463325252n;
  for (let index = 0; index < count; index++) {
    state = BigInt.asUintN(64, state ^ (state << 13n));
    state ^= state >> 7n;
    state = BigInt.asUintN(64, state ^ (state << 17n));
    yield BigInt.asIntN(64, state) >> BigInt(index % 50);
  }
}

test('avg over bigints and decimals is bit for bit what DuckDB computes', async () => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run('create table t(g integer, i bigint, d decimal(18,4), s integer)');
  const rows = [...numbers(6000)].map((value, index) => {
    const decimal = value % 10n ** 17n;
    const digits = (decimal < 0n ? -decimal : decimal).toString().padStart(5, '0');
    const text = `${decimal < 0n ? '-' : ''}${digits.slice(0, -4)}.${digits.slice(-4)}`;
    return { group: index % 1500, value, decimal, text, small: Number(BigInt.asIntN(31, value)) };
  });
  const literals = rows.map(({ group, value, text, small }) => `(${group}, ${value}, ${text}, ${small})`);
  await connection.run(`insert into t values ${literals.join(', ')}`);
  const result = await connection.runAndReadAll('select g, avg(i), avg(d), avg(s) from t group by g order by g');
  const sums = Array.from({ length: 1500 }, () => ({ value: 0n, decimal: 0n, small: 0n, count: 0n }));
  for (const { group, value, decimal, small } of rows) {
    const sum = sums[group]!;
    sum.value += value;
    sum.decimal += decimal;
    sum.small += BigInt(small);
    sum.count++;
  }
  expect(result.getRows()).toEqual(
    sums.map(({ value, decimal, small, count }, group) => [
      group,
      exactAverage(value, count, 0),
      exactAverage(decimal, count, 4),
      exactAverage(small, count, 0),
    ]),
  );
});

test('the quick average is the exact one, and leaves to it what lies in the middle of two doubles', () => {
  let left = 0;
  for (const [index, value] of [...numbers(40_000)].entries()) {
    const sum = BigInt.asIntN(54, value);
    const count = BigInt.asUintN(1 + (index % 40), value >> 9n) + 1n;
    const scale = index % 5;
    const quick = quickAverage(Number(sum), Number(count) * 10 ** scale);
    if (quick === undefined) left++;
    else expect(quick).toBe(exactAverage(sum, count, scale));
  }
  expect(left).toBeLessThan(2000);
  // A little above the middle of 1 and the next double: 64 bits round it into the middle, and that goes to 1.
  const [sum, count] = [2 ** 53 - 1, 2 ** 53 - 2];
  expect([sum / count, exactAverage(BigInt(sum), BigInt(count), 0)]).toEqual([1 + 2 ** -52, 1]);
  expect([quickAverage(sum, count), quickAverage(2 ** 53, 3), quickAverage(-7, 2)]).toEqual([
    undefined,
    undefined,
    -3.5,
  ]);
});
