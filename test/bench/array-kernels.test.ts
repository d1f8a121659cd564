import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { KernelMemory } from '../../bench/arrays/kernel-memory.ts';
import { type ArrayKernel, type Arrays, arrayAt, bytesOf } from '../../bench/arrays/kernels/array-kernel.ts';
import { ARRAY_KERNELS } from '../../bench/arrays/kernels/table.ts';
import type { ArrayLane } from '../../bench/arrays/lane.ts';
import { ARRAY_LANES, openArrayLane } from '../../bench/arrays/lanes.ts';
import { resultText } from '../../bench/arrays/result-text.ts';
import { compilerVersion } from '../../bench/engines/native-program.ts';
import { loadExperiments } from '../../bench/experiment/read-experiments.ts';
import { arrayKernels } from '../../bench/kinds/array-kernels.ts';
import type { Session } from '../../bench/kinds/kind.ts';

const HAS_COMPILER = (await compilerVersion()) !== undefined;
const SIZES = [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64, 65, 100, 127, 129, 255, 1000, 4097];

/** What each kernel means, in as few words as possible: the values that the result must have. */
const MEANING: Record<string, (first: number[], second: number[]) => number[]> = {
  sum: (values) => [add(values)],
  'filter-sum': (values) => [add(values.filter((value) => value < 500))],
  dot: (first, second) => [add(first.map((value, i) => value * second[i]!))],
  'min-max': (values) => {
    const known = values.filter((value) => !Number.isNaN(value));
    return [Math.min(...known), Math.max(...known)];
  },
  histogram: (values) =>
    Array.from({ length: 256 }, (_, bin) => values.filter((value) => Math.floor(value / 4) === bin).length),
  'group-by': (keys, values) =>
    Array.from({ length: 16 }, (_, group) => add(values.filter((_, i) => keys[i] === group))),
  'prefix-sum': (values) => {
    let sum = 0;
    return values.map((value) => {
      sum += value;
      return sum;
    });
  },
  sort: (keys) => keys.toSorted((a, b) => a - b),
  'string-search': (text, pattern) => [
    text.filter((_, i) => i + pattern.length <= text.length && pattern.every((byte, j) => text[i + j] === byte)).length,
  ],
};

