import { type BoundExpression, operandsOf } from '../../../query/expression.ts';
import { type DataType, formatType } from '../../../query/types.ts';
import { VECTOR_SIZE } from '../../task.ts';
import type { Local } from '../../wasm-assembler/function-builder.ts';
import { ModuleBuilder } from '../../wasm-assembler/module-builder.ts';
import { LaneEmitter, type LanePointers } from './simd-expression.ts';
import { LaneCode, type Lanes } from './simd-lanes.ts';
import { advance, loopOverRows, ROWS } from './simd-loop.ts';
import { columnsOf, isFloat, isVectorizable, LaneLiterals, laneBytes, shapeOf } from './simd-shape.ts';

/** Sums of several operands by group, and the number of rows of each group, in one loop. */
export interface GroupedSums {
  readonly operands: readonly BoundExpression[];
  /** The columns named, in ascending order. */
  readonly columns: readonly { readonly index: number; readonly type: DataType }[];
  readonly literals: LaneLiterals;
  readonly layout: RecordLayout;
  /** Equal for equal code. */
  readonly shape: string;
}

/** The sums of one group side by side, 8 bytes each: of whole numbers as i64, of floats as f64. */
export interface RecordLayout {
  /** Where the operands' sums stand within a record. */
  readonly sums: readonly number[];
  /** Where the number of rows stands, an i64. */
  readonly rows: number;
  readonly bytes: number;
}

/**
 * Records of a group: neighbouring rows add to different ones, since a processor would otherwise wait for each store
 * before it can load the sum again.
 */
export const RECORD_COPIES = ROWS;
/** Sums of the values of a batch within 2^52 fit 64 bits. */
const SUMMAND_BITS = 63 - Math.log2(VECTOR_SIZE);
const MAXIMUM_ROWS = 2 ** 30;
const LOW_LANES = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23];
const HIGH_LANES = [8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31];

/** Whether a loop can add up the operand. It has a value in each row where all columns have one. */
export function isSummand(operand: BoundExpression): boolean {
  const { kind } = operand.type;
  return (kind === 'int32' || kind === 'int64' || kind === 'float64' || kind === 'decimal') && isKnown(operand);
}

/** Of what has SIMD code, only a literal NULL is NULL where no column is. */
function isKnown(operand: BoundExpression): boolean {
  const hasNull = (part: BoundExpression): boolean =>
    (part.kind === 'literal' && part.value === null) || operandsOf(part).some(hasNull);
  return isVectorizable([operand]) && !hasNull(operand);
}

/** Plans the loop for operands that are summands; undefined where they are too large together. */
export function planGroupedSums(operands: readonly BoundExpression[]): GroupedSums | undefined {
  if (!isVectorizable(operands)) return undefined;
  const columns = columnsOf(operands);
  const literals = new LaneLiterals();
  const shapes = operands.map((operand) => `${formatType(operand.type)} ${shapeOf(operand, literals)}`);
  const types = columns.map(({ index, type }) => `${index} ${formatType(type)}`);
  const shape = JSON.stringify(['sums', shapes, types, literals.shape]);
  return { operands, columns, literals, layout: layOut(operands), shape };
}

/** Whole numbers with the rows first, then floats, so that two sums of one kind can be added to at once. */
function layOut(operands: readonly BoundExpression[]): RecordLayout {
  const wholes = operands.filter(({ type }) => !isFloat(type));
  const rows = 8 * wholes.length;
  const firstFloat = 16 * Math.ceil((rows + 8) / 16);
  let [whole, float] = [0, firstFloat];
  const sums = operands.map(({ type }) => {
    const at = isFloat(type) ? float : whole;
    if (isFloat(type)) float += 8;
    else whole += 8;
    return at;
  });
  return { sums, rows, bytes: 16 * Math.ceil(float / 16) };
}

/**
 * The parameter block, in words of 32 bits: the literals (two words each), address and validity address of each
 * column, the addresses of the rows' groups (u32) and of the records.
 */
export function sumsBlockWords({ literals, columns }: GroupedSums): number {
  return 2 * (literals.literals.length + columns.length + 1);
}

