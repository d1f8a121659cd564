import { readFile } from 'node:fs/promises';
import { freemem } from 'node:os';
import { Bench } from 'tinybench';
import { z } from 'zod';
import { SluiceError } from '../../query/error.ts';
import { schemaError } from '../experiment/complaint.ts';
import type { Experiment } from '../experiment/experiment.ts';
import { combinations } from '../experiment/factors.ts';
import type { Levels } from '../samples/levels.ts';
import { seededRandom } from '../statistics/random.ts';
import type { Kind, KindContext, Measurement, Session, Skipped } from './kind.ts';

const GROUPS = 16;
const LIMIT = 500;
const PAGE = 65536;
/** Values, keys, and both again in WASM memory. */
const BYTES_PER_ELEMENT = 24;
/** A timed call runs at least so long, so that the clock's resolution does not show. */
const LEAST_CALL_MS = 0.05;
/** V8 compiles in the background, between calls: so long a loop has its best code for most of the samples. */
const WARM_MS = 10;

const settingsSchema = z.strictObject({
  /** Milliseconds that one measurement lasts. */
  time: z.number().positive(),
});

/**
 * Sums over arrays of f64 in this very process: JavaScript over typed arrays against WASM kernels over linear memory.
 * With `copy: copied` the arrays are copied into WASM memory within the time measured, as a caller must whose data was
 * not read into it in the first place. Values are whole numbers, so that every order of addition gives the same sum.
 */
export const arrayKernels: Kind = {
  factors: ['kernel', 'size', 'lane', 'copy'],
  contenders: ['lane', 'copy'],
  answers: ['kernel', 'size'],
  open,
};

type Operation = () => number;

/** One kernel, and the memory that it was given. */
interface KernelExports {
  readonly memory: WebAssembly.Memory;
  readonly scalar: (...args: number[]) => number | undefined;
  readonly simd: (...args: number[]) => number | undefined;
}

const KERNELS = ['sum', 'filter-sum', 'group-sum'];

async function open(experiment: Experiment, context: KindContext): Promise<Session> {
  const settings = settingsSchema.safeParse(experiment.settings);
  if (!settings.success) throw schemaError(settings.error, `experiment ${experiment.name}: settings`);
  const skipped: Skipped[] = [];
  const cases = combinations(experiment.factors).filter((levels) => {
    if (levels.lane === 'js' && levels.copy === 'copied') return false; // there is nothing to copy into
    const bytes = parseSize(levels.size!) * BYTES_PER_ELEMENT;
    if (bytes < freemem() / 2) return true;
    const what = `size ${levels.size}`;
    if (!skipped.some((skip) => skip.what === what)) {
      skipped.push({ what, why: `needs ${Math.ceil(bytes / 2 ** 20)} MiB, more than half of the free memory` });
    }
    return false;
  });
  cases.forEach(checkLevels);

  let kernel: KernelExports | undefined;
  let loaded = '';
  let arrays: Arrays | undefined;
  let arraysKey = '';

  return {
    // Sizes in ascending order, so that the memory of the largest is only taken at the end.
    cases: cases.map((levels) => ({ ...levels, size: String(parseSize(levels.size!)) })),
    skipped,
    data: [],
    pids: () => [],
    async setUp(levels) {
      context.signal.throwIfAborted();
      const key = `${levels.kernel}/${levels.size}`;
      if (key === arraysKey) return;
      if (loaded !== levels.kernel) {
        kernel = await loadKernel(levels.kernel!);
        loaded = levels.kernel!;
      }
      arrays = makeArrays(Number(levels.size), kernel!.memory);
      arraysKey = key;
    },
    measure: (levels) => measure(levels, kernel!, arrays!, settings.data.time),
    async close() {
      arrays = undefined;
      kernel = undefined;
    },
  };
}

