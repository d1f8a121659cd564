import { readFile } from 'node:fs/promises';
import { SluiceError } from '../../query/error.ts';
import { timeCalls, warmUp } from '../statistics/time-calls.ts';
import type { Border, Crossing } from './border.ts';
import { hasSecondMemory, linkSecondMemory } from './second-memory.ts';
import { touchBytes } from './touch-bytes.ts';

/** Bytes of a page. The first one is left alone, so that no data is at the address 0. */
const PAGE = 65536;

/** What stands on both sides of the border between JavaScript and a WebAssembly module. */
interface Sides {
  readonly size: number;
  /** The bytes in the memory of JavaScript. */
  readonly source: Uint8Array;
  /** The same bytes, where the module has them. */
  readonly resident: Uint8Array;
  readonly residentAt: number;
  /** Where in the module's memory bytes are copied to. */
  readonly landing: Uint8Array;
  readonly landingAt: number;
  /** The export of the module. */
  readonly touch: (at: number, length: number) => number;
  /** From the second memory, which has the bytes too, at the same address. */
  readonly copy: ((to: number, from: number, length: number) => void) | undefined;
}

/** Each way with a loop of its own, so that V8 knows what is called in it. They give the sum of the last call. */
const WAYS: Readonly<Record<string, (sides: Sides, times: number) => number | undefined>> = {
  // Of no bytes: V8 would inline an export without a loop into JavaScript, and nothing would be called.
  call({ touch, residentAt }, times) {
    for (let i = 0; i < times; i++) touch(residentAt, 0);
    return undefined;
  },
  'zero-copy'({ touch, residentAt, size }, times) {
    let sum = 0;
    for (let i = 0; i < times; i++) sum = touch(residentAt, size);
    return sum;
  },
  'copy-in'({ touch, source, landing, landingAt, size }, times) {
    let sum = 0;
    for (let i = 0; i < times; i++) {
      landing.set(source);
      sum = touch(landingAt, size);
    }
    return sum;
  },
  'copy-out'({ touch, resident, residentAt }, times) {
    let sum = 0;
    for (let i = 0; i < times; i++) {
      touch(residentAt, 0);
      sum = touchBytes(resident.slice());
    }
    return sum;
  },
  'second-memory'({ copy, touch, residentAt, landingAt, size }, times) {
    let sum = 0;
    for (let i = 0; i < times; i++) {
      copy!(landingAt, residentAt, size);
      sum = touch(landingAt, size);
    }
    return sum;
  },
};

export const MODULE_WAYS: readonly string[] = Object.keys(WAYS);

/** Between JavaScript and a module, or between two memories of a module, on one thread. */
export class ModuleBorder implements Border {
  readonly #memory: WebAssembly.Memory;
  readonly #second: WebAssembly.Memory;
  readonly #exports: Pick<Sides, 'touch' | 'copy'>;
  readonly #landingAt: number;
  readonly #warm = new Set<string>();
  #sides: Sides | undefined;

  /**
   * @param most Bytes of the largest data to come.
   * @throws SluiceError `not-found` when the kernels have not been built.
   */
  static async open(most: number): Promise<ModuleBorder> {
    const code = await readFile(new URL('../kernels/border.wasm', import.meta.url)).catch(() => {
      throw new SluiceError('not-found', 'bench/kernels/border.wasm is missing: run npm run build:kernels');
    });
    return new ModuleBorder(await WebAssembly.compile(code), Math.ceil(most / PAGE));
  }

  private constructor(module: WebAssembly.Module, pages: number) {
    this.#memory = new WebAssembly.Memory({ initial: 1 + 2 * pages });
    this.#second = new WebAssembly.Memory({ initial: 1 + pages });
    this.#landingAt = (1 + pages) * PAGE;
    const { exports } = new WebAssembly.Instance(module, { env: { memory: this.#memory } });
    const copy = hasSecondMemory() ? linkSecondMemory(this.#memory, this.#second) : undefined;
    this.#exports = { touch: exports.touch as Sides['touch'], copy };
  }

  load(data: Uint8Array): void {
    const size = data.length;
    const resident = new Uint8Array(this.#memory.buffer, PAGE, size);
    resident.set(data);
    new Uint8Array(this.#second.buffer, PAGE, size).set(data);
    const landing = new Uint8Array(this.#memory.buffer, this.#landingAt, size);
    const [residentAt, landingAt] = [PAGE, this.#landingAt];
    this.#sides = { size, source: data, resident, residentAt, landing, landingAt, ...this.#exports };
  }

  async measure(way: string, ms: number): Promise<Crossing> {
    const sides = this.#sides!;
    // What another way has brought must not pass for what this one brings.
    sides.landing.fill(0);
    let sum: number | undefined;
    const calls = (times: number) => {
      sum = WAYS[way]!(sides, times);
    };
    if (!this.#warm.has(way)) await warmUp(calls);
    this.#warm.add(way);
    const time = await timeCalls(calls, ms);
    return sum === undefined ? { time } : { time, sum };
  }

  async close(): Promise<void> {
    this.#sides = undefined;
  }
}