/**
 * Compiles the loop. It is exported as `run(count: i32, block: i32): i32` and takes at most 2,048 rows of which no
 * column is NULL: row r is added to copy r mod RECORD_COPIES of its group's record (record g x RECORD_COPIES + copy).
 * `bits` says of each column of whole numbers that -2^bits <= value < 2^bits in the rows that are taken: where that
 * shows that nothing can leave its type nor 64 bits, nothing is tested. Gives -1 where only scalar code can tell what the
 * result is (see LaneCode): what the records hold is of no use then. Otherwise, how many rows records may hold when the
 * loop takes the next ones: 0 where it may come to doubt, or adds up floats, of which short sums are more exact. Up to
 * three rows beyond the last are read; their groups must be there.
 */
export function compileGroupedSums(plan: GroupedSums, bits: readonly number[]): Uint8Array<ArrayBuffer> {
  const words = new Set<bigint>();
  emitModule(plan, bits, words);
  return emitModule(plan, bits, words);
}

function emitModule(
  { operands, columns, literals, layout }: GroupedSums,
  bits: readonly number[],
  words: Set<bigint>,
): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  module.importMemory('env', 'memory', 0);
  const code = module.defineFunction('run', { takes: ['i32', 'i32'], gives: 'i32' });
  const [count, block] = code.parameters as [Local, Local];
  let at = 8 * literals.literals.length;
  const pointer = (): Local => {
    const local = code.local('i32');
    code.get(block).load('i32.load', at).set(local);
    at += 4;
    return local;
  };
  const pointers = new Map<number, LanePointers>(
    columns.map(({ index, type }) => [index, { type, values: pointer(), validity: pointer() }]),
  );
  const [groups, records] = [pointer(), pointer()];
  const lanes = new LaneCode(code, words);
  const columnBits = new Map(columns.map(({ index }, i) => [index, bits[i] as number]));
  const emitter = new LaneEmitter(lanes, pointers, literals, false, columnBits);
  lanes.prologue();
  emitter.prologue(block);
  const record = [code.local('i32'), code.local('i32')];

  let sumBits = 0;

  /** The vectors of two rows that go to 16 bytes of a record each, by where those stand. */
  const addends = (inRange: Local | undefined): Map<number, { first: Local; second?: Local; isFloat: boolean }> => {
    const pairs = new Map<number, { first: Local; second?: Local; isFloat: boolean }>();
    const enter = (offset: number, value: Local, isFloat: boolean) => {
      const known = pairs.get(offset & ~15);
      pairs.set(offset & ~15, known ? { ...known, second: value } : { first: value, isFloat });
    };
    operands.forEach((operand, i) => {
      const { value, bits } = summand(lanes, emitter.emit(operand));
      sumBits = Math.max(sumBits, isFloat(operand.type) ? SUMMAND_BITS : bits);
      const masked = inRange ? lanes.vector(() => code.get(value).get(inRange).op('v128.and')) : value;
      enter(layout.sums[i] as number, masked, isFloat(operand.type));
    });
    const one = lanes.word(1n);
    enter(layout.rows, inRange ? lanes.vector(() => code.get(one).get(inRange).op('v128.and')) : one, false);
    return pairs;
  };
  loopOverRows(lanes, count, (inRange) => {
    for (let first = 0; first < RECORD_COPIES; first += 2) {
      emitter.beginRows(first, inRange[first / 2]);
      const pairs = addends(inRange[first / 2]);
      record.forEach((address, i) => {
        code.get(groups).load('i32.load', 4 * (first + i));
        code
          .i32(RECORD_COPIES * layout.bytes)
          .op('i32.mul')
          .get(records)
          .op('i32.add')
          .set(address);
      });
      for (const [offset, { first: a, second: b = a, isFloat: float }] of pairs)
        record.forEach((address, i) => {
          const place = offset + layout.bytes * (first + i);
          code.get(address).get(address).load('v128.load', place);
          code
            .get(a)
            .get(b)
            .shuffle(i === 0 ? LOW_LANES : HIGH_LANES);
          code.op(float ? 'f64x2.add' : 'i64x2.add').store('v128.store', place);
        });
    }
    for (const { type, values } of pointers.values()) advance(code, values, laneBytes(type));
    advance(code, groups, 4);
  });
  const rows = lanes.mayDoubt ? 0 : Math.min(2 ** (63 - sumBits) - VECTOR_SIZE, MAXIMUM_ROWS);
  code.i32(-1).i32(rows);
  lanes.doubtful();
  code.select();
  return module.finish();
}

function summand(lanes: LaneCode, operand: Lanes): Lanes {
  return isFloat(operand.type) ? operand : lanes.bounded(operand, SUMMAND_BITS);
}
