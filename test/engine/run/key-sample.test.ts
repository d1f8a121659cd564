import { expect, test } from 'vitest';
import type { Batch } from '../../../engine/column.ts';
import { KeySample } from '../../../engine/run/key-sample.ts';
import { INT64 } from '../../../query/types.ts';

function keys(first: number, length: number): Batch {
  const values = BigInt64Array.from({ length }, (_, row) => BigInt(first + row));
  return { schema: [{ name: 'k', type: INT64 }], length, columns: [{ kind: 'fixed', type: INT64, length, values }] };
}

test('a batch adds new keys unless a good part of them came before, in whatever batch', () => {
  const sample = new KeySample(1);
  const answers = [0, 40_000, 80_000, 10_000, 110_000].map((first) => sample.addsNewKeys(keys(first, 40_000)));
  expect(answers).toEqual([true, true, true, false, false]);
});

test('small batches and those without keys are always merged', () => {
  expect(new KeySample(1).addsNewKeys(keys(0, 100))).toBe(false);
  expect(new KeySample(0).addsNewKeys(keys(0, 40_000))).toBe(false);
});
