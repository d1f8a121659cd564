import { SluiceError } from '../../../query/error.ts';
import { type DataType, formatType } from '../../../query/types.ts';
import { type Column, isWide } from '../../column.ts';
import { VECTOR_SIZE } from '../../task.ts';
import type { AdditiveState, GroupBatch, PartialSums } from './aggregate-state.ts';
import type { GroupMemory } from './group-memory.ts';
import { fixedColumn } from './group-values.ts';
import { GrowingArea } from './growing-area.ts';
import type { Vector } from './vector.ts';

/**
 * Sums of one operand: of doubles in f64; of bool and int32 in 64 bits, which a grouping's bound on rows keeps exact; of
 * wider integers and decimals in 128 bits.
 */
export class SumState implements AdditiveState {
  #group: GroupMemory;
  #argument: number;
  #operand: DataType;
  #area: GrowingArea;
  #width: 8 | 16;

  constructor(group: GroupMemory, argument: number, operand: DataType) {
    this.#group = group;
    this.#argument = argument;
    this.#operand = operand;
    this.#width = operand.kind === 'float64' || operand.kind === 'bool' || operand.kind === 'int32' ? 8 : 16;
    this.#area = new GrowingArea(group.pool, this.#width);
  }

  reserve(capacity: number): void {
    this.#area.grow(this.#width * capacity);
  }

  update({ groups, vectors, count, copies }: GroupBatch): void {
    const { values, validity, hasNulls } = vectors[this.#argument] as Vector;
    const nulls = hasNulls ? validity : 0;
    const { kernels } = this.#group;
    const { address } = this.#area;
    if (isWide(this.#operand)) {
      if (kernels.sumWide(groups, values, nulls, count, address)) throw overflow(this.#operand);
      return;
    }
    const sum = this.#kernel();
    if (!copies) sum(groups, values, nulls, count, address);
    else
      copies.add(
        this.#width,
        (spread, sums) => sum(spread, values, nulls, count, sums),
        (owners, sums, length) => this.#fold(owners, sums, length),
      );
  }

  addSums({ sums, stride, copies, groups }: PartialSums): void {
    const { kernels } = this.#group;
    const { address } = this.#area;
    if (this.#width === 16) kernels.addSumsWide(sums, stride, copies, groups, address);
    else if (this.#operand.kind === 'float64') kernels.addSumsFloat64(sums, stride, copies, groups, address);
    else kernels.addSumsInt64(sums, stride, copies, groups, address);
  }

  clear(): void {
    this.#area.clear();
  }

  /** The sums of the first `length` groups; `type` is float64 or a decimal of 38 digits. Throws `bad-value` beyond. */
  column(type: DataType, length: number, validity: Uint8Array | undefined): Column {
    const { memory, kernels } = this.#group;
    const { address } = this.#area;
    const nulls = validity?.includes(0) ? { validity } : {};
    if (this.#width === 16 && kernels.exceedsDecimal38(address, length)) throw overflow(this.#operand);
    if (type.kind === 'float64' || this.#width === 16)
      return { ...fixedColumn(memory, type, address, length), ...nulls };
    return { kind: 'fixed', type, length, values: this.#widened(length), ...nulls };
  }

  #kernel() {
    const { kernels } = this.#group;
    switch (this.#operand.kind) {
      case 'float64':
        return kernels.sumFloat64;
      case 'bool':
        return kernels.sumBool;
      case 'int32':
        return kernels.sumInt32;
      default:
        return kernels.sumInt64;
    }
  }

  /** Adds sums to the groups that they are of. */
  #fold(groups: number, sums: number, length: number): void {
    const { kernels } = this.#group;
    const { address } = this.#area;
    if (this.#width === 16) kernels.sumWide(groups, sums, 0, length, address);
    else if (this.#operand.kind === 'float64') kernels.sumFloat64(groups, sums, 0, length, address);
    else kernels.sumWords(groups, sums, length, address);
  }

  #widened(length: number): BigInt64Array {
    const { memory, kernels, scratch } = this.#group;
    const words = new BigInt64Array(2 * length);
    for (let first = 0; first < length; first += VECTOR_SIZE) {
      const count = Math.min(VECTOR_SIZE, length - first);
      kernels.widen(this.#area.address + 8 * first, count, scratch);
      words.set(memory.i64.subarray(scratch >> 3, (scratch >> 3) + 2 * count), 2 * first);
    }
    return words;
  }
}

function overflow(operand: DataType): SluiceError {
  return new SluiceError('bad-value', `a sum over ${formatType(operand)} does not fit into 38 digits`);
}
