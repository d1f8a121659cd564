import { instantiateKernels } from '../../engine/lanes/wasm/kernels.ts';
import { EngineMemory } from '../../engine/lanes/wasm/memory.ts';
import { CALL_FAILURES } from '../../query/call-failures.ts';
import type { Overload } from '../../query/function-entry.ts';
import type { DataType, Scalar } from '../../query/types.ts';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Calls kernels as compiled code does, one value at a time. */
export class KernelCaller {
  readonly #memory = new EngineMemory();
  readonly #kernels = instantiateKernels(this.#memory) as unknown as Record<string, (...args: never[]) => unknown>;
  readonly #state = this.#memory.allocateCleared(32);

  has(name: string): boolean {
    return typeof this.#kernels[name] === 'function';
  }

  /** The scalar that a kernel gives, or the failure that it leaves; `types` are those of the operands. */
  call(overload: Overload, operands: readonly Scalar[], types: readonly DataType[]): Scalar | { failure: string } {
    const mark = this.#memory.mark();
    this.#memory.u8.fill(0, this.#state, this.#state + 32);
    const args = [...operands.flatMap((operand, i) => this.#pass(operand, types[i]!)), this.#state];
    const result = this.#kernels[overload.kernel!]!(...(args as never[]));
    const [, , isNull, failure] = this.#memory.u32.subarray(this.#state >> 2);
    const type = typeof overload.result === 'function' ? types[0]! : overload.result;
    const value = failure ? { failure: CALL_FAILURES[failure]! } : isNull ? null : this.#read(type, result);
    this.#memory.release(mark);
    return value;
  }

  #pass(operand: Scalar, type: DataType): (number | bigint)[] {
    if (typeof operand === 'boolean') return [Number(operand)];
    if (isWide(type)) return [BigInt.asIntN(64, operand as bigint), (operand as bigint) >> 64n];
    if (typeof operand !== 'string') return [operand as number | bigint];
    const bytes = new TextEncoder().encode(operand);
    const address = this.#memory.allocate(bytes.length);
    // What stands behind a text must not matter.
    this.#memory.u8.fill(0xc3, address, address + bytes.length + 64);
    this.#memory.u8.set(bytes, address);
    return [address, bytes.length];
  }

  #read(type: DataType, value: unknown): Scalar {
    if (type.kind === 'bool') return value === 1;
    if (isWide(type)) return (this.#memory.i64[(this.#state >> 3) + 2]! << 64n) | BigInt.asUintN(64, value as bigint);
    if (type.kind !== 'utf8') return value as Scalar;
    const [address, length] = [Number((value as bigint) & 0xffff_ffffn), Number((value as bigint) >> 32n)];
    return decoder.decode(this.#memory.u8.slice(address, address + length));
  }
}

const isWide = (type: DataType): boolean => type.kind === 'decimal' && type.precision > 18;
