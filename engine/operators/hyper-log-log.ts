import { INT64 } from '../../query/types.ts';
import type { Column } from '../column.ts';
import { resized } from '../resized.ts';
import type { AggregateState, GroupNumbers } from './aggregate-state.ts';
import { orderByGroup } from './group-order.ts';
import { hashValues } from './hash-values.ts';
import { damaged, eachState, stateColumn } from './state-bytes.ts';

/** Registers: 2^14 give a standard error of 1.04 / sqrt(2^14) = 0.8 %. */
const INDEX_BITS = 14;
const REGISTERS = 1 << INDEX_BITS;
/** A rank counts the first one bit among the 50 bits of a hash that do not choose the register. */
const MOST_RANK = 64 - INDEX_BITS + 1;
/** Registers of a group that are kept one by one; beyond, the group gets all of them. */
const MOST_SPARSE = 2048;

/** Of the two halves of a 64-bit hash. */
const SEED_HIGH = 0x3c6ef372;
const SEED_LOW = 0x1b873593;

const SPARSE = 0;
const DENSE = 1;

/**
 * approx_count_distinct: HyperLogLog. A group's registers are kept in a log of (register, rank) entries while they are
 * few, then as one byte a register. A register is the greatest rank it has seen, so that the answer does not depend on
 * how rows were split.
 *
 * The state is a byte 0 and, by ascending register, u32 entries (register << 8 | rank); or a byte 1 and all registers.
 */
export class HyperLogLogState implements AggregateState {
  readonly #name: string;
  readonly #dense = new Map<number, Uint8Array>();
  #entries = new Int32Array(1024);
  #groups = new Int32Array(1024);
  #count = 0;
  /** Entries at which the log is put in order again. */
  #full = 8192;

  constructor(name: string) {
    this.#name = name;
  }

  get bytes(): number {
    return 2 * this.#entries.byteLength + this.#dense.size * REGISTERS;
  }

  update([operand]: readonly Column[], groups: GroupNumbers, length: number): void {
    const { validity } = operand!;
    const highs = hashValues(operand!, length, SEED_HIGH);
    const lows = hashValues(operand!, length, SEED_LOW);
    for (let row = 0; row < length; row++) {
      if (validity && validity[row] === 0) continue;
      const high = highs[row]!;
      const register = high >>> (32 - INDEX_BITS);
      const rest = high << INDEX_BITS;
      const zeros = rest === 0 ? 32 - INDEX_BITS + Math.clz32(lows[row]!) : Math.clz32(rest);
      this.#add(groups ? groups[row]! : 0, register, zeros + 1);
    }
  }

