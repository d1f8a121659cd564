import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KernelMemory } from '../../bench/arrays/kernel-memory.ts';
import { kernelNamed } from '../../bench/arrays/kernels/table.ts';
import { resultText } from '../../bench/arrays/result-text.ts';
import { parseExperiment } from '../../bench/experiment/read-experiments.ts';
import { threads } from '../../bench/kinds/threads.ts';
import { Team } from '../../bench/threads/team.ts';
import { TEAM_WAYS } from '../../bench/threads/team-protocol.ts';

const WORKERS = 3;
const MS = 0.001;

/** What one thread makes of the whole input, in JavaScript. */
function alone(name: string, n: number, seed: number): string[] {
  const kernel = kernelNamed(name);
  const arrays = new KernelMemory('plain').hold(kernel, n);
  kernel.fill(arrays.first, arrays.second, seed);
  kernel.js(arrays.first, arrays.second, arrays.out);
  return resultText(kernel, arrays);
}

describe('a team', () => {
  let team: Team;
  beforeAll(async () => {
    team = await Team.open(WORKERS);
  });
  afterAll(() => team.close());

  it.each(['sum', 'filter-sum', 'dot', 'histogram', 'group-by'])(
    'does %s as one thread does, in every way, by any number of workers, even without a part for each',
    async (name) => {
      for (const [seed, n] of [1, 100, 1000, 10_007].entries()) {
        team.load(kernelNamed(name), n, seed);
        const wanted = alone(name, n, seed);
        for (const way of TEAM_WAYS) {
          for (let count = 1; count <= WORKERS; count++) {
            const { time, result } = await team.measure(way, count, MS);
            expect(result, `${way}, ${count} workers, ${n} elements`).toEqual(wanted);
            expect(time).toBeGreaterThan(0);
          }
        }
      }
    },
  );
});

describe('the kind', () => {
  const experiment = (kernel: string, cores: string) =>
    parseExperiment(
      `
name: x
version: 1
default: false
kind: threads
question: What?
method: So.
warmup: 0
factors: { kernel: [${kernel}], size: [2^10], way: [shared, own], cores: [${cores}] }
settings: { time: 0.01 }
figure:
  x: { factor: cores, title: Workers }
  y: { metric: rate, title: Rate }
  series: way
findings: [{ type: amdahl, x: cores, factor: way }]
`,
      'x.yaml',
    );
  const context = { progress: () => {}, signal: new AbortController().signal } as never;

  it('gives the same answer in every case of a contest', async () => {
    const session = await threads.open(experiment('histogram', '1, 2'), context);
    try {
      await session.setUp({ kernel: 'histogram', size: '1024' });
      const answers = [];
      for (const levels of session.cases) answers.push((await session.measure(levels)).answer);
      expect(answers).toHaveLength(4);
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    } finally {
      await session.close();
    }
  });

  it('refuses kernels whose parts do not add up, and numbers that are none', async () => {
    await expect(threads.open(experiment('sort', '1'), context)).rejects.toThrow('factor kernel: no level "sort"');
    await expect(threads.open(experiment('sum', 'two'), context)).rejects.toThrow('factor cores: "two" is no number');
  });
});
