import type { LeafColumn } from '../../../engine/formats/parquet/leaf-column.ts';
import { instantiateKernels } from '../../../engine/lanes/wasm/kernels.ts';
import { EngineMemory } from '../../../engine/lanes/wasm/memory.ts';
import { PageValueDecoder } from '../../../engine/lanes/wasm/page-values.ts';
import { valueWidth } from '../../../engine/lanes/wasm/vector.ts';
import type { Scalar } from '../../../query/types.ts';

const GUARD = 0xa5;
/** Bytes behind an area that may be written to, and those behind them that must not. */
const SLOP = 128;
const GUARDED = 64;

const memory = new EngineMemory();
let guards: number[] = [];

/** Areas with bytes behind them that nobody may change. */
const areas = {
  allocate(bytes: number): number {
    const address = memory.allocate(bytes + SLOP + GUARDED);
    memory.u8.fill(GUARD, address, address + bytes + SLOP + GUARDED);
    guards.push(address + bytes + SLOP);
    return address;
  },
};
const decoder = new PageValueDecoder(instantiateKernels(memory), areas);

/**
 * The values that the decoder makes of a page, read back from linear memory. Throws what the decoder throws, and an Error
 * where it wrote outside of its areas.
 */
export function decode(leaf: LeafColumn, encoding: number, page: Uint8Array, count: number): Scalar[] {
  const mark = memory.mark();
  guards = [];
  const start = areas.allocate(page.length);
  memory.u8.fill(0xff, start, start + page.length + SLOP);
  memory.u8.set(page, start);
  try {
    const values = decoder.decode(leaf, encoding, start, start + page.length, count);
    const view = new DataView(memory.memory.buffer);
    const u32 = (at: number): number => view.getUint32(at, true);
    return Array.from({ length: count }, (_, i) => {
      if (values.kind === 'text') {
        const at = u32(values.addresses + 4 * i);
        return Buffer.from(memory.u8.slice(at, at + u32(values.lengths + 4 * i))).toString();
      }
      const at = values.address + valueWidth(leaf.type) * i;
      switch (leaf.type.kind) {
        case 'bool':
          return view.getUint8(at) === 1;
        case 'int32':
        case 'date':
          return view.getInt32(at, true);
        case 'float64':
          return view.getFloat64(at, true);
        default: {
          const low = view.getBigInt64(at, true);
          return valueWidth(leaf.type) === 8 ? low : (view.getBigInt64(at + 8, true) << 64n) | BigInt.asUintN(64, low);
        }
      }
    });
  } finally {
    checkGuards();
    memory.release(mark);
  }
}

function checkGuards(): void {
  const changed = guards.some((guard) => memory.u8.subarray(guard, guard + GUARDED).some((byte) => byte !== GUARD));
  if (changed) throw new WebAssembly.RuntimeError('bytes outside of an area have been changed');
}
