import { SluiceError } from '../../../query/error.ts';
import { type BoundExpression, operationsOf } from '../../../query/expression.ts';
import { formatType } from '../../../query/types.ts';
import { VECTOR_SIZE } from '../../task.ts';
import type { Local } from '../../wasm-assembler/function-builder.ts';
import { ModuleBuilder } from '../../wasm-assembler/module-builder.ts';
import type { ConstantTable } from './constants.ts';
import { ExpressionEmitter } from './expression-emitter.ts';
import type { FailureCells } from './failures.ts';
import type { HostCall } from './host-call.ts';
import { truthOf } from './logic.ts';
import { RowCode } from './row-code.ts';
import { ShapeTable } from './shapes.ts';
import type { VectorPlace } from './vector-place.ts';

/** A loop over a batch: a filter writes the numbers of passing rows; a projection fills vectors. */
export type BatchFunction =
  | { readonly kind: 'filter'; readonly conjuncts: readonly BoundExpression[]; readonly selection: number }
  | {
      readonly kind: 'project';
      readonly outputs: readonly Projected[];
    };

export interface Projected {
  readonly expression: BoundExpression;
  readonly place: VectorPlace;
}

/** Cells of the lane that compiled code works with. */
export interface LaneCells extends FailureCells {
  /** Address of the call state (see engine/kernels/call-state.ts). */
  readonly callState: number;
}

/** What distinguishes modules: everything but the values of constants. Equal keys mean equal bytes. */
export function moduleKey(
  work: BatchFunction,
  places: ReadonlyMap<number, VectorPlace>,
  constants: ConstantTable,
  nullable: boolean,
): string {
  const shapes = new ShapeTable(constants);
  const roots =
    work.kind === 'filter'
      ? [`filter@${work.selection}`, ...work.conjuncts.map((conjunct) => shapes.numberOf(conjunct))]
      : work.outputs.map(({ expression, place }) => `${shapes.numberOf(expression)}@${placeKey(place)}`);
  const columns = [...places].map(([index, place]) => `${index}:${placeKey(place)}`);
  return [...roots, shapes.key, ...columns, nullable].join(';');
}

function placeKey({ type, values, validity }: VectorPlace): string {
  return `${formatType(type)}@${values},${validity}`;
}

export function expressionsOf(work: BatchFunction): readonly BoundExpression[] {
  return work.kind === 'filter' ? work.conjuncts : work.outputs.map(({ expression }) => expression);
}

/** Operations of one function at most (a larger expression stands alone). */
const FUNCTION_OPERATIONS = 2000;

/** A projection as several, where its expressions are too many for one function. */
export function splitBatch(work: BatchFunction): readonly BatchFunction[] {
  if (work.kind === 'filter') return [work];
  const parts: Projected[][] = [];
  let room = 0;
  for (const output of work.outputs) {
    const operations = operationsOf(output.expression);
    if (operations > room) {
      parts.push([]);
      room = FUNCTION_OPERATIONS;
    }
    room -= operations;
    parts.at(-1)?.push(output);
  }
  return parts.map((outputs) => ({ kind: 'project', outputs }));
}

export interface CompiledBatch {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What the module imports from `host`, by name. */
  readonly hostCalls: ReadonlyMap<string, HostCall>;
  /** Names of functions that can fail, by the number that a failed call leaves. */
  readonly callees: readonly string[];
}

/** What engines allow in one function (https://webassembly.github.io/spec/js-api/#limits). */
const MAX_LOCALS = 50_000;

/**
 * Compiles a batch function. It is exported as `run(count: i32): i32`: a filter gives the number of rows that pass, a
 * projection 0. Failures are left in the lane's cells. `nullable` false asserts that no input column of the batch holds
 * a NULL. `constants` has laid out the constants. Throws `unsupported` for expressions that are too large for a
 * function.
 */
export function compileBatch(
  work: BatchFunction,
  places: ReadonlyMap<number, VectorPlace>,
  constants: ConstantTable,
  cells: LaneCells,
  nullable: boolean,
): CompiledBatch {
  const module = new ModuleBuilder();
  module.importMemory('env', 'memory', 0);
  const code = module.defineFunction('run', { takes: ['i32'], gives: 'i32' });
  const [count] = code.parameters as [Local];
  const index = code.local('i32');
  const passed = code.local('i32');
  const row = new RowCode(module, code, cells.callState);
  const emitter = new ExpressionEmitter(row, index, places, constants, nullable);
  for (const expression of expressionsOf(work)) emitter.prepare(expression);
  code.get(count).when(() => {
    code.loop(() => {
      if (work.kind === 'filter') {
        const passes = emitConjuncts(row, emitter, work.conjuncts);
        code.get(passed).i32(2).op('i32.shl').get(index).store('i32.store', work.selection);
        code.get(passed).get(passes).op('i32.add').set(passed);
      } else for (const { expression, place } of work.outputs) emitter.store(emitter.emit(expression), place);
      code.get(index).i32(1).op('i32.add').tee(index).get(count).op('i32.lt_u');
    });
  });
  row.storeFailures(cells);
  code.get(passed);
  if (code.localCount > MAX_LOCALS)
    throw new SluiceError('unsupported', 'the expressions of the query are too large to be compiled');
  return { bytes: module.finish(), hostCalls: row.hostCalls, callees: row.callees };
}

/** Whether all are true. What is guarded only runs for rows that pass the conjuncts before it. */
function emitConjuncts(row: RowCode, emitter: ExpressionEmitter, conjuncts: readonly BoundExpression[]): Local {
  let passes: Local | undefined;
  for (const conjunct of conjuncts) {
    const mask = emitter.isGuarded(conjunct) ? passes : undefined;
    const truth = row.under(mask, () => truthOf(row, emitter.emit(conjunct)));
    passes = row.all(passes, truth);
  }
  return passes as Local;
}

/** Bytes that a selection of a whole batch takes; filters write one element beyond it at most. */
export const SELECTION_BYTES = 4 * (VECTOR_SIZE + 16);
