import { SluiceError } from '../../../query/error.ts';
import { type BoundExpression, operandsOf } from '../../../query/expression.ts';
import { type DataType, formatType, INT64 } from '../../../query/types.ts';
import { VECTOR_SIZE } from '../../task.ts';
import type { FunctionBuilder, FunctionReference, Local } from '../../wasm-assembler/function-builder.ts';
import type { ValueType } from '../../wasm-assembler/instructions.ts';
import type { ConstantTable, Literal } from './constants.ts';

/** Where a vector of up to VECTOR_SIZE rows stands: values (utf8: addresses, then lengths) and validity bytes. */
export interface VectorPlace {
  readonly type: DataType;
  readonly values: number;
  readonly validity: number;
}

/** Kernel functions that compiled code calls. */
export interface KernelCalls {
  readonly compareUtf8: FunctionReference;
  readonly equalUtf8: FunctionReference;
  readonly likeUtf8: FunctionReference;
  readonly multiplyOverflows: FunctionReference;
  readonly remainder: FunctionReference;
  readonly roundDivide: FunctionReference;
}

/** A value of the current row in locals: text has a length; `valid` is absent where it cannot be NULL. */
export interface Emitted {
  readonly type: DataType;
  readonly value: Local;
  readonly length?: Local;
  readonly valid?: Local;
}

/** Bits of the failure mask that compiled functions leave behind. */
export const FAILURES = { add: 1, subtract: 2, multiply: 4, negate: 8, cast: 16, integer_divide: 32 } as const;

export function valueTypeOf(type: DataType): ValueType {
  switch (type.kind) {
    case 'bool':
    case 'int32':
    case 'date':
    case 'utf8':
      return 'i32';
    case 'float64':
      return 'f64';
    default:
      return 'i64';
  }
}

/**
 * Emits branch-free code for expressions over the current row of a loop. Every node's value goes to fresh locals; equal
 * subexpressions are computed once. Overflow sets a bit in `failures` where the result would not be NULL.
 */
export class ExpressionEmitter {
  readonly code: FunctionBuilder;
  readonly row: Local;
  readonly failures: Local;
  #calls: KernelCalls;
  #places: ReadonlyMap<number, VectorPlace>;
  #constants: ConstantTable;
  #nullable: boolean;
  #row4: Local;
  #row8: Local;
  #known = new Map<string, Emitted>();
  #literals = new Map<number, Emitted>();

  constructor(
    code: FunctionBuilder,
    row: Local,
    calls: KernelCalls,
    places: ReadonlyMap<number, VectorPlace>,
    constants: ConstantTable,
    nullable: boolean,
  ) {
    this.code = code;
    this.row = row;
    this.failures = code.local('i32');
    this.#calls = calls;
    this.#places = places;
    this.#constants = constants;
    this.#nullable = nullable;
    this.#row4 = code.local('i32');
    this.#row8 = code.local('i32');
  }

  /** Before the loop: loads every literal of `expression` once. */
  prepare(expression: BoundExpression): void {
    if (expression.kind === 'literal') this.#loadLiteral(expression);
    else for (const operand of operandsOf(expression)) this.prepare(operand);
  }