function add(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function expected(kernel: ArrayKernel, { n, first, second }: Arrays): string[] {
  const values = MEANING[kernel.name]!([...first], [...second]);
  const out = arrayAt(kernel.out.type, new ArrayBuffer(bytesOf(kernel.out.type, values.length)), 0, values.length);
  out.set(values);
  return resultText(kernel, { n, first, second, out });
}

describe.each(ARRAY_LANES)('lane %s', (name) => {
  const skipped = name === 'native' && !HAS_COMPILER;
  let lane: ArrayLane;
  let memory: KernelMemory;

  beforeAll(async () => {
    memory = new KernelMemory('plain');
    if (!skipped) lane = await openArrayLane(name, memory);
  });
  afterAll(() => lane?.close());

  async function run(kernel: ArrayKernel, input: Arrays): Promise<string[]> {
    await lane.load(kernel, input);
    await lane.time(0.001);
    return lane.result();
  }

  test.skipIf(skipped).each(ARRAY_KERNELS.map((kernel) => [kernel.name, kernel] as const))(
    '%s gives what it means, at all sizes and tails',
    async (_, kernel) => {
      for (const n of SIZES) {
        const input = memory.hold(kernel, n);
        kernel.fill(input.first, input.second, n);
        const wanted = expected(kernel, input);
        expect(await run(kernel, input), `${n} elements`).toEqual(wanted);
      }
    },
  );

  test.skipIf(skipped)('min-max passes over NaNs wherever they stand', async () => {
    const kernel = kernelNamed('min-max');
    for (const n of [1, 8, 16, 33]) {
      for (let at = 0; at < n; at++) {
        const input = memory.hold(kernel, n);
        kernel.fill(input.first, input.second, at);
        input.first[at] = Number.NaN;
        expect(await run(kernel, input), `NaN at ${at} of ${n}`).toEqual(expected(kernel, input));
      }
    }
  });

  test.skipIf(skipped)('a pattern is found at both ends, across blocks, and where it overlaps itself', async () => {
    const kernel = kernelNamed('string-search');
    for (const [n, places] of [
      [8, [0]],
      [40, [0, 32]],
      [200, [0, 12, 28, 60, 124, 192]],
    ] as const) {
      const input = memory.hold(kernel, n);
      kernel.fill(input.first, input.second, 1);
      input.first.fill(46);
      for (const at of places) input.first.set(input.second, at);
      expect(await run(kernel, input)).toEqual([String(places.length)]);
    }
    const same = memory.hold(kernel, 100);
    same.first.fill(97);
    same.second.fill(97);
    expect(await run(kernel, same)).toEqual(['93']);
  });

  test.skipIf(skipped)('sort keeps equal keys and both ends of the range', async () => {
    const kernel = kernelNamed('sort');
    const input = memory.hold(kernel, 50);
    input.first.set(Array.from({ length: 50 }, (_, i) => [0, 2 ** 32 - 1, 5, 2 ** 31][i % 4]!));
    expect(await run(kernel, input)).toEqual(expected(kernel, input));
  });
});

describe('the kind array-kernels', () => {
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });

  async function open(factors: Record<string, string[]>): Promise<Session> {
    const experiment = (await loadExperiments()).find(({ kind }) => kind === 'array-kernels')!;
    const context = { progress: () => {}, signal: new AbortController().signal };
    return arrayKernels.open({ ...experiment, factors }, context);
  }

  test('names the sizes that do not fit into three quarters of the free memory, each with its kernel', async () => {
    vi.spyOn(process, 'availableMemory').mockReturnValue(2 ** 30);
    const session = await open({ kernel: ['sum', 'dot'], size: ['2^10', '2^26'], lane: ['js', 'wasm-simd'] });
    await session.close();
    expect(session.skipped).toEqual([
      { what: 'dot of 67108864 elements', why: 'needs 1025 MiB, more than 75 % of the free memory' },
    ]);
    expect(session.cases).toHaveLength(6);
  });

  test('counts each memory that the lanes have', async () => {
    vi.spyOn(process, 'availableMemory').mockReturnValue(2 ** 30);
    const session = await open({ kernel: ['sum'], size: ['2^26'], lane: ['js', 'wasm-memory64', 'wasm-shared'] });
    await session.close();
    expect(session.skipped[0]!.why).toContain('needs 1537 MiB');
  });

  test('names the lane that needs a C compiler where there is none', async () => {
    vi.stubEnv('PATH', '');
    const session = await open({ kernel: ['sum'], size: ['2^10'], lane: ['js', 'native'] });
    await session.close();
    expect(session.skipped).toEqual([{ what: 'lane native', why: 'there is no C compiler (cc)' }]);
    expect(session.cases).toEqual([{ kernel: 'sum', size: '1024', lane: 'js' }]);
  });

  test('gives time, bytes and cache of a call, and the same answer in every lane', async () => {
    const lanes = ARRAY_LANES.filter((lane) => lane !== 'native' || HAS_COMPILER);
    const session = await open({ kernel: ['prefix-sum'], size: ['1000'], lane: lanes });
    await session.setUp({ kernel: 'prefix-sum', size: '1000' });
    const answers = new Set<string>();
    for (const levels of session.cases) {
      const { metrics, answer } = await session.measure(levels);
      const [time, each, bytes] = metrics;
      expect(each!.value).toBeCloseTo((time!.value * 1e6) / 1000, 9);
      expect(bytes).toEqual({ metric: 'bytes', value: 16_000, unit: 'B' });
      answers.add(JSON.stringify(answer));
    }
    await session.close();
    expect(answers.size).toBe(1);
  });
});

function kernelNamed(name: string): ArrayKernel {
  return ARRAY_KERNELS.find((kernel) => kernel.name === name)!;
}