function checkLevels(levels: Levels): void {
  const allowed = { kernel: KERNELS, lane: ['js', 'wasm-scalar', 'wasm-simd'], copy: ['in-place', 'copied'] };
  for (const [factor, choice] of Object.entries(allowed)) {
    if (!choice.includes(levels[factor]!)) {
      throw new SluiceError('bad-request', `factor ${factor}: no level "${levels[factor]}" (${choice.join(', ')})`);
    }
  }
}

/** Number of elements: `65536` or `2^16`. */
function parseSize(text: string): number {
  const [, base, exponent] = /^(\d+)(?:\^(\d+))?$/.exec(text) ?? [];
  const size = exponent === undefined ? Number(base) : Number(base) ** Number(exponent);
  if (!(Number.isInteger(size) && size >= 1 && size <= 2 ** 27)) {
    throw new SluiceError('bad-request', `factor size: "${text}" is no number of elements from 1 to 2^27`);
  }
  return size;
}

async function loadKernel(name: string): Promise<KernelExports> {
  const file = new URL(`../kernels/array-${name}.wasm`, import.meta.url);
  const bytes = await readFile(file).catch(() => {
    throw new SluiceError('not-found', `bench/kernels/array-${name}.wasm is missing: run npm run build:kernels`);
  });
  const memory = new WebAssembly.Memory({ initial: 2 });
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } });
  return { ...(instance.exports as unknown as Omit<KernelExports, 'memory'>), memory };
}

/** The same arrays in JavaScript's heap and in the kernel's memory (addresses in bytes). */
interface Arrays {
  readonly values: Float64Array;
  readonly keys: Int32Array;
  readonly valuesAt: number;
  readonly keysAt: number;
  readonly sumsAt: number;
  readonly inside: { readonly values: Float64Array; readonly keys: Int32Array };
}

function makeArrays(size: number, memory: WebAssembly.Memory): Arrays {
  const random = seededRandom(size);
  const values = Float64Array.from({ length: size }, () => Math.floor(random() * 1000));
  const keys = Int32Array.from({ length: size }, () => Math.floor(random() * GROUPS));
  // The first page is the kernel's own; the tables of sums take less than a page.
  const sumsAt = PAGE;
  const valuesAt = 2 * PAGE;
  const keysAt = valuesAt + Math.ceil((size * 8) / PAGE) * PAGE;
  const pages = Math.ceil((keysAt + size * 4) / PAGE);
  const held = memory.buffer.byteLength / PAGE;
  if (pages > held) memory.grow(pages - held);
  const inside = {
    values: new Float64Array(memory.buffer, valuesAt, size),
    keys: new Int32Array(memory.buffer, keysAt, size),
  };
  inside.values.set(values);
  inside.keys.set(keys);
  return { values, keys, valuesAt, keysAt, sumsAt, inside };
}

async function measure(levels: Levels, kernel: KernelExports, arrays: Arrays, time: number): Promise<Measurement> {
  const sums =
    levels.lane === 'js' ? new Float64Array(4 * GROUPS) : new Float64Array(kernel.memory.buffer, arrays.sumsAt, GROUPS);
  const operation =
    levels.lane === 'js' ? jsOperation(levels.kernel!, arrays, sums) : wasmOperation(levels, kernel, arrays);
  const calls = callsPerSample(operation);
  const bench = new Bench({ time, iterations: 3, warmup: false });
  let total = 0;
  bench.add('case', () => {
    for (let i = 0; i < calls; i++) total += operation();
  });
  const [task] = await bench.run();
  const result = task?.result;
  if (result?.state !== 'completed') throw new SluiceError('internal', `tinybench did not complete: ${result?.state}`);
  const ms = result.latency.p50 / calls;
  const size = arrays.values.length;
  const answer = levels.kernel === 'group-sum' ? [...sums.subarray(0, GROUPS)] : [operation()];
  if (!Number.isFinite(total)) throw new SluiceError('internal', `${levels.kernel}: the sum is ${total}`);
  return {
    metrics: [
      { metric: 'time', value: ms, unit: 'ms' },
      { metric: 'rate', value: size / ms / 1e6, unit: '1e9 values/s' },
    ],
    answer: { rows: [answer.map(String)], approximate: [] },
  };
}

