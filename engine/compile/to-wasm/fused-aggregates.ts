import type { BoundAggregate, BoundExpression } from '../../../query/expression.ts';
import { type DataType, formatType } from '../../../query/types.ts';
import type { FunctionBuilder, Local } from '../../wasm-assembler/function-builder.ts';
import { ModuleBuilder } from '../../wasm-assembler/module-builder.ts';
import { LaneEmitter, type LanePointers } from './simd-expression.ts';
import { LaneCode, type Lanes, type Mask } from './simd-lanes.ts';
import { reduceLanes } from './simd-logic.ts';
import {
  columnsOf,
  floatBits,
  hasLanes,
  isFloat,
  isVectorizable,
  LaneLiterals,
  laneBytes,
  shapeOf,
  sizeOf,
} from './simd-shape.ts';

/**
 * What a fused loop accumulates: rows that pass and where the operand (if any) is not NULL; their sum; their least or
 * greatest value.
 */
export interface Accumulator {
  readonly kind: 'count' | 'sum' | 'min' | 'max';
  readonly operand: BoundExpression | undefined;
}

/** A filter and aggregates over all rows that pass it, in one loop. */
export interface FusedAggregates {
  readonly conjuncts: readonly BoundExpression[];
  readonly accumulators: readonly Accumulator[];
  /**
   * For each aggregate its accumulators, by number: of its state's columns, then the count that says whether it is
   * NULL.
   */
  readonly states: readonly (readonly number[])[];
  /** The columns named, in ascending order. */
  readonly columns: readonly { readonly index: number; readonly type: DataType }[];
  readonly literals: LaneLiterals;
  /** Equal for equal code. */
  readonly shape: string;
}

/**
 * The parameter block of a fused loop: the literals, then address and validity address of each column's rows (u32
 * each), then the states: 16 bytes an accumulator (sums of whole numbers take both words).
 */
export interface BlockLayout {
  readonly pointers: number;
  readonly states: number;
  readonly bytes: number;
}

/** The size of an accumulator's state. */
export const STATE_BYTES = 16;
/** Accumulators side by side. */
const PAIRS = 4;
/** Sums of 2,048 values within 2^52 fit 64 bits. */
const SUMMAND_BITS = 52;
const LEAST = -(1n << 63n);
const GREATEST = (1n << 63n) - 1n;

/** Plans the loop; undefined where a conjunct or an aggregate has no SIMD code. */
export function planFusedAggregates(
  conjuncts: readonly BoundExpression[],
  aggregates: readonly BoundAggregate[],
): FusedAggregates | undefined {
  if (!aggregates.every(isFusible)) return undefined;
  if (!isVectorizable([...conjuncts, ...aggregates.flatMap(({ args }) => args)])) return undefined;
  const literals = new LaneLiterals();
  const accumulators: Accumulator[] = [];
  const numbers = new Map<string, number>();
  const numberOf = (kind: Accumulator['kind'], operand: BoundExpression | undefined): number => {
    const key = `${kind} ${operand ? `${formatType(operand.type)} ${shapeOf(operand, literals)}` : ''}`;
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, accumulators.length);
    return accumulators.push({ kind, operand }) - 1;
  };
  const filter = conjuncts.map((conjunct) => shapeOf(conjunct, literals));
  const states = aggregates.map(({ function: name, args: [operand] }) => {
    const count = numberOf('count', operand);
    if (name === 'count' || name === 'count_star') return [count];
    if (name === 'avg') return [numberOf('sum', operand), count];
    return [numberOf(name as 'sum' | 'min' | 'max', operand), count];
  });
  const columns = columnsOf([...conjuncts, ...aggregates.flatMap(({ args }) => args)]);
  const shape = JSON.stringify([
    filter,
    [...numbers.keys()],
    columns.map(({ index, type }) => [index, formatType(type)]),
    literals.shape,
  ]);
  return { conjuncts, accumulators, states, columns, literals, shape };
}

