import { SluiceError } from '../../../query/error.ts';
import { type DataType, formatType } from '../../../query/types.ts';
import type { FunctionBuilder, Local } from '../../wasm-assembler/function-builder.ts';
import { ModuleBuilder } from '../../wasm-assembler/module-builder.ts';
import { type BatchFunction, expressionsOf } from './batch-module.ts';
import { LaneEmitter, type LanePointers } from './simd-expression.ts';
import { LaneCode, type Lanes, type Mask } from './simd-lanes.ts';
import { advance, loopOverRows, ROWS } from './simd-loop.ts';
import { columnsOf, isVectorizable, LaneLiterals, laneBytes, shapeOf } from './simd-shape.ts';

/** A batch function that has SIMD code. */
export interface SimdBatch {
  readonly work: BatchFunction;
  readonly columns: readonly { readonly index: number; readonly type: DataType }[];
  readonly literals: LaneLiterals;
  /** Equal for equal code. */
  readonly shape: string;
}

/** Plans the code; undefined where there is none. */
export function planSimdBatch(work: BatchFunction): SimdBatch | undefined {
  const expressions = expressionsOf(work);
  if (!isVectorizable(expressions)) return undefined;
  const columns = columnsOf(expressions);
  const literals = new LaneLiterals();
  const shapes = expressions.map((expression) => `${formatType(expression.type)} ${shapeOf(expression, literals)}`);
  const types = columns.map(({ index, type }) => `${index} ${formatType(type)}`);
  return { work, columns, literals, shape: JSON.stringify([work.kind, shapes, types, literals.shape]) };
}

/**
 * The parameter block, in words of 32 bits: the literals (two words each), address and validity address of each
 * column; then of a filter the addresses of the selection and of `pickTable`, of a projection address and validity
 * address of each output.
 */
export function blockWords({ literals, columns, work }: SimdBatch): number {
  return 2 * (literals.literals.length + columns.length + (work.kind === 'filter' ? 1 : work.outputs.length));
}

/** For each set of four rows, as bits, the numbers of its rows: 16 bytes each. */
export function pickTable(): Int32Array {
  const sets = Array.from({ length: 16 }, (_, bits) => [0, 1, 2, 3].filter((row) => (bits >> row) & 1));
  return Int32Array.from(sets.flatMap((rows) => [...rows, 0, 0, 0, 0].slice(0, 4)));
}