/** How many calls last LEAST_CALL_MS, after as many calls as V8 needs to give the operation its best code. */
function callsPerSample(operation: Operation): number {
  const warm = performance.now() + WARM_MS;
  do operation();
  while (performance.now() < warm);
  for (let calls = 1; ; calls *= 2) {
    const start = performance.now();
    for (let i = 0; i < calls; i++) operation();
    if (performance.now() - start >= LEAST_CALL_MS) return calls;
  }
}

function wasmOperation(levels: Levels, kernel: KernelExports, arrays: Arrays): Operation {
  const { values, keys, valuesAt, keysAt, sumsAt, inside } = arrays;
  const run = levels.lane === 'wasm-simd' ? kernel.simd : kernel.scalar;
  const size = values.length;
  const args = {
    sum: [valuesAt, size],
    'filter-sum': [valuesAt, size, LIMIT],
    'group-sum': [keysAt, valuesAt, size, sumsAt],
  }[levels.kernel!] as number[];
  const [a, b, c, d] = args as [number, number, number, number];
  if (levels.copy === 'in-place') return () => run(a, b, c, d) ?? 0;
  if (levels.kernel !== 'group-sum') {
    return () => {
      inside.values.set(values);
      return run(a, b, c, d) ?? 0;
    };
  }
  return () => {
    inside.values.set(values);
    inside.keys.set(keys);
    return run(a, b, c, d) ?? 0;
  };
}

function jsOperation(name: string, { values, keys }: Arrays, sums: Float64Array): Operation {
  if (name === 'sum') return () => jsSum(values);
  if (name === 'filter-sum') return () => jsFilterSum(values, LIMIT);
  return () => jsGroupSum(keys, values, sums);
}

/** Accumulators begin with -0, which V8 takes for a double where 0 is a small integer: 4 to 7 times as fast. */
function jsSum(values: Float64Array): number {
  let a = -0;
  let b = -0;
  let c = -0;
  let d = -0;
  const blocks = values.length & ~3;
  for (let i = 0; i < blocks; i += 4) {
    a += values[i]!;
    b += values[i + 1]!;
    c += values[i + 2]!;
    d += values[i + 3]!;
  }
  for (let i = blocks; i < values.length; i++) a += values[i]!;
  return a + b + (c + d);
}

/** Multiplication by the truth of the comparison, because a branch would be mispredicted every other time: 6 times as fast. */
function jsFilterSum(values: Float64Array, limit: number): number {
  let a = -0;
  let b = -0;
  let c = -0;
  let d = -0;
  const blocks = values.length & ~3;
  for (let i = 0; i < blocks; i += 4) {
    const v = values[i]!;
    const w = values[i + 1]!;
    const x = values[i + 2]!;
    const y = values[i + 3]!;
    a += v * +(v < limit);
    b += w * +(w < limit);
    c += x * +(x < limit);
    d += y * +(y < limit);
  }
  for (let i = blocks; i < values.length; i++) {
    const v = values[i]!;
    a += v * +(v < limit);
  }
  return a + b + (c + d);
}

function jsGroupSum(keys: Int32Array, values: Float64Array, sums: Float64Array): number {
  sums.fill(0);
  const blocks = values.length & ~3;
  for (let i = 0; i < blocks; i += 4) {
    sums[keys[i]!]! += values[i]!;
    sums[GROUPS + keys[i + 1]!]! += values[i + 1]!;
    sums[2 * GROUPS + keys[i + 2]!]! += values[i + 2]!;
    sums[3 * GROUPS + keys[i + 3]!]! += values[i + 3]!;
  }
  for (let i = blocks; i < values.length; i++) sums[keys[i]!]! += values[i]!;
  for (let g = 0; g < GROUPS; g++) {
    sums[g] = sums[g]! + sums[GROUPS + g]! + (sums[2 * GROUPS + g]! + sums[3 * GROUPS + g]!);
  }
  return 0;
}
