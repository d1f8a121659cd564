import { expect, test } from 'vitest';
import { runRandom } from './random-run.ts';

/** Any other seed: `npm run test:random -- --seed N`. */
const SEEDS = [1, 2_000, 3_000, 4_000, 5_000, 6_000];
const QUERIES = 360;

test.each(SEEDS)(
  `${QUERIES} random queries of seed %i answer on both lanes as in DuckDB`,
  { timeout: 300_000 },
  async (seed) => {
    const failures = await runRandom({ seed, queries: QUERIES, mostFailures: 1 });
    expect(failures.map(({ disagreement, command }) => `${disagreement}\n${command}`)).toEqual([]);
  },
);
