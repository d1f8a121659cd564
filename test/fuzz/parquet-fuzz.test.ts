import { afterAll, beforeAll, expect, test } from 'vitest';
import { ParquetCheck } from './parquet-check.ts';

let check: ParquetCheck;

beforeAll(async () => {
  check = await ParquetCheck.open();
});

afterAll(() => check.close());

test('damaged Parquet files give the same answer in both lanes, or an error in good order', async () => {
  for (let seed = 1; seed <= 250; seed++) {
    const failure = await check.check(seed);
    expect(failure && `seed ${seed}, ${failure.file}: ${failure.what} (${failure.query})`).toBe(undefined);
  }
});
