import { SluiceError } from '../../../query/error.ts';
import type { BoundExpression } from '../../../query/expression.ts';
import type { DataType } from '../../../query/types.ts';
import type { Local } from '../../wasm-assembler/function-builder.ts';
import { computeLanes, floatLanes, negateLanes } from './simd-arithmetic.ts';
import { castLanes } from './simd-casts.ts';
import { compareLanes, isMember, sameLanes } from './simd-comparison.ts';
import { type LaneCode, type Lanes, type Mask, ONES } from './simd-lanes.ts';
import { chooseLanes, connectLanes } from './simd-logic.ts';
import { FLOAT_FUNCTIONS, isFloat, type LaneLiterals, literalBits, shapeOf } from './simd-shape.ts';

/** Where a column's next rows stand: locals that hold addresses. */
export interface LanePointers {
  readonly type: DataType;
  readonly values: Local;
  readonly validity: Local;
}

const REPEAT_TWO_BYTES = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1];

/** Emits branch-free code for expressions over pairs of rows. Equal subexpressions are computed once a pair. */
export class LaneEmitter {
  #lanes: LaneCode;
  #pointers: ReadonlyMap<number, LanePointers>;
  #literals: LaneLiterals;
  #literalLanes: Lanes[] = [];
  #nullable: boolean;
  #known = new Map<string, Lanes>();
  #row = 0;
  #inRange: Local | undefined;
  #columnBits: ReadonlyMap<number, number>;

  /** `columnBits`: what is known of columns of whole numbers, -2^bits <= value < 2^bits. */
  constructor(
    lanes: LaneCode,
    pointers: ReadonlyMap<number, LanePointers>,
    literals: LaneLiterals,
    nullable: boolean,
    columnBits: ReadonlyMap<number, number> = new Map(),
  ) {
    this.#columnBits = columnBits;
    this.#lanes = lanes;
    this.#pointers = pointers;
    this.#literals = literals;
    this.#nullable = nullable;
  }

  /** Before the loop: literals to locals. `table` holds the address of the literals, 8 bytes each. */
  prologue(table: Local): void {
    const { code } = this.#lanes;
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
    this.#lanes.beginRows();
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

  /** Where all are true. */
  all(conjuncts: readonly BoundExpression[]): Mask {
    return conjuncts.map((conjunct) => this.#truth(conjunct)).reduce((a, b) => this.#lanes.both(a, b), undefined);
  }

  /** Where a bool expression is true. */
  #truth(expression: BoundExpression): Mask {
    if (expression.kind === 'call' && expression.operator === 'and') return this.all(expression.args);
    const { value, valid, inverted = false } = this.emit(expression);
    return this.#lanes.narrowed({ local: value, inverted }, valid);
  }

  #emitNew(expression: Exclude<BoundExpression, { kind: 'literal' }>): Lanes {
    switch (expression.kind) {
      case 'column':
        return this.#column(expression.index);
      case 'cast':
        return castLanes(this.#lanes, this.emit(expression.arg), expression.type);
      case 'function':
        return this.#function(expression);
      case 'call':
        return this.#call(expression);
    }
  }

  #function({ overload, args, type }: Extract<BoundExpression, { kind: 'function' }>): Lanes {
    const [a] = args.map((arg) => this.emit(arg)) as [Lanes];
    const name = FLOAT_FUNCTIONS[overload];
    if (!name) throw noCode(overload);
    return floatLanes(this.#lanes, type, [a], () => this.#lanes.code.get(a.value).op(name));
  }

  #call({ operator, args: operands, type }: Extract<BoundExpression, { kind: 'call' }>): Lanes {
    const lanes = this.#lanes;
    if (operator === 'case') return this.#case(operands, type);
    const args = operands.map((arg) => this.emit(arg));
    const [a, b] = args as [Lanes, Lanes];
    switch (operator) {
      case 'and':
      case 'or':
        return connectLanes(lanes, operator, args);
      case 'not':
        return { ...a, inverted: !a.inverted };
      case 'is_null':
      case 'is_not_null': {
        const value = a.valid ?? lanes.word(ONES);
        return { type, value, bits: 0, inverted: operator === 'is_null' };
      }
      case 'eq':
      case 'ne':
      case 'lt':
      case 'le':
      case 'gt':
      case 'ge':
        return compareLanes(lanes, operator, a, b);
      case 'is_distinct_from':
        return { ...sameLanes(lanes, a, b), inverted: true };
      case 'is_not_distinct_from':
        return sameLanes(lanes, a, b);
      case 'in':
        return isMember(lanes, a, args.slice(1));
      case 'coalesce':
        return args.reduceRight((rest, arg) => (arg.valid ? chooseLanes(lanes, arg.valid, arg, rest) : arg));
      case 'divide':
        return floatLanes(lanes, type, args, () => lanes.code.get(a.value).get(b.value).op('f64x2.div'));
      case 'negate':
        return negateLanes(lanes, a, type);
      case 'add':
      case 'subtract':
      case 'multiply':
        return computeLanes(lanes, operator, a, b, type);
      default:
        throw noCode(operator);
    }
  }

  #case(args: readonly BoundExpression[], type: DataType): Lanes {
    const lanes = this.#lanes;
    let result = this.emit(args.at(-1) as BoundExpression);
    for (let i = args.length - 3; i >= 0; i -= 2) {
      const mask = this.#truth(args[i] as BoundExpression) as NonNullable<Mask>;
      const chosen = this.emit(args[i + 1] as BoundExpression);
      result = mask.inverted
        ? chooseLanes(lanes, mask.local, result, chosen)
        : chooseLanes(lanes, mask.local, chosen, result);
    }
    return { ...result, type };
  }

  #column(index: number): Lanes {
    const { code } = this.#lanes;
    const pointers = this.#pointers.get(index);
    if (!pointers) throw new SluiceError('internal', `column ${index} has no vector`);
    const { type } = pointers;
    const valid = this.#nullable ? this.#bytesMask(pointers.validity) : undefined;
    const common = { type, ...(valid && { valid }) };
    if (type.kind === 'bool') return { ...common, bits: 0, value: this.#bytesMask(pointers.values) };
    const narrow = type.kind === 'int32' || type.kind === 'date';
    const value = this.#lanes.vector(() => {
      code.get(pointers.values);
      if (narrow) code.load('v128.load32x2_s', 4 * this.#row);
      else code.load('v128.load', 8 * this.#row);
      if (this.#inRange) code.get(this.#inRange).op('v128.and');
    });
    return { ...common, value, bits: Math.min(narrow ? 31 : 63, this.#columnBits.get(index) ?? 63) };
  }

  /** Two bytes, 0 or 1, as a mask. */
  #bytesMask(address: Local): Local {
    const { code } = this.#lanes;
    const zero = this.#lanes.word(0n);
    return this.#lanes.vector(() => {
      code.get(address).load('v128.load16_splat', this.#row).get(zero).shuffle(REPEAT_TWO_BYTES);
      code.get(zero).op('i8x16.ne');
      if (this.#inRange) code.get(this.#inRange).op('v128.and');
    });
  }
}

function noCode(what: string): SluiceError {
  return new SluiceError('internal', `there is no SIMD code for ${what}`);
}