function isFusible({ function: name, args: [operand], distinct }: BoundAggregate): boolean {
  if (distinct) return false;
  switch (name) {
    case 'count_star':
    case 'count':
      return true;
    case 'sum':
    case 'avg':
      return operand !== undefined && ['int32', 'int64', 'float64', 'decimal'].includes(operand.type.kind);
    case 'min':
    case 'max':
      return operand !== undefined && hasLanes(operand.type) && operand.type.kind !== 'bool';
    default:
      return false;
  }
}

/** Where the parts of the parameter block lie. */
export function layoutOf({ literals, columns, accumulators }: FusedAggregates): BlockLayout {
  const pointers = 8 * literals.literals.length;
  const states = 16 * Math.ceil((pointers + 8 * columns.length) / 16);
  return { pointers, states, bytes: states + STATE_BYTES * accumulators.length };
}

/** What a state holds before the first row. */
export function initialState({ kind, operand }: Accumulator): bigint {
  if (kind !== 'min' && kind !== 'max') return 0n;
  if (operand && isFloat(operand.type)) return floatBits(kind === 'min' ? Number.NaN : Number.NEGATIVE_INFINITY);
  return kind === 'min' ? GREATEST : LEAST;
}

/**
 * Compiles the loop. It is exported as `run(count: i32, block: i32): i32` and takes at most 2,048 rows: it adds them to
 * the states and gives 0; or it leaves the states as they are and gives 1, where only scalar code can tell what the
 * result is (see LaneCode). `nullable` false asserts that no column holds a NULL. Floats are added up in an order
 * that depends on the number of rows only.
 */
export function compileFusedAggregates(fused: FusedAggregates, nullable: boolean): Uint8Array<ArrayBuffer> {
  const words = new Set<bigint>();
  emitModule(fused, nullable, words);
  return emitModule(fused, nullable, words);
}

/** Rows that one turn of the loop takes: more accumulators side by side hide the latency of additions. */
function unrolled({ conjuncts, accumulators }: FusedAggregates): number {
  const size = sizeOf([...conjuncts, ...accumulators.flatMap(({ operand }) => (operand ? [operand] : []))]);
  return size <= 40 ? 2 * PAIRS : size <= 100 ? 4 : 2;
}

function emitModule(fused: FusedAggregates, nullable: boolean, words: Set<bigint>): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  module.importMemory('env', 'memory', 0);
  const code = module.defineFunction('run', { takes: ['i32', 'i32'], gives: 'i32' });
  const [count, block] = code.parameters as [Local, Local];
  const layout = layoutOf(fused);
  const pointers = new Map<number, LanePointers>();
  fused.columns.forEach(({ index, type }, i) => {
    const [values, validity] = [code.local('i32'), code.local('i32')];
    const at = layout.pointers + 8 * i;
    code.get(block).load('i32.load', at).set(values);
    code
      .get(block)
      .load('i32.load', at + 4)
      .set(validity);
    pointers.set(index, { type, values, validity });
  });
  const lanes = new LaneCode(code, words);
  const emitter = new LaneEmitter(lanes, pointers, fused.literals, nullable);
  lanes.prologue();
  emitter.prologue(block);
  const states = fused.accumulators.map((accumulator) => new LaneState(lanes, emitter, accumulator));
  for (const state of states) state.begin();

  const step = unrolled(fused);
  const row = code.local('i32');
  const blocks = code.local('i32');
  const advance = (rows: number) => {
    for (const { type, values, validity } of pointers.values()) {
      code
        .get(values)
        .i32(rows * laneBytes(type))
        .op('i32.add')
        .set(values);
      if (nullable) code.get(validity).i32(rows).op('i32.add').set(validity);
    }
    code.get(row).i32(rows).op('i32.add').tee(row);
  };
  const take = (inRange?: Local) => {
    const range: Mask = inRange && { local: inRange, inverted: false };
    const filter = fused.conjuncts.length > 0 ? emitter.all(fused.conjuncts) : range;
    const passing = fused.conjuncts.length > 0 && range ? lanes.narrowed(filter, inRange) : filter;
    const counted = new Map<string, LaneState>();
    for (const state of states) state.take(passing, counted);
  };
  code.get(count).i32(-step).op('i32.and').tee(blocks);
  code.when(() => {
    code.loop(() => {
      for (let at = 0; at < step; at += 2) {
        emitter.beginRows(at);
        for (const state of states) state.turnTo(at / 2);
        take();
      }
      advance(step);
      code.get(blocks).op('i32.lt_u');
    });
  });
  const inRange = code.local('v128');
  code
    .get(row)
    .get(count)
    .op('i32.lt_u')
    .when(() => {
      code.loop(() => {
        code.get(count).op('i64.extend_i32_u').op('i64x2.splat');
        code.get(row).op('i64.extend_i32_u').op('i64x2.splat').v128(0n, 1n).op('i64x2.add');
        code.op('i64x2.gt_s').set(inRange);
        emitter.beginRows(0, inRange);
        for (const state of states) state.turnTo(0);
        take(inRange);
        advance(2);
        code.get(count).op('i32.lt_u');
      });
    });
  const doubtful = code.local('i32');
  lanes.doubtful();
  code
    .tee(doubtful)
    .op('i32.eqz')
    .when(() => {
      states.forEach((state, i) => {
        state.merge(block, layout.states + STATE_BYTES * i, count);
      });
    });
  code.get(doubtful);
  return module.finish();
}