  /** At the loop's head: the row's byte offsets. */
  beginRow(): void {
    this.code.get(this.row).i32(2).op('i32.shl').set(this.#row4);
    this.code.get(this.row).i32(3).op('i32.shl').set(this.#row8);
  }

  emit(expression: BoundExpression): Emitted {
    if (expression.kind === 'literal') return this.#literals.get(this.#constants.addressOf(expression)) as Emitted;
    const key = shapeOf(expression, this.#constants);
    const known = this.#known.get(key);
    if (known) return known;
    const emitted = this.#emitNew(expression);
    this.#known.set(key, emitted);
    return emitted;
  }

  /** Stores a value as this row of a vector. */
  store(emitted: Emitted, place: VectorPlace): void {
    const { code } = this;
    code.get(this.#offset(emitted.type)).get(emitted.value);
    if (emitted.type.kind === 'bool') code.store('i32.store8', place.values);
    else code.store(`${emitted.value.type}.store`, place.values);
    if (emitted.length)
      code
        .get(this.#row4)
        .get(emitted.length)
        .store('i32.store', place.values + 4 * VECTOR_SIZE);
    code.get(this.row);
    if (emitted.valid) code.get(emitted.valid);
    else code.i32(1);
    code.store('i32.store8', place.validity);
  }

  #emitNew(expression: Exclude<BoundExpression, { kind: 'literal' }>): Emitted {
    if (expression.kind === 'column') return this.#column(expression.index);
    if (expression.kind === 'cast') return this.#cast(this.emit(expression.arg), expression.type);
    if (expression.kind === 'function')
      throw new SluiceError('unsupported', `the wasm lane cannot call ${expression.overload} yet`);
    const { operator, type } = expression;
    const args = expression.args.map((arg) => this.emit(arg));
    const [a, b] = args as [Emitted, Emitted];
    switch (operator) {
      case 'and':
        return this.#connect(args, 'and');
      case 'or':
        return this.#connect(args, 'or');
      case 'not':
        return this.#result(type, this.#validity([a]), () => this.code.get(a.value).op('i32.eqz'));
      case 'is_null':
      case 'is_not_null':
        return this.#result(type, undefined, () => {
          if (a.valid) this.code.get(a.valid);
          else this.code.i32(1);
          if (operator === 'is_null') this.code.op('i32.eqz');
        });
      case 'eq':
      case 'ne':
      case 'lt':
      case 'le':
      case 'gt':
      case 'ge':
        return this.#result(type, this.#validity([a, b]), () => this.#compare(operator, a, b));
      case 'in':
        return this.#in(a, args.slice(1));
      case 'like':
        return this.#result(type, this.#validity([a, b]), () =>
          this.code
            .get(a.value)
            .get(a.length as Local)
            .get(b.value)
            .get(b.length as Local)
            .call(this.#calls.likeUtf8),
        );
      case 'negate':
        return this.#negate(a, type);
      case 'divide':
        return this.#result(type, this.#validity([a, b]), () => this.code.get(a.value).get(b.value).op('f64.div'));
      case 'integer_divide':
      case 'modulo':
        return this.#divide(operator, a, b, type);
      case 'add':
      case 'subtract':
      case 'multiply':
        return this.#arithmetic(operator, a, b, type);
      default:
        throw new SluiceError('unsupported', `the wasm lane has no ${operator} yet`);
    }
  }

  #column(index: number): Emitted {
    const place = this.#places.get(index);
    if (!place) throw new SluiceError('internal', `column ${index} has no vector`);
    const { type } = place;
    const value = this.code.local(valueTypeOf(type));
    this.code.get(this.#offset(type));
    this.code.load(type.kind === 'bool' ? 'i32.load8_u' : `${value.type}.load`, place.values).set(value);
    const length = type.kind === 'utf8' ? this.code.local('i32') : undefined;
    if (length)
      this.code
        .get(this.#row4)
        .load('i32.load', place.values + 4 * VECTOR_SIZE)
        .set(length);
    const valid = this.#nullable ? this.code.local('i32') : undefined;
    if (valid) this.code.get(this.row).load('i32.load8_u', place.validity).set(valid);
    return { type, value, ...(length && { length }), ...(valid && { valid }) };
  }

  #loadLiteral(literal: Literal): void {
    const { code } = this;
    const at = this.#constants.addressOf(literal);
    if (this.#literals.has(at)) return;
    const value = code.local(valueTypeOf(literal.type));
    code.i32(at).load(`${value.type}.load`).set(value);
    const length = literal.type.kind === 'utf8' ? code.local('i32') : undefined;
    if (length)
      code
        .i32(at + 4)
        .load('i32.load')
        .set(length);
    const valid = literal.value === null ? code.local('i32') : undefined; // a local starts at 0
    this.#literals.set(at, { type: literal.type, value, ...(length && { length }), ...(valid && { valid }) });
  }

  #offset(type: DataType): Local {
    if (type.kind === 'bool') return this.row;
    return valueTypeOf(type) === 'i32' ? this.#row4 : this.#row8;
  }

  /** The local that says whether all operands are valid; undefined when none can be NULL. */
  #validity(operands: readonly Emitted[]): Local | undefined {
    const valids = operands.flatMap(({ valid }) => (valid ? [valid] : []));
    const [first, ...rest] = valids;
    if (!first || rest.length === 0) return first;
    const all = this.code.local('i32');
    this.code.get(first);
    for (const valid of rest) this.code.get(valid).op('i32.and');
    this.code.set(all);
    return all;
  }

  #result(type: DataType, valid: Local | undefined, compute: () => unknown): Emitted {
    const value = this.code.local(valueTypeOf(type));
    compute();
    this.code.set(value);
    return { type, value, ...(valid && { valid }) };
  }

