import type { DataType, Scalar } from '../../../query/types.ts';
import type { EngineMemory } from './memory.ts';
import { UNKNOWN_MAGNITUDE, type Vector } from './vector.ts';

/**
 * What the parse kernels tell of the vector they fill, in 16 bytes of linear memory: u32 number of NULLs; at 8, u64 the
 * OR of all magnitudes of integers and decimals, all ones where one has more than 64 bits.
 */
export class ColumnFacts {
  readonly address: number;
  #memory: EngineMemory;

  constructor(memory: EngineMemory, address = memory.allocate(16)) {
    this.#memory = memory;
    this.address = address;
  }

  clear(): void {
    this.#memory.u8.fill(0, this.address, this.address + 16);
  }

  /** Adds a value that the kernels left to the careful path. */
  add(value: Scalar): void {
    const { u32, i64 } = this.#memory;
    if (value === null) u32[this.address >> 2] = (u32[this.address >> 2] as number) + 1;
    if (typeof value !== 'bigint') return;
    const magnitude = value < 0n ? -value : value;
    const word = BigInt.asUintN(64, magnitude) === magnitude ? magnitude : -1n;
    const at = (this.address + 8) >> 3;
    i64[at] = (i64[at] as bigint) | word;
  }

  /** Tells the vector what it holds. */
  describe(vector: Vector): void {
    vector.hasNulls = this.hasNulls();
    vector.magnitudeBits = this.magnitudeBits(vector.type);
  }

  hasNulls(): boolean {
    return this.#memory.u32[this.address >> 2] !== 0;
  }

  /** As `Vector.magnitudeBits` has it. */
  magnitudeBits(type: DataType): number {
    if (type.kind !== 'int64' && type.kind !== 'decimal') return UNKNOWN_MAGNITUDE;
    const { u32 } = this.#memory;
    const at = (this.address + 8) >> 2;
    const high = Math.clz32(u32[at + 1] as number);
    const bits = high === 32 ? 32 - Math.clz32(u32[at] as number) : 64 - high;
    return bits === 64 ? UNKNOWN_MAGNITUDE : bits;
  }
}