/** The low halves of the lanes of two vectors. */
const LOW_HALVES = [0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27];
const LOW_BYTES = [0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
/** Bytes 1 throughout. */
const TRUE_BYTES = 0x0101010101010101n;

/**
 * Compiles a batch function to SIMD code. It is exported as `run(count: i32, block: i32): i32` and gives what
 * `compileBatch` says, or -1 where only scalar code can tell what the result is (see LaneCode). `nullable` false
 * asserts that no column holds a NULL. Up to three rows beyond the last are read, and written in outputs.
 */
export function compileSimdBatch(batch: SimdBatch, nullable: boolean): Uint8Array<ArrayBuffer> {
  const words = new Set<bigint>();
  emitModule(batch, nullable, words);
  return emitModule(batch, nullable, words);
}

function emitModule(batch: SimdBatch, nullable: boolean, words: Set<bigint>): Uint8Array<ArrayBuffer> {
  const { work, literals } = batch;
  const module = new ModuleBuilder();
  module.importMemory('env', 'memory', 0);
  const code = module.defineFunction('run', { takes: ['i32', 'i32'], gives: 'i32' });
  const [count, block] = code.parameters as [Local, Local];
  let at = 8 * literals.literals.length;
  const pair = (): readonly [Local, Local] => {
    const pointers = [code.local('i32'), code.local('i32')] as const;
    for (const pointer of pointers) {
      code.get(block).load('i32.load', at).set(pointer);
      at += 4;
    }
    return pointers;
  };
  const pointers = new Map<number, LanePointers>();
  for (const { index, type } of batch.columns) {
    const [values, validity] = pair();
    pointers.set(index, { type, values, validity });
  }
  const lanes = new LaneCode(code, words);
  const emitter = new LaneEmitter(lanes, pointers, literals, nullable);
  lanes.prologue();
  emitter.prologue(block);
  const filter = work.kind === 'filter' ? new Picker(lanes, pair()) : undefined;
  const outputs =
    work.kind === 'project'
      ? work.outputs.map(({ expression }) => {
          const [values, validity] = pair();
          return { expression, pointers: { type: expression.type, values, validity } };
        })
      : [];

  loopOverRows(lanes, count, (inRange) => {
    const masks = [0, 2].map((offset, i): Mask => {
      emitter.beginRows(offset, inRange[i]);
      for (const { expression, pointers: target } of outputs) store(lanes, emitter.emit(expression), target, offset);
      if (work.kind !== 'filter') return undefined;
      return lanes.narrowed(emitter.all(work.conjuncts), inRange[i]);
    });
    filter?.pick(masks);
    for (const { type, values, validity } of [...pointers.values(), ...outputs.map((output) => output.pointers)]) {
      advance(code, values, laneBytes(type));
      advance(code, validity, 1);
    }
  });
  const result = code.local('i32');
  if (filter) code.get(filter.passed).set(result);
  code.i32(-1).get(result);
  lanes.doubtful();
  code.select();
  return module.finish();
}

/** Stores two rows of an output, `offset` rows behind its pointers. */
function store(lanes: LaneCode, result: Lanes, { type, values, validity }: LanePointers, offset: number): void {
  const { code } = lanes;
  const bytes = (mask: Local) => {
    code.get(mask).get(mask).shuffle(LOW_BYTES).get(lanes.word(TRUE_BYTES)).op('v128.and');
  };
  const width = laneBytes(type);
  if (width === 8)
    code
      .get(values)
      .get(result.value)
      .store('v128.store', 8 * offset);
  else if (width === 4) {
    code.get(values).get(result.value).get(result.value).shuffle(LOW_HALVES);
    code.storeLane('v128.store64_lane', 0, 4 * offset);
  } else {
    const mask = lanes.plain(result);
    code.get(values);
    bytes(mask);
    code.storeLane('v128.store16_lane', 0, offset);
  }
  code.get(validity);
  if (result.valid) bytes(result.valid);
  else code.get(lanes.word(TRUE_BYTES));
  code.storeLane('v128.store16_lane', 0, offset);
}

/** Writes the numbers of the rows that pass, four rows at a time by a table. */
class Picker {
  readonly passed: Local;
  readonly #code: FunctionBuilder;
  readonly #selection: Local;
  readonly #table: Local;
  /** The number of the current first row, four times. */
  readonly #first: Local;
  readonly #step: Local;

  constructor(lanes: LaneCode, [selection, table]: readonly [Local, Local]) {
    const { code } = lanes;
    this.passed = code.local('i32');
    this.#code = code;
    this.#selection = selection;
    this.#table = table;
    this.#first = code.local('v128');
    this.#step = lanes.word((BigInt(ROWS) << 32n) | BigInt(ROWS));
  }

  pick(masks: readonly Mask[]): void {
    const code = this.#code;
    const bits = code.local('i32');
    const [low, high] = masks.map((mask) => {
      if (!mask) throw new SluiceError('internal', 'a filter has no conjuncts');
      code.get(mask.local);
      if (mask.inverted) code.op('v128.not');
      const local = code.local('v128');
      code.set(local);
      return local;
    }) as [Local, Local];
    code.get(low).get(high).shuffle(LOW_HALVES).op('i32x4.bitmask').set(bits);
    code.get(this.#selection);
    code.get(this.#table).get(bits).i32(4).op('i32.shl').op('i32.add').load('v128.load');
    code.get(this.#first).op('i32x4.add').store('v128.store');
    code.get(this.passed).get(bits).op('i32.popcnt').op('i32.add').set(this.passed);
    code.get(this.#selection).get(bits).op('i32.popcnt').i32(2).op('i32.shl').op('i32.add').set(this.#selection);
    code.get(this.#first).get(this.#step).op('i32x4.add').set(this.#first);
  }
}
