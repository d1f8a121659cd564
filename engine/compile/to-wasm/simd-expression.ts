import { SluiceError } from '../../../query/error.ts';
import type { BoundExpression } from '../../../query/expression.ts';
import type { DataType } from '../../../query/types.ts';
import type { FunctionBuilder, Local } from '../../wasm-assembler/function-builder.ts';
import { FLOAT_FUNCTIONS, isFloat, type LaneLiterals, literalBits, shapeOf } from './simd-shape.ts';

/** Where a column's next rows stand: locals that hold addresses. */
export interface LanePointers {
  readonly type: DataType;
  readonly values: Local;
  readonly validity: Local;
}

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

type Comparison = 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge';

/** Adding this to |x| < 2^51, as an integer to a float's bits, gives the float 2^52 + 2^51 + x. */
const FLOAT_OFFSET_BITS = 0x4338000000000000n;
const EXACT_BITS = 51;
const ONES = -1n;
const REPEAT_TWO_BYTES = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1];

/**
 * Emits branch-free code for expressions over pairs of rows. Whole numbers are computed in 64 bits; what could leave
 * its type, or the bits in which it can be computed at all, marks `doubts`: then nothing that was computed counts, and
 * scalar code must decide. So the marks may be too many, but never too few.
 *
 * Constants must stand in locals before the loop, since V8 makes them anew at each use otherwise. Which ones are
 * needed shows while code is emitted: so a function is emitted twice, the second time with the `words` of the first.
 */
export class LaneEmitter {
  readonly code: FunctionBuilder;
  /** Not zero where a result is doubtful. */
  readonly doubts: Local;
  #pointers: ReadonlyMap<number, LanePointers>;
  #literals: LaneLiterals;
  #literalLanes: Lanes[] = [];
  #nullable: boolean;
  #words: Set<bigint>;
  #wordLocals = new Map<bigint, Local>();
  #known = new Map<string, Lanes>();
  /** Values, by local and bits, whose bound has been tested for the current rows. */
  #bounded = new Set<string>();
  #row = 0;
  #inRange: Local | undefined;
  /** For k bits: the OR of all v + 2^k, whose bits from k + 1 on are 0 while each v fits. */
  #ranges = new Map<number, Local>();

  constructor(
    code: FunctionBuilder,
    pointers: ReadonlyMap<number, LanePointers>,
    literals: LaneLiterals,
    nullable: boolean,
    words: Set<bigint>,
  ) {
    this.code = code;
    this.doubts = code.local('v128');
    this.#pointers = pointers;
    this.#literals = literals;
    this.#nullable = nullable;
    this.#words = words;
  }

