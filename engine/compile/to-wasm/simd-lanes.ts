import type { DataType } from '../../../query/types.ts';
import type { FunctionBuilder, Local } from '../../wasm-assembler/function-builder.ts';

/** A value of two rows in v128 locals; `valid` is absent where it cannot be NULL, a NULL's value is anything. */
export interface Lanes {
  readonly type: DataType;
  readonly value: Local;
  readonly valid?: Local;
  /** Of whole numbers: -2^bits <= value < 2^bits. */
  readonly bits: number;
  /** The float is no NaN. */
  readonly isNumber?: boolean;
  /** Of bool: `value` is the mask of its contrary. */
  readonly inverted?: boolean;
}

/** A mask, or its contrary; undefined: all rows. */
export type Mask = { readonly local: Local; readonly inverted: boolean } | undefined;

/** All bits of a lane: true as a mask. */
export const ONES = -1n;

/**
 * Code over pairs of rows: constants, masks and doubts. What could leave its type, or the bits in which it can be
 * computed at all, marks a doubt: then nothing that was computed counts, and scalar code must decide. So the marks may
 * be too many, but never too few.
 *
 * Constants must stand in locals before the loop, since V8 makes them anew at each use otherwise. Which ones are
 * needed shows while code is emitted: so a function is emitted twice, the second time with the `words` of the first.
 */
export class LaneCode {
  readonly code: FunctionBuilder;
  /** Not zero where a result is doubtful. */
  #doubts: Local;
  #mayDoubt = false;
  #words: Set<bigint>;
  #wordLocals = new Map<bigint, Local>();
  /** Values, by local and bits, whose bound has been tested for the current rows. */
  #bounded = new Set<string>();
  /** For k bits: the OR of all v + 2^k, whose bits from k + 1 on are 0 while each v fits. */
  #ranges = new Map<number, Local>();

  constructor(code: FunctionBuilder, words: Set<bigint>) {
    this.code = code;
    this.#doubts = code.local('v128');
    this.#words = words;
  }

  /** Before the loop: constants to locals. */
  prologue(): void {
    const { code } = this;
    for (const word of this.#words) {
      const local = code.local('v128');
      code.v128(word, word).set(local);
      this.#wordLocals.set(word, local);
    }
  }

  /** Other rows follow: their values have not been tested. */
  beginRows(): void {
    this.#bounded.clear();
  }

  /** After the loop: 1 on the stack where anything is doubtful. */
  doubtful(): void {
    const { code } = this;
    for (const [bits, all] of this.#ranges)
      code
        .get(this.#doubts)
        .get(all)
        .i32(bits + 1)
        .op('i64x2.shr_u')
        .op('v128.or')
        .set(this.#doubts);
    code.get(this.#doubts).op('v128.any_true');
  }

  /** Whether any code so far can mark a doubt. */
  get mayDoubt(): boolean {
    return this.#mayDoubt;
  }

  /** A local that holds a constant in both lanes. */
  word(word: bigint): Local {
    const known = this.#wordLocals.get(word);
    if (known) return known;
    this.#words.add(word);
    const local = this.code.local('v128');
    this.#wordLocals.set(word, local);
    return local;
  }

  /** A fresh local for the vector that `compute` leaves on the stack. */
  vector(compute: () => unknown): Local {
    const local = this.code.local('v128');
    compute();
    this.code.set(local);
    return local;
  }

  /** Marks a doubt where one of the lanes that `compute` leaves is not zero. */
  doubt(compute: () => unknown): void {
    this.#mayDoubt = true;
    compute();
    this.code.get(this.#doubts).op('v128.or').set(this.#doubts);
  }

  /** A whole number within 2^bits, or a doubt. */
  bounded(lanes: Lanes, bits: number): Lanes {
    if (lanes.bits <= bits) return lanes;
    const { code } = this;
    const test = `${lanes.value.index} ${bits}`;
    if (this.#bounded.has(test)) return { ...lanes, bits };
    this.#bounded.add(test);
    let all = this.#ranges.get(bits);
    if (!all) {
      all = code.local('v128');
      this.#mayDoubt = true;
      this.#ranges.set(bits, all);
    }
    code
      .get(lanes.value)
      .get(this.word(1n << BigInt(bits)))
      .op('i64x2.add');
    if (lanes.valid) code.get(lanes.valid).op('v128.and');
    code.get(all).op('v128.or').set(all);
    return { ...lanes, bits };
  }

  /** `valid` of a result that is NULL where any operand is. */
  validity(operands: readonly Lanes[]): { valid?: Local } {
    const valids = [...new Set(operands.flatMap(({ valid }) => (valid ? [valid] : [])))];
    const [first, ...rest] = valids;
    if (!first) return {};
    if (rest.length === 0) return { valid: first };
    return {
      valid: this.vector(() => {
        this.code.get(first);
        for (const valid of rest) this.code.get(valid).op('v128.and');
      }),
    };
  }

  /** The mask of a bool, NULL aside. */
  plain({ value, inverted }: Lanes): Local {
    return inverted ? this.vector(() => this.code.get(value).op('v128.not')) : value;
  }

  /** Where both masks are set. */
  both(a: Mask, b: Mask): Mask {
    const { code } = this;
    if (!a || !b) return a ?? b;
    if (a.inverted && b.inverted)
      return { local: this.vector(() => code.get(a.local).get(b.local).op('v128.or')), inverted: true };
    const [plain, other] = a.inverted ? [b, a] : [a, b];
    const op = other.inverted ? 'v128.andnot' : 'v128.and';
    return { local: this.vector(() => code.get(plain.local).get(other.local).op(op)), inverted: false };
  }

  /** The mask of rows that pass `mask` and where `valid` holds. */
  narrowed(mask: Mask, valid: Local | undefined): Mask {
    return this.both(mask, valid && { local: valid, inverted: false });
  }

  /** Leaves the vector with its lanes outside of the mask at zero. */
  masked(value: Local, mask: Mask): void {
    this.code.get(value);
    if (mask) this.code.get(mask.local).op(mask.inverted ? 'v128.andnot' : 'v128.and');
  }
}