/** The accumulator vectors of one state: one for each of the pairs of rows of a turn of the loop, at most. */
class LaneState {
  readonly #code: FunctionBuilder;
  readonly #lanes: LaneCode;
  readonly #emitter: LaneEmitter;
  readonly #accumulator: Accumulator;
  readonly #isFloat: boolean;
  readonly #initial: Local | undefined;
  #sums: Local[] = [];
  #pair = 0;
  /** Of a count: all rows pass, or those that another one counts already. */
  #counts: 'own' | 'all' | LaneState = 'own';

  constructor(lanes: LaneCode, emitter: LaneEmitter, accumulator: Accumulator) {
    this.#code = lanes.code;
    this.#lanes = lanes;
    this.#emitter = emitter;
    this.#accumulator = accumulator;
    this.#isFloat = accumulator.operand !== undefined && isFloat(accumulator.operand.type);
    const isExtreme = accumulator.kind === 'min' || accumulator.kind === 'max';
    this.#initial = isExtreme ? lanes.word(initialState(accumulator)) : undefined;
  }

  /** Before the loop: makes the accumulators, one where adding takes a single cycle. */
  begin(): void {
    const single = this.#accumulator.kind === 'count' || (this.#accumulator.kind === 'sum' && !this.#isFloat);
    for (let pair = 0; pair < (single ? 1 : PAIRS); pair++) {
      const sum = this.#code.local('v128');
      if (this.#initial) this.#code.get(this.#initial).set(sum);
      this.#sums.push(sum);
    }
  }

  turnTo(pair: number): void {
    this.#pair = pair;
  }

  /** `counted` has the counts of the current rows by their masks. */
  take(passing: Mask, counted: Map<string, LaneState>): void {
    const { kind, operand } = this.#accumulator;
    const operands = operand && this.#emitter.emit(operand);
    const mask = this.#lanes.narrowed(passing, operands?.valid);
    if (kind === 'count') this.#count(mask, counted);
    else if (kind === 'sum') this.#sum(operands as Lanes, mask);
    else this.#extreme(operands as Lanes, mask, kind);
  }

  get #current(): Local {
    return this.#sums[this.#pair % this.#sums.length] as Local;
  }

