import { expect, test } from 'vitest';
import { instantiateKernels } from '../../engine/lanes/wasm/kernels.ts';
import { EngineMemory } from '../../engine/lanes/wasm/memory.ts';
import { CALL_FAILURES } from '../../query/call-failures.ts';
import { SluiceError } from '../../query/error.ts';
import type { Overload } from '../../query/function-entry.ts';
import { TEXT_FUNCTIONS } from '../../query/text-functions.ts';
import type { Scalar } from '../../query/types.ts';
import { TEXT_CASES } from '../query/function-cases/text-cases.ts';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Calls kernels as compiled code does, one value at a time. */
class KernelCaller {
  readonly #memory = new EngineMemory();
  readonly #kernels = instantiateKernels(this.#memory) as unknown as Record<string, (...args: never[]) => unknown>;
  readonly #state = this.#memory.allocateCleared(32);

  /** The scalar that a kernel gives, or the failure that it leaves. */
  call(overload: Overload, operands: readonly Scalar[]): Scalar | { failure: string } {
    const mark = this.#memory.mark();
    this.#memory.u8.fill(0, this.#state, this.#state + 32);
    const args = [...operands.flatMap((operand) => this.#pass(operand)), this.#state];
    const result = this.#kernels[overload.kernel!]!(...(args as never[]));
    const [, , isNull, failure] = this.#memory.u32.subarray(this.#state >> 2);
    const value = failure ? { failure: CALL_FAILURES[failure]! } : isNull ? null : this.#read(overload, result);
    this.#memory.release(mark);
    return value;
  }

  #pass(operand: Scalar): (number | bigint)[] {
    if (typeof operand === 'boolean') return [Number(operand)];
    if (typeof operand !== 'string') return [operand as number | bigint];
    const bytes = new TextEncoder().encode(operand);
    const address = this.#memory.allocate(bytes.length);
    // What stands behind a text must not matter.
    this.#memory.u8.fill(0xc3, address, address + bytes.length + 64);
    this.#memory.u8.set(bytes, address);
    return [address, bytes.length];
  }

  #read({ result }: Overload, value: unknown): Scalar {
    const kind = typeof result === 'function' ? undefined : result.kind;
    if (kind === 'bool') return value === 1;
    if (kind !== 'utf8') return value as Scalar;
    const [address, length] = [Number((value as bigint) & 0xffff_ffffn), Number((value as bigint) >> 32n)];
    return decoder.decode(this.#memory.u8.slice(address, address + length));
  }
}

function expected(overload: Overload, operands: readonly Scalar[]): Scalar | { failure: string } {
  try {
    return overload.js(...(operands as never[]));
  } catch (error) {
    if (error instanceof SluiceError) return { failure: error.message };
    throw error;
  }
}

const caller = new KernelCaller();
const withKernel = TEXT_FUNCTIONS.flatMap(({ overloads }) => overloads).filter(({ kernel }) => kernel !== undefined);

test.each(withKernel.map((overload) => [overload.id, overload] as const))(
  'The kernel of %s gives what its JavaScript form gives.',
  (id, overload) => {
    for (const operands of TEXT_CASES[id]?.rows ?? []) {
      expect([operands, caller.call(overload, operands)]).toEqual([operands, expected(overload, operands)]);
    }
  },
);

test('Every letter has the same other case in the kernels as in JavaScript.', () => {
  const overloads = withKernel.filter(({ id }) => id === 'upper(varchar)' || id === 'lower(varchar)');
  for (const overload of overloads) {
    for (let code = 0; code < 0x20000; code += 64) {
      if (code >= 0xd800 && code < 0xe000) continue;
      const text = String.fromCodePoint(...Array.from({ length: 64 }, (_, i) => code + i));
      expect(caller.call(overload, [text])).toBe(expected(overload, [text]));
    }
  }
});