  /** Before the loop: constants to locals. `table` holds the address of the literals, 8 bytes each. */
  prologue(table: Local): void {
    const { code } = this;
    for (const word of this.#words) {
      const local = code.local('v128');
      code.v128(word, word).set(local);
      this.#wordLocals.set(word, local);
    }
    this.#literalLanes = this.#literals.literals.map((literal, number) => {
      const { type } = literal;
      const value = code.local('v128');
      code
        .get(table)
        .load('v128.load64_splat', 8 * number)
        .set(value);
      const bits = isFloat(type) ? 0 : literalBits(literal);
      if (literal.value === null) return { type, value, bits, valid: code.local('v128') }; // a local starts at 0
      return { type, value, bits, isNumber: isFloat(type) && !Number.isNaN(literal.value) };
    });
  }

  /** Turns to the pair of rows `row` rows behind the pointers. Rows outside of the mask `inRange` read as zero. */
  beginRows(row: number, inRange?: Local): void {
    this.#row = row;
    this.#inRange = inRange;
    this.#known.clear();
    this.#bounded.clear();
  }

  /** After the loop: 1 on the stack where anything is doubtful. */
  doubtful(): void {
    const { code } = this;
    for (const [bits, all] of this.#ranges)
      code
        .get(this.doubts)
        .get(all)
        .i32(bits + 1)
        .op('i64x2.shr_u')
        .op('v128.or')
        .set(this.doubts);
    code.get(this.doubts).op('v128.any_true');
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

  emit(expression: BoundExpression): Lanes {
    if (expression.kind === 'literal') return this.#literalLanes[this.#literals.numberOf(expression)] as Lanes;
    const key = shapeOf(expression, this.#literals);
    const known = this.#known.get(key);
    if (known) return known;
    const lanes = this.#emitNew(expression);
    this.#known.set(key, lanes);
    return lanes;
  }

  /** Where a bool expression is true. */
  truth(expression: BoundExpression): Mask {
    if (expression.kind === 'call' && expression.operator === 'and') return this.all(expression.args);
    const { value, valid, inverted = false } = this.emit(expression);
    return valid
      ? this.#and({ local: value, inverted }, { local: valid, inverted: false })
      : { local: value, inverted };
  }

  /** Where all are true. */
  all(conjuncts: readonly BoundExpression[]): Mask {
    return conjuncts.map((conjunct) => this.truth(conjunct)).reduce((a, b) => this.#and(a, b), undefined);
  }

  /** The mask of rows that pass `mask` and where `valid` holds. */
  narrowed(mask: Mask, valid: Local | undefined): Mask {
    return this.#and(mask, valid && { local: valid, inverted: false });
  }

  /** Leaves the vector with its lanes outside of the mask at zero. */
  masked(value: Local, mask: Mask): void {
    this.code.get(value);
    if (mask) this.code.get(mask.local).op(mask.inverted ? 'v128.andnot' : 'v128.and');
  }

  /** Marks a doubt where one of the lanes that `compute` leaves is not zero. */
  doubt(compute: () => unknown): void {
    compute();
    this.code.get(this.doubts).op('v128.or').set(this.doubts);
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

  /** The mask of a bool, NULL aside. */
  plain({ value, inverted }: Lanes): Local {
    return inverted ? this.vector(() => this.code.get(value).op('v128.not')) : value;
  }

  #emitNew(expression: Exclude<BoundExpression, { kind: 'literal' }>): Lanes {
    const { code } = this;
    if (expression.kind === 'column') return this.#column(expression.index);
    const { type } = expression;
    if (expression.kind === 'cast') return this.#cast(this.emit(expression.arg), type);
    if (expression.kind === 'function') {
      const [a] = expression.args.map((arg) => this.emit(arg)) as [Lanes];
      const name = FLOAT_FUNCTIONS[expression.overload];
      if (!name) throw noCode(expression.overload);
      return this.#float(type, [a], () => code.get(a.value).op(name));
    }
    const { operator } = expression;
    if (operator === 'case') return this.#case(expression.args, type);
    const args = expression.args.map((arg) => this.emit(arg));
    const [a, b] = args as [Lanes, Lanes];
    switch (operator) {
      case 'and':
      case 'or':
        return this.#connect(args, operator);
      case 'not':
        return { ...a, inverted: !a.inverted };
      case 'is_null':
      case 'is_not_null': {
        const value = a.valid ?? this.word(ONES);
        return { type, value, bits: 0, inverted: operator === 'is_null' };
      }
      case 'eq':
      case 'ne':
      case 'lt':
      case 'le':
      case 'gt':
      case 'ge':
        return { type, bits: 0, ...this.#compare(operator, a, b), ...this.#validity(args) };
      case 'is_distinct_from':
      case 'is_not_distinct_from': {
        const same = this.#same(a, b);
        return operator === 'is_distinct_from' ? { ...same, inverted: !same.inverted } : same;
      }
      case 'in':
        return this.#in(a, args.slice(1));
      case 'coalesce':
        return args.reduceRight((rest, arg) => (arg.valid ? this.#choose(arg.valid, arg, rest) : arg));
      case 'divide':
        return this.#float(type, args, () => code.get(a.value).get(b.value).op('f64x2.div'));
      case 'negate': {
        if (isFloat(type)) return this.#float(type, args, () => code.get(a.value).op('f64x2.neg'));
        const small = this.bounded(a, type.kind === 'int32' ? 31 : 62);
        const value = this.vector(() => code.get(small.value).op('i64x2.neg'));
        return this.#whole(type, value, small.bits + 1, [a]);
      }
      case 'add':
      case 'subtract':
      case 'multiply':
        return this.#arithmetic(operator, a, b, type);
      default:
        throw noCode(operator);
    }
  }

  #column(index: number): Lanes {
    const { code } = this;
    const pointers = this.#pointers.get(index);
    if (!pointers) throw new SluiceError('internal', `column ${index} has no vector`);
    const { type } = pointers;
    const valid = this.#nullable ? this.#bytesMask(pointers.validity) : undefined;
    const common = { type, ...(valid && { valid }) };
    if (type.kind === 'bool') return { ...common, bits: 0, value: this.#bytesMask(pointers.values) };
    const narrow = type.kind === 'int32' || type.kind === 'date';
    const value = this.vector(() => {
      code.get(pointers.values);
      if (narrow) code.load('v128.load32x2_s', 4 * this.#row);
      else code.load('v128.load', 8 * this.#row);
      if (this.#inRange) code.get(this.#inRange).op('v128.and');
    });
    return { ...common, value, bits: narrow ? 31 : 63 };
  }

  /** Two bytes, 0 or 1, as a mask. */
  #bytesMask(address: Local): Local {
    const { code } = this;
    const zero = this.word(0n);
    return this.vector(() => {
      code.get(address).load('v128.load16_splat', this.#row).get(zero).shuffle(REPEAT_TWO_BYTES);
      code.get(zero).op('i8x16.ne');
      if (this.#inRange) code.get(this.#inRange).op('v128.and');
    });
  }

  /** `valid` of a result that is NULL where any operand is. */
  #validity(operands: readonly Lanes[]): { valid?: Local } {
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

  #float(type: DataType, operands: readonly Lanes[], compute: () => unknown): Lanes {
    return { type, value: this.vector(compute), bits: 0, ...this.#validity(operands) };
  }

  /** A whole result, which must fit its type. */
  #whole(type: DataType, value: Local, bits: number, operands: readonly Lanes[]): Lanes {
    const lanes = { type, value, bits, ...this.#validity(operands) };
    if (type.kind === 'int32' || type.kind === 'date') return this.bounded(lanes, 31);
    // Decimals stop at 18 digits, and 2^59 < 10^18.
    return type.kind === 'decimal' && type.precision === 18 ? this.bounded(lanes, 59) : lanes;
  }

  #and(a: Mask, b: Mask): Mask {
    const { code } = this;
    if (!a || !b) return a ?? b;
    if (a.inverted && b.inverted)
      return { local: this.vector(() => code.get(a.local).get(b.local).op('v128.or')), inverted: true };
    const [plain, other] = a.inverted ? [b, a] : [a, b];
    const op = other.inverted ? 'v128.andnot' : 'v128.and';
    return { local: this.vector(() => code.get(plain.local).get(other.local).op(op)), inverted: false };
  }

  /** NULL counts as true in AND and as false in OR; the result is known where an operand decides or none is NULL. */
  #connect(args: readonly Lanes[], operator: 'and' | 'or'): Lanes {
    const { code } = this;
    const type: DataType = { kind: 'bool' };
    if (args.length === 1) return args[0] as Lanes;
    const values = args.map((arg) => {
      const value = this.plain(arg);
      if (!arg.valid) return value;
      const { valid } = arg;
      return this.vector(() =>
        operator === 'and'
          ? code.get(valid).get(value).op('v128.andnot').op('v128.not')
          : code.get(value).get(valid).op('v128.and'),
      );
    });
    const value = this.vector(() => {
      values.forEach((local, i) => {
        code.get(local);
        if (i > 0) code.op(`v128.${operator}`);
      });
    });
    const { valid } = this.#validity(args);
    if (!valid) return { type, value, bits: 0 };
    const known = this.vector(() => {
      code.get(valid).get(value);
      if (operator === 'and') code.op('v128.not');
      code.op('v128.or');
    });
    return { type, value, valid: known, bits: 0 };
  }

  #compare(operator: Comparison, a: Lanes, b: Lanes): { value: Local; inverted: boolean } {
    const { code } = this;
    const pair = (x: Lanes, y: Lanes, name: string) => this.vector(() => code.get(x.value).get(y.value).op(name));
    if (operator === 'ne' || operator === 'ge' || operator === 'le') {
      const contrary = this.#compare(operator === 'ne' ? 'eq' : operator === 'ge' ? 'lt' : 'gt', a, b);
      return { ...contrary, inverted: !contrary.inverted };
    }
    if (a.type.kind === 'bool') {
      const [x, y] = [this.plain(a), this.plain(b)];
      if (operator === 'eq') return { value: this.vector(() => code.get(x).get(y).op('v128.xor')), inverted: true };
      const [high, low] = operator === 'gt' ? [x, y] : [y, x];
      return { value: this.vector(() => code.get(high).get(low).op('v128.andnot')), inverted: false };
    }
    if (!isFloat(a.type))
      return { value: pair(a, b, operator === 'eq' ? 'i64x2.eq' : `i64x2.${operator}_s`), inverted: false };
    if (operator === 'gt') return this.#compare('lt', b, a);
    const oneIsNumber = a.isNumber || b.isNumber;
    if (operator === 'eq') {
      const equal = pair(a, b, 'f64x2.eq');
      if (oneIsNumber) return { value: equal, inverted: false };
      const bothNaN = [pair(a, a, 'f64x2.ne'), pair(b, b, 'f64x2.ne')] as const;
      const value = this.vector(() => code.get(bothNaN[0]).get(bothNaN[1]).op('v128.and').get(equal).op('v128.or'));
      return { value, inverted: false };
    }
    // NaN is above all numbers: a < b is "not b <= a", but never for a NaN in a.
    if (b.isNumber) return { value: pair(a, b, 'f64x2.lt'), inverted: false };
    const notLess = pair(b, a, 'f64x2.le');
    if (a.isNumber) return { value: notLess, inverted: true };
    const isNumber = pair(a, a, 'f64x2.eq');
    return { value: this.vector(() => code.get(isNumber).get(notLess).op('v128.andnot')), inverted: false };
  }

  /** Equal, where NULL equals NULL; never NULL. */
  #same(a: Lanes, b: Lanes): Lanes {
    const { code } = this;
    const type: DataType = { kind: 'bool' };
    const equal = this.plain({ type, bits: 0, ...this.#compare('eq', a, b) });
    if (!a.valid && !b.valid) return { type, value: equal, bits: 0 };
    const [left, right] = [a.valid ?? this.word(ONES), b.valid ?? this.word(ONES)];
    const value = this.vector(() => {
      code.get(equal).get(left).op('v128.and').get(right).op('v128.and');
      code.get(left).get(right).op('v128.or').op('v128.not').op('v128.or');
    });
    return { type, value, bits: 0 };
  }

  #in(operand: Lanes, members: readonly Lanes[]): Lanes {
    const { code } = this;
    const type: DataType = { kind: 'bool' };
    const hits = members.map((member) => {
      const equal = this.plain({ type, bits: 0, ...this.#compare('eq', operand, member) });
      const { valid } = member;
      return valid ? this.vector(() => code.get(equal).get(valid).op('v128.and')) : equal;
    });
    const value = this.vector(() => {
      hits.forEach((hit, i) => {
        code.get(hit);
        if (i > 0) code.op('v128.or');
      });
    });
    const known = this.#validity(members).valid;
    if (!known) return { type, value, bits: 0, ...(operand.valid && { valid: operand.valid }) };
    const valid = this.vector(() => {
      code.get(value).get(known).op('v128.or');
      if (operand.valid) code.get(operand.valid).op('v128.and');
    });
    return { type, value, bits: 0, valid };
  }

  #case(args: readonly BoundExpression[], type: DataType): Lanes {
    let result = this.emit(args.at(-1) as BoundExpression);
    for (let i = args.length - 3; i >= 0; i -= 2) {
      const mask = this.truth(args[i] as BoundExpression) as NonNullable<Mask>;
      const chosen = this.emit(args[i + 1] as BoundExpression);
      result = mask.inverted ? this.#choose(mask.local, result, chosen) : this.#choose(mask.local, chosen, result);
    }
    return { ...result, type };
  }

  /** The first where the mask is set, else the second. */
  #choose(mask: Local, a: Lanes, b: Lanes): Lanes {
    const { code } = this;
    const [x, y] = a.type.kind === 'bool' ? [this.plain(a), this.plain(b)] : [a.value, b.value];
    const select = (first: Local, second: Local) =>
      this.vector(() => code.get(first).get(second).get(mask).op('v128.bitselect'));
    const valid = a.valid || b.valid ? select(a.valid ?? this.word(ONES), b.valid ?? this.word(ONES)) : undefined;
    return {
      type: a.type,
      value: select(x, y),
      bits: Math.max(a.bits, b.bits),
      isNumber: (a.isNumber && b.isNumber) ?? false,
      ...(valid && { valid }),
    };
  }

  #arithmetic(operator: 'add' | 'subtract' | 'multiply', a: Lanes, b: Lanes, type: DataType): Lanes {
    const { code } = this;
    const short = operator === 'subtract' ? 'sub' : operator === 'add' ? 'add' : 'mul';
    if (isFloat(type)) return this.#float(type, [a, b], () => code.get(a.value).get(b.value).op(`f64x2.${short}`));
    if (operator === 'multiply') {
      const { value, bits } = this.#product(a, b);
      return this.#whole(type, value, bits, [a, b]);
    }
    const [x, y] = [this.bounded(a, 62), this.bounded(b, 62)];
    const value = this.vector(() => code.get(x.value).get(y.value).op(`i64x2.${short}`));
    return this.#whole(type, value, Math.max(x.bits, y.bits) + 1, [a, b]);
  }

  /** Where the bounds do not show that the product fits 64 bits, both factors must fit 32. */
  #product(a: Lanes, b: Lanes): { value: Local; bits: number } {
    const { code } = this;
    if (a.bits + b.bits <= 62 && (a.bits > 31 || b.bits > 31))
      return {
        value: this.vector(() => code.get(a.value).get(b.value).op('i64x2.mul')),
        bits: a.bits + b.bits + 1,
      };
    const [x, y] = [this.bounded(a, 31), this.bounded(b, 31)];
    // The low halves of both lanes, side by side.
    const low = (lanes: Lanes) =>
      code.get(lanes.value).get(lanes.value).shuffle([0, 1, 2, 3, 8, 9, 10, 11, 0, 1, 2, 3, 8, 9, 10, 11]);
    const value = this.vector(() => {
      low(x);
      low(y);
      code.op('i64x2.extmul_low_i32x4_s');
    });
    return { value, bits: x.bits + y.bits + 1 };
  }

  #cast(from: Lanes, to: DataType): Lanes {
    const { code } = this;
    const source = from.type;
    if (source.kind === to.kind && source.kind !== 'decimal') return { ...from, type: to };
    const sourceScale = source.kind === 'decimal' ? source.scale : 0;
    if (to.kind === 'float64') {
      const exact = this.bounded(from, EXACT_BITS);
      const offset = this.word(FLOAT_OFFSET_BITS);
      const divisor = sourceScale > 0 ? this.word(bitsOf(10 ** sourceScale)) : undefined;
      const lanes = this.#float(to, [from], () => {
        code.get(exact.value).get(offset).op('i64x2.add').get(offset).op('f64x2.sub');
        if (divisor) code.get(divisor).op('f64x2.div');
      });
      return { ...lanes, isNumber: true };
    }
    if (to.kind === 'timestamp') return { ...this.#scaled(this.bounded(from, 25), 86_400_000_000n), type: to };
    if (to.kind === 'int32') return { ...this.bounded(from, 31), type: to };
    if (to.kind !== 'decimal') return { ...from, type: to };
    const shift = to.scale - sourceScale;
    const scaled = shift === 0 ? from : this.#scaled(from, 10n ** BigInt(shift));
    return { ...this.#withinDigits(scaled, from, to), type: to };
  }

  #scaled(lanes: Lanes, factor: bigint): Lanes {
    const bits = Math.max(31, factor.toString(2).length);
    const product = this.#product(lanes, { type: lanes.type, value: this.word(factor), bits });
    return { ...lanes, ...product };
  }

  /** A decimal must have its digits: needless to test where the source's type has no more before the point. */
  #withinDigits(lanes: Lanes, { type: source, bits }: Lanes, to: DataType & { kind: 'decimal' }): Lanes {
    const whole = to.precision - to.scale;
    if (source.kind === 'decimal' ? source.precision - source.scale <= whole : bits <= 31 && whole >= 10) return lanes;
    const limit = 10n ** BigInt(to.precision) - 1n;
    for (const [name, word] of [
      ['i64x2.gt_s', limit],
      ['i64x2.lt_s', -limit],
    ] as const) {
      const bound = this.word(word);
      this.doubt(() => {
        this.code.get(lanes.value).get(bound).op(name);
        if (lanes.valid) this.code.get(lanes.valid).op('v128.and');
      });
    }
    return lanes;
  }
}

export function bitsOf(value: number): bigint {
  return new BigInt64Array(Float64Array.of(value).buffer)[0] as bigint;
}

function noCode(what: string): SluiceError {
  return new SluiceError('internal', `there is no SIMD code for ${what}`);
}
