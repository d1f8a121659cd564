import { SluiceError } from '../../../query/error.ts';
import { type BoundExpression, operandsOf } from '../../../query/expression.ts';
import { functionOf, overloadOf } from '../../../query/functions.ts';
import { mayFail } from '../../../query/may-fail.ts';
import type { DataType } from '../../../query/types.ts';
import { isWide } from '../../column.ts';
import { VECTOR_SIZE } from '../../task.ts';
import type { Local } from '../../wasm-assembler/function-builder.ts';
import { emitArithmetic, emitDivision, emitNegation } from './arithmetic.ts';
import { emitLibraryCall } from './calls.ts';
import { emitCast } from './casts.ts';
import { emitComparison, emitDistinction } from './comparison.ts';
import { emitCase, emitCoalesce } from './conditional.ts';
import type { ConstantTable, Literal } from './constants.ts';
import { type Emitted, valueTypeOf } from './emitted.ts';
import { emitConnective, emitNot, emitNullTest, type LazyOperands } from './logic.ts';
import { emitMembership } from './membership.ts';
import { emitLike } from './pattern-matching.ts';
import type { RowCode } from './row-code.ts';
import { ShapeTable } from './shapes.ts';
import type { VectorPlace } from './vector-place.ts';

/** Beyond so many literals each is loaded where it is used, since locals are not free. */
const LITERALS_IN_LOCALS = 64;

type Call = Extract<BoundExpression, { kind: 'call' }>;

/**
 * Emits expressions over the current row of a loop: branch-free code but for calls, which only run for rows that
 * count. Equal subexpressions are computed once.
 */
export class ExpressionEmitter implements LazyOperands {
  #row: RowCode;
  /** Number of the current row. */
  #index: Local;
  #places: ReadonlyMap<number, VectorPlace>;
  #constants: ConstantTable;
  #nullable: boolean;
  #shapes: ShapeTable;
  #known = new Map<number, { readonly emitted: Emitted; readonly mask: Local | undefined }>();
  #literals = new Map<number, Emitted>();
  #guarded = new Map<BoundExpression, boolean>();

  constructor(
    row: RowCode,
    index: Local,
    places: ReadonlyMap<number, VectorPlace>,
    constants: ConstantTable,
    nullable: boolean,
  ) {
    this.#row = row;
    this.#index = index;
    this.#places = places;
    this.#constants = constants;
    this.#nullable = nullable;
    this.#shapes = new ShapeTable(constants);
  }