  /** Three-valued AND: false if any operand is; else NULL if any is. OR is its mirror image. */
  #connect(args: readonly Emitted[], operator: 'and' | 'or'): Emitted {
    const { code } = this;
    const decided = code.local('i32');
    const value = code.local('i32');
    const decides = (arg: Emitted) => {
      code.get(arg.value);
      if (operator === 'and') code.op('i32.eqz');
      if (arg.valid) code.get(arg.valid).op('i32.and');
    };
    args.forEach((arg, i) => {
      decides(arg);
      if (i > 0) code.get(decided).op('i32.or');
      code.set(decided);
    });
    code.get(decided);
    if (operator === 'and') code.op('i32.eqz');
    code.set(value);
    const all = this.#validity(args);
    if (!all) return { type: { kind: 'bool' }, value };
    const valid = code.local('i32');
    code.get(all).get(decided).op('i32.or').set(valid);
    return { type: { kind: 'bool' }, value, valid };
  }

  #in(operand: Emitted, list: readonly Emitted[]): Emitted {
    const { code } = this;
    const value = code.local('i32');
    code.i32(0).set(value);
    for (const item of list) {
      if (item.valid) continue; // a NULL literal never equals
      this.#compare('eq', operand, item);
      code.get(value).op('i32.or').set(value);
    }
    const type: DataType = { kind: 'bool' };
    if (!list.some((item) => item.valid)) return { type, value, ...(operand.valid && { valid: operand.valid }) };
    const valid = code.local('i32');
    code.get(value);
    if (operand.valid) code.get(operand.valid).op('i32.and');
    code.set(valid);
    return { type, value, valid };
  }

  /** Leaves 0 or 1 on the stack. NaN equals NaN and is greater than every number. */
  #compare(operator: 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge', a: Emitted, b: Emitted): void {
    const { code } = this;
    if (a.type.kind === 'utf8') {
      code
        .get(a.value)
        .get(a.length as Local)
        .get(b.value)
        .get(b.length as Local);
      if (operator === 'eq') code.call(this.#calls.equalUtf8);
      else if (operator === 'ne') code.call(this.#calls.equalUtf8).op('i32.eqz');
      else code.call(this.#calls.compareUtf8).i32(0).op(`i32.${operator}_s`);
      return;
    }
    if (a.type.kind !== 'float64') {
      const type = valueTypeOf(a.type);
      code
        .get(a.value)
        .get(b.value)
        .op(operator === 'eq' || operator === 'ne' ? `${type}.${operator}` : `${type}.${operator}_s`);
      return;
    }
    const less = (x: Emitted, y: Emitted) => {
      code.get(x.value).get(y.value).op('f64.lt');
      code.get(y.value).get(y.value).op('f64.ne').get(x.value).get(x.value).op('f64.eq').op('i32.and').op('i32.or');
    };
    switch (operator) {
      case 'lt':
        less(a, b);
        return;
      case 'gt':
        less(b, a);
        return;
      case 'le':
        less(b, a);
        code.op('i32.eqz');
        return;
      case 'ge':
        less(a, b);
        code.op('i32.eqz');
        return;
      default:
        code.get(a.value).get(b.value).op('f64.eq');
        code.get(a.value).get(a.value).op('f64.ne').get(b.value).get(b.value).op('f64.ne').op('i32.and').op('i32.or');
        if (operator === 'ne') code.op('i32.eqz');
    }
  }

  /** Takes a flag from the stack; notes the failure where the row's result counts. */
  #fail(kind: keyof typeof FAILURES, valid: Local | undefined): void {
    const { code } = this;
    if (valid) code.get(valid).op('i32.and');
    code.i32(0).op('i32.ne').i32(FAILURES[kind]).op('i32.mul').get(this.failures).op('i32.or').set(this.failures);
  }

  #arithmetic(operator: 'add' | 'subtract' | 'multiply', a: Emitted, b: Emitted, type: DataType): Emitted {
    const { code } = this;
    const short = operator === 'subtract' ? 'sub' : operator === 'add' ? 'add' : 'mul';
    const valid = this.#validity([a, b]);
    if (type.kind === 'float64')
      return this.#result(type, valid, () => code.get(a.value).get(b.value).op(`f64.${short}`));
    if (valueTypeOf(a.type) === 'i32') {
      const wide = code.local('i64');
      code.get(a.value).op('i64.extend_i32_s').get(b.value).op('i64.extend_i32_s').op(`i64.${short}`).set(wide);
      if (valueTypeOf(type) === 'i64') return { type, value: wide, ...(valid && { valid }) };
      const result = this.#result(type, valid, () => code.get(wide).op('i32.wrap_i64'));
      code.get(result.value).op('i64.extend_i32_s').get(wide).op('i64.ne');
      this.#fail(operator, valid);
      return result;
    }
    const result = this.#result(type, valid, () => code.get(a.value).get(b.value).op(`i64.${short}`));
    const sign = (x: Local, y: Local) => code.get(x).get(y).op('i64.xor');
    if (operator === 'multiply') {
      // |x| < 2^(64 - clz): when the leading zeros of both reach 66, the product fits; else ask exactly.
      const magnitude = (x: Local) => code.get(x).get(x).i64(63n).op('i64.shr_s').op('i64.xor').op('i64.clz');
      magnitude(a.value);
      magnitude(b.value);
      code
        .op('i64.add')
        .i64(66n)
        .op('i64.lt_s')
        .when(() => {
          code.get(a.value).get(b.value).call(this.#calls.multiplyOverflows);
          this.#fail('multiply', valid);
        });
    } else {
      sign(result.value, a.value);
      if (operator === 'add') sign(result.value, b.value);
      else sign(a.value, b.value);
      code.op('i64.and').i64(0n).op('i64.lt_s');
      this.#fail(operator, valid);
    }
    // DuckDB widens the declared precision with each step, but stops at 18 digits and checks instead.
    if (type.kind === 'decimal' && type.precision === 18) this.#checkDigits(result.value, 18, operator, valid);
    return result;
  }

  #checkDigits(value: Local, digits: number, kind: keyof typeof FAILURES, valid: Local | undefined): void {
    const limit = 10n ** BigInt(digits);
    this.code.get(value).i64(limit).op('i64.ge_s').get(value).i64(-limit).op('i64.le_s').op('i32.or');
    this.#fail(kind, valid);
  }

  #negate(a: Emitted, type: DataType): Emitted {
    const { code } = this;
    if (type.kind === 'float64') return this.#result(type, a.valid, () => code.get(a.value).op('f64.neg'));
    const width = valueTypeOf(type) as 'i32' | 'i64';
    const least = width === 'i32' ? () => code.i32(-0x80000000) : () => code.i64(-(1n << 63n));
    const zero = width === 'i32' ? () => code.i32(0) : () => code.i64(0n);
    code.get(a.value);
    least();
    code.op(`${width}.eq`);
    this.#fail('negate', a.valid);
    return this.#result(type, a.valid, () => {
      zero();
      code.get(a.value).op(`${width}.sub`);
    });
  }

  /** x // 0 and x % 0 are NULL (NaN for doubles); a zero divisor is replaced by one, so that nothing traps. */
  #divide(operator: 'integer_divide' | 'modulo', a: Emitted, b: Emitted, type: DataType): Emitted {
    const { code } = this;
    const width = valueTypeOf(type);
    const operands = this.#validity([a, b]);
    if (width === 'f64')
      return this.#result(type, operands, () => code.get(a.value).get(b.value).call(this.#calls.remainder));
    const nonZero = code.local('i32');
    code.get(b.value).op(`${width}.eqz`).op('i32.eqz').set(nonZero);
    const valid = code.local('i32');
    code.get(nonZero);
    if (operands) code.get(operands).op('i32.and');
    code.set(valid);
    const one = () => (width === 'i32' ? code.i32(1) : code.i64(1n));
    const least = () => (width === 'i32' ? code.i32(-0x80000000) : code.i64(-(1n << 63n)));
    const minusOne = () => (width === 'i32' ? code.i32(-1) : code.i64(-1n));
    const overflows = code.local('i32');
    code.get(a.value);
    least();
    code.op(`${width}.eq`).get(b.value);
    minusOne();
    code.op(`${width}.eq`).op('i32.and').set(overflows);
    if (operator === 'integer_divide') {
      code.get(overflows);
      this.#fail('integer_divide', valid);
    }
    return this.#result(type, valid, () => {
      code.get(a.value).get(b.value);
      one();
      code.get(nonZero).get(overflows).op('i32.eqz').op('i32.and').select();
      code.op(`${width}.${operator === 'modulo' ? 'rem_s' : 'div_s'}`);
      if (operator === 'modulo') {
        if (width === 'i32') code.i32(0);
        else code.i64(0n);
        code.get(overflows).op('i32.eqz').select();
      }
    });
  }

  #cast(from: Emitted, to: DataType): Emitted {
    const { code } = this;
    const { valid } = from;
    const source = from.type;
    if (source.kind === to.kind && source.kind !== 'decimal') return { ...from, type: to };
    const sourceScale = source.kind === 'decimal' ? source.scale : 0;
    const isInteger = source.kind === 'int32' || source.kind === 'int64' || source.kind === 'bool';
    const toLong = () => {
      code.get(from.value);
      if (from.value.type === 'i32') code.op('i64.extend_i32_s');
    };
    if (to.kind === 'float64' && (isInteger || source.kind === 'decimal')) {
      return this.#result(to, valid, () => {
        toLong();
        code.op('f64.convert_i64_s');
        if (sourceScale > 0) code.f64(10 ** sourceScale).op('f64.div');
      });
    }
    if (to.kind === 'timestamp' && source.kind === 'date')
      return this.#result(to, valid, () => {
        toLong();
        code.i64(86_400_000_000n).op('i64.mul');
      });
    if (source.kind === 'float64' && (to.kind === 'int32' || to.kind === 'int64'))
      return this.#roundToInteger(from, to);
    if (to.kind === 'int64' && isInteger) return this.#result(to, valid, toLong);
    if (
      (to.kind === 'decimal' || to.kind === 'int32' || to.kind === 'int64') &&
      (isInteger || source.kind === 'decimal')
    ) {
      const shift = (to.kind === 'decimal' ? to.scale : 0) - sourceScale;
      return this.#rescale(from, to, shift, toLong);
    }
    throw new SluiceError(
      'unsupported',
      `a cast from ${formatType(source)} to ${formatType(to)} cannot run in a scan yet`,
    );
  }

  #rescale(from: Emitted, to: DataType, shift: number, toLong: () => void): Emitted {
    const { code } = this;
    const wide = code.local('i64');
    toLong();
    if (shift > 18 || shift < -18)
      throw new SluiceError('unsupported', `a cast to ${formatType(to)} shifts by more than 18 digits`);
    const factor = 10n ** BigInt(Math.abs(shift));
    if (shift < 0) code.i64(factor).call(this.#calls.roundDivide).set(wide);
    else if (shift === 0) code.set(wide);
    else {
      const original = code.local('i64');
      code.tee(original).i64(factor).op('i64.mul').set(wide);
      const bound = ((1n << 63n) - 1n) / factor;
      code.get(original).i64(bound).op('i64.gt_s').get(original).i64(-bound).op('i64.lt_s').op('i32.or');
      this.#fail('cast', from.valid);
    }
    const digits = to.kind === 'decimal' ? to.precision : to.kind === 'int32' ? 0 : 19;
    if (to.kind === 'int32') {
      const result = this.#result(to, from.valid, () => code.get(wide).op('i32.wrap_i64'));
      code.get(result.value).op('i64.extend_i32_s').get(wide).op('i64.ne');
      this.#fail('cast', from.valid);
      return result;
    }
    if (digits <= 18) this.#checkDigits(wide, digits, 'cast', from.valid);
    return { type: to, value: wide, ...(from.valid && { valid: from.valid }) };
  }

  /** Rounds half to even, as DuckDB does; NaN and what does not fit is a failure. */
  #roundToInteger(from: Emitted, to: DataType): Emitted {
    const { code } = this;
    const rounded = code.local('f64');
    const fits = code.local('i32');
    const bound = to.kind === 'int32' ? 2 ** 31 : 2 ** 63;
    code.get(from.value).op('f64.nearest').set(rounded);
    code.get(rounded).f64(-bound).op('f64.ge').get(rounded).f64(bound).op('f64.lt').op('i32.and').set(fits);
    code.get(fits).op('i32.eqz');
    this.#fail('cast', from.valid);
    const long = this.#result(INT64, from.valid, () =>
      code.get(rounded).f64(0).get(fits).select().op('i64.trunc_f64_s'),
    );
    if (to.kind === 'int64') return long;
    return this.#result(to, from.valid, () => code.get(long.value).op('i32.wrap_i64'));
  }
}

/** Expressions of one shape compute the same function of their columns and of the constants' addresses. */
export function shapeOf(expression: BoundExpression, constants: ConstantTable): string {
  switch (expression.kind) {
    case 'column':
      return `c${expression.index}`;
    case 'literal':
      return `${expression.value === null ? 'null' : '?'}${formatType(expression.type)}@${constants.addressOf(expression)}`;
    case 'cast':
      return `${formatType(expression.type)}(${shapeOf(expression.arg, constants)})`;
    case 'call':
    case 'function': {
      const name = expression.kind === 'call' ? expression.operator : expression.overload;
      return `${name}:${formatType(expression.type)}(${expression.args.map((arg) => shapeOf(arg, constants)).join()})`;
    }
  }
}