  /** A mask that is set is -1. */
  #count(mask: Mask, counted: Map<string, LaneState>): void {
    const code = this.#code;
    if (!mask) this.#counts = 'all';
    if (!mask || this.#counts === 'all') return;
    const key = `${mask.local.index} ${mask.inverted}`;
    const other = counted.get(key);
    if (other) {
      this.#counts = other;
      return;
    }
    counted.set(key, this);
    code.get(this.#current);
    if (mask.inverted) code.get(mask.local).op('v128.not');
    else code.get(mask.local);
    code.op('i64x2.sub').set(this.#current);
  }

  #sum(operand: Lanes, mask: Mask): void {
    const code = this.#code;
    const { value } = this.#isFloat ? operand : this.#lanes.bounded(operand, SUMMAND_BITS);
    code.get(this.#current);
    this.#lanes.masked(value, mask);
    code.op(this.#isFloat ? 'f64x2.add' : 'i64x2.add').set(this.#current);
  }

  /** Which of 0 and -0 came first only scalar code can tell. */
  #extreme({ value }: Lanes, mask: Mask, kind: 'min' | 'max'): void {
    const code = this.#code;
    if (this.#isFloat) {
      const minusZero = this.#lanes.word(floatBits(-0));
      this.#lanes.doubt(() => code.get(value).get(minusZero).op('i64x2.eq'));
    }
    this.#replace(this.#current, value, mask, kind);
  }

  /** Puts the lanes of `value` that are better into `target`. NaN is above all numbers. */
  #replace(target: Local, value: Local, mask: Mask, kind: 'min' | 'max'): void {
    const code = this.#code;
    const better = this.#lanes.vector(() => {
      if (!this.#isFloat)
        code
          .get(value)
          .get(target)
          .op(kind === 'min' ? 'i64x2.lt_s' : 'i64x2.gt_s');
      else {
        code
          .get(value)
          .get(target)
          .op(kind === 'min' ? 'f64x2.lt' : 'f64x2.gt');
        const other = kind === 'min' ? target : value;
        code.get(other).get(other).op('f64x2.ne').op('v128.or');
      }
      if (mask) code.get(mask.local).op(mask.inverted ? 'v128.andnot' : 'v128.and');
    });
    code.get(value).get(target).get(better).op('v128.bitselect').set(target);
  }

  /** Adds what was accumulated to the state at `block + offset`. */
  merge(block: Local, offset: number, count: Local): void {
    const code = this.#code;
    const { kind } = this.#accumulator;
    if (kind === 'min' || kind === 'max') {
      const [a, b, ...others] = this.#sums as [Local, Local, ...Local[]];
      for (const other of [b, ...others]) this.#replace(a, other, undefined, kind);
      code.get(a).get(a).shuffle([8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7]).set(b);
      this.#replace(a, b, undefined, kind);
      code.get(block).load('v128.load64_splat', offset).set(b);
      this.#replace(b, a, undefined, kind);
      code.get(block).get(b).storeLane('v128.store64_lane', 0, offset);
      return;
    }
    const shape = this.#isFloat && kind === 'sum' ? 'f64' : 'i64';
    const total = code.local(shape);
    if (this.#counts === 'all') code.get(count).op('i64.extend_i32_u').set(total);
    else {
      const sums = this.#counts === 'own' ? this.#sums : this.#counts.#sums;
      const sum = reduceLanes(this.#lanes, sums, `${shape}x2.add`);
      code.get(sum).extract(`${shape}x2.extract_lane`, 0).get(sum).extract(`${shape}x2.extract_lane`, 1);
      code.op(`${shape}.add`).set(total);
    }
    if (kind === 'count' || shape === 'f64') {
      code.get(block).get(block).load(`${shape}.load`, offset).get(total).op(`${shape}.add`);
      code.store(`${shape}.store`, offset);
      return;
    }
    const low = code.local('i64');
    code.get(block).load('i64.load', offset).get(total).op('i64.add').set(low);
    code.get(block).get(low).store('i64.store', offset);
    code
      .get(block)
      .get(block)
      .load('i64.load', offset + 8);
    code.get(total).i64(63n).op('i64.shr_s').op('i64.add');
    code.get(low).get(total).op('i64.lt_u').op('i64.extend_i32_u').op('i64.add');
    code.store('i64.store', offset + 8);
  }
}
