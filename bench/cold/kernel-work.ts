import { KernelMemory } from '../arrays/kernel-memory.ts';
import { kernelNamed } from '../arrays/kernels/table.ts';
import { jsOperation, wasmOperations } from '../arrays/operation.ts';
import { resultText } from '../arrays/result-text.ts';
import type { Work, WorkRequest } from './work.ts';

const SEED = 1;

/** An array kernel over numbers drawn from a fixed seed; in WASM it is the variant with SIMD. */
export async function prepareKernel({
  kernel: name,
  size,
  lane,
}: Extract<WorkRequest, { kind: 'kernel' }>): Promise<Work> {
  const kernel = kernelNamed(name);
  const memory = new KernelMemory('plain');
  const arrays = memory.hold(kernel, size);
  kernel.fill(arrays.first, arrays.second, SEED);
  const { run, code } = (lane === 'js' ? jsOperation : await wasmOperations('simd', memory))(kernel, arrays);
  return {
    code,
    call() {
      run();
      return undefined;
    },
    rows: () => [resultText(kernel, arrays)],
  };
}
