import { KernelMemory } from './kernel-memory.ts';
import type { ArrayLane } from './lane.ts';
import { jsLane, wasmLane } from './local-lane.ts';
import { nativeLane } from './native-lane.ts';

/** Every lane by its name; those of one memory share it, and so the input's very bytes. */
const LANES: Readonly<Record<string, (plain: KernelMemory) => ArrayLane | Promise<ArrayLane>>> = {
  js: jsLane,
  'wasm-scalar': (plain) => wasmLane('scalar', plain),
  'wasm-simd': (plain) => wasmLane('simd', plain),
  'wasm-memory64': () => wasmLane('memory64', new KernelMemory('memory64')),
  'wasm-shared': () => wasmLane('shared', new KernelMemory('shared')),
  native: nativeLane,
};

/** In the order in which figures show them. */
export const ARRAY_LANES: readonly string[] = Object.keys(LANES);

/** @param plain The memory of JavaScript, scalar and SIMD code. */
export async function openArrayLane(name: string, plain: KernelMemory): Promise<ArrayLane> {
  return LANES[name]!(plain);
}

/** How many memories lanes of these names have, `plain` included. */
export function memoryCount(names: readonly string[]): number {
  return 1 + names.filter((name) => ['wasm-memory64', 'wasm-shared', 'native'].includes(name)).length;
}
