import { expect, it } from 'vitest';
import { SharedRuns } from '../../../bench/cold/shared-runs.ts';

it('a run gives each part once; the part that comes again starts the next run', async () => {
  const runs = new SharedRuns<number>();
  let started = 0;
  const take = (key: string, part: string) => runs.take(key, part, ['a', 'b'], async () => ++started);
  expect(await take('js', 'b')).toBe(1);
  expect(await take('wasm', 'a')).toBe(2);
  expect(await take('js', 'a')).toBe(1);
  expect(await take('js', 'a')).toBe(3);
  expect(await take('wasm', 'b')).toBe(2);
  expect(await take('js', 'b')).toBe(3);
});