  merge([states]: readonly Column[], groups: GroupNumbers, length: number): void {
    eachState(states, length, (row, view, start, end) => {
      const group = groups ? groups[row]! : 0;
      eachRegister(view, start, end, (register, rank) => this.#add(group, register, rank));
    });
  }

  partial(length: number): Column[] {
    this.#order();
    const { starts, rows } = orderByGroup(this.#groups, this.#count, length);
    const sizeOf = (group: number) => {
      if (this.#dense.has(group)) return 1 + REGISTERS;
      const count = starts[group + 1]! - starts[group]!;
      return count > 0 ? 1 + 4 * count : undefined;
    };
    const write = (group: number, view: DataView, at: number) => {
      const dense = this.#dense.get(group);
      view.setUint8(at, dense ? DENSE : SPARSE);
      if (dense) new Uint8Array(view.buffer, view.byteOffset).set(dense, at + 1);
      else
        for (let i = starts[group]!, to = at + 1; i < starts[group + 1]!; i++, to += 4)
          view.setUint32(to, this.#entries[rows[i]!]!, true);
    };
    return [stateColumn(this.#name, length, sizeOf, write)];
  }

  #add(group: number, register: number, rank: number): void {
    const dense = this.#dense.size > 0 ? this.#dense.get(group) : undefined;
    if (dense) {
      if (rank > dense[register]!) dense[register] = rank;
      return;
    }
    if (this.#count === this.#entries.length) {
      this.#entries = resized(this.#entries, 2 * this.#count);
      this.#groups = resized(this.#groups, 2 * this.#count);
    }
    this.#groups[this.#count] = group;
    this.#entries[this.#count++] = (register << 8) | rank;
    if (this.#count >= this.#full) {
      this.#order();
      this.#full = Math.max(8192, 2 * this.#count);
    }
  }

  /** Keeps one entry a register, by group and register; gives groups with many entries all registers. */
  #order(): void {
    let groups = 0;
    for (let i = 0; i < this.#count; i++) groups = Math.max(groups, this.#groups[i]! + 1);
    const { starts, rows } = orderByGroup(this.#groups, this.#count, groups);
    const sorted = rows.map((row) => this.#entries[row]!);
    let count = 0;
    for (let group = 0; group < groups; group++) {
      const entries = sorted.subarray(starts[group], starts[group + 1]).sort();
      const first = count;
      for (let i = 0; i < entries.length; i++) {
        // Of the entries of one register the last has the greatest rank.
        if (i + 1 < entries.length && entries[i]! >> 8 === entries[i + 1]! >> 8) continue;
        this.#groups[count] = group;
        this.#entries[count++] = entries[i]!;
      }
      if (count - first <= MOST_SPARSE) continue;
      const registers = new Uint8Array(REGISTERS);
      for (let i = first; i < count; i++) registers[this.#entries[i]! >> 8] = this.#entries[i]! & 0xff;
      this.#dense.set(group, registers);
      count = first;
    }
    this.#count = count;
  }
}

/** The estimates of the states; 0 without values. */
export function finishHyperLogLog([states]: readonly Column[], length: number): Column {
  const values = new BigInt64Array(length);
  eachState(states, length, (row, view, start, end) => {
    const ranks = new Float64Array(MOST_RANK + 1);
    ranks[0] = REGISTERS;
    eachRegister(view, start, end, (_register, rank) => {
      ranks[0]!--;
      ranks[rank]!++;
    });
    values[row] = BigInt(Math.round(estimate(ranks)));
  });
  return { kind: 'fixed', type: INT64, length, values };
}

function eachRegister(view: DataView, start: number, end: number, take: (register: number, rank: number) => void) {
  const form = view.getUint8(checked(start, end));
  if (form === DENSE) {
    if (end - start !== 1 + REGISTERS) throw damaged(`it has ${end - start - 1} registers, expected ${REGISTERS}`);
    for (let register = 0; register < REGISTERS; register++) {
      const rank = view.getUint8(start + 1 + register);
      if (rank > MOST_RANK) throw damaged(`a rank is ${rank}`);
      if (rank > 0) take(register, rank);
    }
    return;
  }
  if (form !== SPARSE || (end - start) % 4 !== 1) throw damaged('its registers have no known form');
  let previous = -1;
  for (let at = start + 1; at < end; at += 4) {
    const entry = view.getUint32(at, true);
    const [register, rank] = [entry >>> 8, entry & 0xff];
    if (register <= previous || register >= REGISTERS || rank === 0 || rank > MOST_RANK)
      throw damaged('a register is out of range');
    previous = register;
    take(register, rank);
  }
}

function checked(start: number, end: number): number {
  if (start >= end) throw damaged('it has no registers');
  return start;
}

/**
 * The count that registers stand for, from how many have each rank: the improved estimator of Ertl, "New cardinality
 * estimation algorithms for HyperLogLog sketches" (2017), which needs no correction for small or large counts.
 */
function estimate(ranks: Float64Array): number {
  const q = MOST_RANK - 1;
  let z = REGISTERS * tau(1 - ranks[q + 1]! / REGISTERS);
  for (let rank = q; rank >= 1; rank--) z = (z + ranks[rank]!) / 2;
  z += REGISTERS * sigma(ranks[0]! / REGISTERS);
  return ((REGISTERS / (2 * Math.LN2)) * REGISTERS) / z;
}

function sigma(share: number): number {
  if (share === 1) return Number.POSITIVE_INFINITY;
  let x = share;
  let y = 1;
  let z = x;
  for (let previous = Number.NaN; z !== previous; ) {
    x *= x;
    previous = z;
    z += x * y;
    y += y;
  }
  return z;
}

function tau(share: number): number {
  if (share === 0 || share === 1) return 0;
  let x = share;
  let y = 1;
  let z = 1 - x;
  for (let previous = Number.NaN; z !== previous; ) {
    x = Math.sqrt(x);
    previous = z;
    y /= 2;
    z -= (1 - x) ** 2 * y;
  }
  return z / 3;
}
