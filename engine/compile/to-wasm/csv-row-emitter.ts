import type { FunctionBuilder, Local } from '../../wasm-assembler/function-builder.ts';

/** What rows may hold without being in doubt. Each takes more instructions. */
export interface RowForms {
  /** NULLs and negative numbers. Without them validity is not written but must be 1 before. */
  readonly nulls: boolean;
  readonly quotes: boolean;
  /** Wanted fields beyond a row's first 64 bytes. */
  readonly far: boolean;
  /**
   * Fields from this ordinal on, which is not 0, are looked for from where the next row starts, back to 64 bytes before.
   * Rows must end there, and have `RowShape.width` fields.
   */
  readonly fromEnd?: number | undefined;
}

/** Where a column's values go, and what is gathered of them. */
export interface ColumnLocals {
  /** Address of the values. */
  readonly values: Local;
  readonly validity: Local;
  /** 1 once there was a NULL. */
  readonly nulls: Local;
  /** Of the row's number, and the OR of those of all rows that are not in doubt. */
  readonly magnitude: Local;
  readonly magnitudes: Local;
  /** Takes the row's value, where that is asked for; of the type that is stored. */
  readonly value: Local | undefined;
}

/**
 * What the code for the fields of a row shares. Nothing branches on what a field holds: whatever is not as it should be
 * leaves a trace, and the row's end looks at all traces at once.
 */
export class RowEmitter {
  readonly f: FunctionBuilder;
  readonly forms: RowForms;
  /** Number of the row among those that are kept, and four times that. */
  readonly place: Local;
  readonly offset: Local;
  /** Bounds of the field. */
  readonly start: Local;
  readonly stop: Local;
  /** Where `forms.nulls`: 0 for a field that is NULL, else -1. */
  readonly alive: Local;
  readonly #wrong: Local;
  readonly #signs: Local;
  readonly #constants = new Map<string, Local>();

  constructor(f: FunctionBuilder, forms: RowForms) {
    this.f = f;
    this.forms = forms;
    [this.place, this.offset, this.start, this.stop] = [f.local('i32'), f.local('i32'), f.local('i32'), f.local('i32')];
    [this.alive, this.#signs, this.#wrong] = [f.local('i32'), f.local('i32'), f.local('v128')];
  }

  /** A vector that does not change, to be made before the loop: within, the compiler would make it again at each use. */
  constant(name: string, bytes: readonly number[]): void {
    if (this.#constants.has(name)) return;
    const local = this.f.local('v128');
    const words = new BigInt64Array(Uint8Array.from({ length: 16 }, (_, i) => bytes[i] ?? 0).buffer);
    this.f.v128(words[0] as bigint, words[1] as bigint).set(local);
    this.#constants.set(name, local);
  }

  use(name: string): FunctionBuilder {
    return this.f.get(this.#constants.get(name) as Local);
  }

  /** Begins a row without a trace of doubt. */
  clearDoubts(): void {
    this.f.v128(0n, 0n).set(this.#wrong).i32(0).set(this.#signs);
  }

  /** Takes bytes that are all 0 where the field is as it should be. */
  doubtBytes(): void {
    if (this.forms.nulls) this.f.get(this.alive).op('i8x16.splat').op('v128.and');
    this.f.get(this.#wrong).op('v128.or').set(this.#wrong);
  }

  /** Takes an i32 that is negative where the field is not as it should be. */
  doubtNegative(): void {
    if (this.forms.nulls) this.f.get(this.alive).op('i32.and');
    this.doubtNegativeRow();
  }

  /** As `doubtNegative`, NULL or not. */
  doubtNegativeRow(): void {
    this.f.get(this.#signs).op('i32.or').set(this.#signs);
  }

  /** Leaves 1 where the row is in doubt, else 0. */
  isInDoubt(): FunctionBuilder {
    return this.f.get(this.#wrong).op('v128.any_true').get(this.#signs).i32(31).op('i32.shr_u').op('i32.or');
  }

  /** Leaves the address of the row's value of 4 or 8 bytes. */
  valueAddress({ values }: ColumnLocals, bytes: 4 | 8): FunctionBuilder {
    this.f.get(values).get(this.offset);
    return (bytes === 8 ? this.f.i32(1).op('i32.shl') : this.f).op('i32.add');
  }

  /** Takes a value below its address and stores it. */
  storeValue({ value }: ColumnLocals, type: 'i32' | 'i64'): void {
    if (value) this.f.tee(value);
    this.f.store(`${type}.store`);
  }

  /** Takes an i32 value; gives 0 where the field is NULL. */
  zeroWhereNull(): FunctionBuilder {
    return this.forms.nulls ? this.f.get(this.alive).op('i32.and') : this.f;
  }

  /** Leaves the field's length. */
  length(): FunctionBuilder {
    return this.f.get(this.stop).get(this.start).op('i32.sub');
  }
}

/** Bytes of eight words of 16 bits. */
export function words(...values: readonly number[]): readonly number[] {
  return values.flatMap((value) => [value & 255, value >> 8]);
}

/** Bytes that `byteAt` gives for 0 to 15. */
export function bytes(byteAt: (index: number) => number): readonly number[] {
  return Array.from({ length: 16 }, (_, i) => byteAt(i));
}