  /** Before the loop: loads literals of `expression` once. */
  prepare(expression: BoundExpression): void {
    if (expression.kind !== 'literal') for (const operand of operandsOf(expression)) this.prepare(operand);
    else if (this.#literals.size < LITERALS_IN_LOCALS && this.#constants.holds(expression)) this.#literal(expression);
  }

  emit(expression: BoundExpression): Emitted {
    if (expression.kind === 'literal') return this.#literal(expression);
    const number = this.#shapes.numberOf(expression);
    const known = this.#known.get(number);
    if (known && this.#row.isWithin(known.mask)) return known.emitted;
    const emitted = this.#emitNew(expression);
    this.#known.set(number, { emitted, mask: this.isGuarded(expression) ? this.#row.active : undefined });
    return emitted;
  }

  isGuarded(expression: BoundExpression): boolean {
    let guarded = this.#guarded.get(expression);
    if (guarded === undefined) {
      guarded =
        makesCall(expression) ||
        mayFail(expression) ||
        operandsOf(expression).some((operand) => this.isGuarded(operand));
      this.#guarded.set(expression, guarded);
    }
    return guarded;
  }

  /** Stores a value as this row of a vector. */
  store(emitted: Emitted, place: VectorPlace): void {
    const { code } = this.#row;
    const { type, value, length, high, valid } = emitted;
    this.#pushOffset(type);
    code.get(value).store(type.kind === 'bool' ? 'i32.store8' : `${value.type}.store`, place.values);
    if (high) {
      this.#pushOffset(type);
      code.get(high).store('i64.store', place.values + 8);
    }
    if (length) {
      this.#pushOffset(type);
      code.get(length).store('i32.store', place.values + 4 * VECTOR_SIZE);
    }
    code.get(this.#index);
    if (valid) code.get(valid);
    else code.i32(1);
    code.store('i32.store8', place.validity);
  }

  #emitNew(expression: Exclude<BoundExpression, { kind: 'literal' }>): Emitted {
    switch (expression.kind) {
      case 'column':
        return this.#column(expression.index);
      case 'cast':
        return emitCast(this.#row, this.emit(expression.arg), expression.type, expression.try ?? false);
      case 'function': {
        const { overload, args, type } = expression;
        const operands = args.map((arg) => this.emit(arg));
        return emitLibraryCall(this.#row, functionOf(overload), overloadOf(overload), operands, type);
      }
      case 'call':
        return this.#call(expression);
    }
  }

  #call(expression: Call): Emitted {
    const { operator, args, type } = expression;
    const row = this.#row;
    const operand = (i: number) => this.emit(args[i] as BoundExpression);
    switch (operator) {
      case 'and':
      case 'or':
        return emitConnective(row, operator, args, this);
      case 'not':
        return emitNot(row, operand(0));
      case 'is_null':
      case 'is_not_null':
        return emitNullTest(row, operator, operand(0));
      case 'eq':
      case 'ne':
      case 'lt':
      case 'le':
      case 'gt':
      case 'ge':
        return emitComparison(row, operator, operand(0), operand(1));
      case 'is_distinct_from':
      case 'is_not_distinct_from':
        return emitDistinction(row, operator, operand(0), operand(1));
      case 'in':
        return emitMembership(row, args, this, this.#constants.setOf(expression));
      case 'like':
      case 'ilike':
        return emitLike(
          row,
          operator,
          args.map((arg) => this.emit(arg)),
        );
      case 'case':
        return emitCase(row, args, type, this);
      case 'coalesce':
        return emitCoalesce(row, args, type, this);
      case 'add':
      case 'subtract':
      case 'multiply':
        return emitArithmetic(row, operator, operand(0), operand(1), type);
      case 'divide':
      case 'integer_divide':
      case 'modulo':
        return emitDivision(row, operator, operand(0), operand(1), type);
      case 'negate':
        return emitNegation(row, operand(0), type);
    }
  }

  #column(index: number): Emitted {
    const place = this.#places.get(index);
    if (!place) throw new SluiceError('internal', `column ${index} has no vector`);
    const { code } = this.#row;
    const { type } = place;
    const valid = this.#nullable ? code.local('i32') : undefined;
    const column = this.#row.blank(type, valid);
    const { value, length, high } = column;
    this.#pushOffset(type);
    code.load(type.kind === 'bool' ? 'i32.load8_u' : `${value.type}.load`, place.values).set(value);
    if (high) {
      this.#pushOffset(type);
      code.load('i64.load', place.values + 8).set(high);
    }
    if (length) {
      this.#pushOffset(type);
      code.load('i32.load', place.values + 4 * VECTOR_SIZE).set(length);
    }
    if (valid) code.get(this.#index).load('i32.load8_u', place.validity).set(valid);
    return column;
  }

  #literal(literal: Literal): Emitted {
    const at = this.#constants.addressOf(literal);
    const known = this.#literals.get(at);
    if (known) return known;
    const { code } = this.#row;
    const emitted = this.#row.blank(literal.type, literal.value === null ? code.local('i32') : undefined);
    const { value, length, high } = emitted;
    code.i32(at).load(`${value.type}.load`).set(value);
    if (length)
      code
        .i32(at + 4)
        .load('i32.load')
        .set(length);
    if (high)
      code
        .i32(at + 8)
        .load('i64.load')
        .set(high);
    this.#literals.set(at, emitted);
    return emitted;
  }

  /** Pushes the row's byte offset in a vector's values. */
  #pushOffset(type: DataType): void {
    const { code } = this.#row;
    code.get(this.#index);
    if (type.kind === 'bool') return;
    code.i32(isWide(type) ? 4 : valueTypeOf(type) === 'i32' ? 2 : 3).op('i32.shl');
  }
}

/** Whether the outermost operation is one that `emit` only runs in rows that count. */
function makesCall(expression: BoundExpression): boolean {
  switch (expression.kind) {
    case 'function':
      return true;
    case 'cast':
      return expression.type.kind === 'utf8' || expression.arg.type.kind === 'utf8';
    case 'call':
      return expression.operator === 'like' || expression.operator === 'ilike';
    default:
      return false;
  }
}
