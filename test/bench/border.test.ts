import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Border } from '../../bench/border/border.ts';
import { MODULE_WAYS, ModuleBorder } from '../../bench/border/module-border.ts';
import { hasSecondMemory } from '../../bench/border/second-memory.ts';
import { THREAD_WAYS, ThreadBorder } from '../../bench/border/thread-border.ts';
import { parseExperiment } from '../../bench/experiment/read-experiments.ts';
import { border } from '../../bench/kinds/border.ts';

/** Sizes around cache lines, and one of several pages. */
const SIZES = [1, 63, 64, 65, 128, 1000, 200_000];
const MOST = Math.max(...SIZES);
const MS = 0.001;

function bytesOf(size: number, seed: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => (i * 31 + seed) & 255);
}

/** A byte of each cache line. */
function sumOf(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte, i) => (i % 64 === 0 ? sum + byte : sum), 0);
}

const LOOKING = MODULE_WAYS.filter((way) => way !== 'call' && (way !== 'second-memory' || hasSecondMemory()));

describe.each([
  ['module', () => ModuleBorder.open(MOST), LOOKING],
  ['thread', () => ThreadBorder.open(), THREAD_WAYS],
] as const)('the border of a %s', (_, open, ways) => {
  let side: Border;
  beforeAll(async () => {
    side = await open();
  });
  afterAll(() => side.close());

  it.each(ways)('%s brings all bytes of every load, and none of the one before', async (way) => {
    for (const [seed, size] of SIZES.entries()) {
      const data = bytesOf(size, seed);
      side.load(data);
      const { time, sum } = await side.measure(way, MS);
      expect(sum, `${size} bytes`).toBe(sumOf(data));
      expect(time).toBeGreaterThan(0);
    }
  });

  it('lets ways take turns over the same bytes', async () => {
    const data = bytesOf(1000, 7);
    side.load(data);
    for (const way of [...ways, ...ways]) expect((await side.measure(way, MS)).sum, way).toBe(sumOf(data));
  });
});

it('the empty call looks at nothing, and so has no sum', async () => {
  const side = await ModuleBorder.open(64);
  side.load(bytesOf(64, 1));
  expect(await side.measure('call', MS)).not.toHaveProperty('sum');
});

describe('the kind', () => {
  const experiment = (ways: string) =>
    parseExperiment(
      `
name: x
version: 1
default: false
kind: border
question: What?
method: So.
warmup: 0
factors: { size: [2^6, 100], border: [module, thread], way: ${ways} }
settings: { time: 0.01 }
figure:
  x: { factor: size, title: Bytes, scale: log2 }
  y: { metric: latency, title: Time }
  series: way
findings: [{ type: linear, x: size }]
`,
      'x.yaml',
    );
  const context = { progress: () => {}, signal: new AbortController().signal } as never;

  it('measures each way at the border that it crosses', async () => {
    const session = await border.open(experiment('[copy-in, transfer]'), context);
    try {
      expect(session.cases).toEqual([
        { size: '64', border: 'module', way: 'copy-in' },
        { size: '64', border: 'thread', way: 'transfer' },
        { size: '100', border: 'module', way: 'copy-in' },
        { size: '100', border: 'thread', way: 'transfer' },
      ]);
      await session.setUp({ size: '100' });
      const [one, other] = [await session.measure(session.cases[2]!), await session.measure(session.cases[3]!)];
      expect(one.answer).toEqual(other.answer);
      expect(one.metrics.map(({ metric }) => metric)).toEqual(['time', 'latency', 'byte']);
    } finally {
      await session.close();
    }
  });

  it('says which way was probably meant', async () => {
    await expect(border.open(experiment('[coppy-in]'), context)).rejects.toThrow(
      'factor way: no level "coppy-in"; did you mean "copy-in"?',
    );
  });
});
