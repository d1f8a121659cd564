import type { BoundExpression } from '../../../query/expression.ts';
import { formatType } from '../../../query/types.ts';
import { VECTOR_SIZE } from '../../task.ts';
import { ModuleBuilder } from '../../wasm-assembler/module-builder.ts';
import type { ConstantTable } from './constants.ts';
import { ExpressionEmitter, type KernelCalls, shapeOf, type VectorPlace } from './expression-emitter.ts';

/** A loop over a batch: a filter writes the numbers of passing rows; a projection fills vectors. */
export type BatchFunction =
  | { readonly kind: 'filter'; readonly conjuncts: readonly BoundExpression[]; readonly selection: number }
  | {
      readonly kind: 'project';
      readonly outputs: readonly { readonly expression: BoundExpression; readonly place: VectorPlace }[];
    };

/** What distinguishes modules: everything but the values of constants. Equal keys mean equal bytes. */
export function moduleKey(
  work: BatchFunction,
  places: ReadonlyMap<number, VectorPlace>,
  constants: ConstantTable,
  nullable: boolean,
): string {
  const parts =
    work.kind === 'filter'
      ? [`filter@${work.selection}`, ...work.conjuncts.map((conjunct) => shapeOf(conjunct, constants))]
      : work.outputs.map(({ expression, place }) => `${shapeOf(expression, constants)}@${placeKey(place)}`);
  const columns = [...places].map(([index, place]) => `${index}:${placeKey(place)}`);
  return [...parts, ...columns, nullable].join(';');
}

function placeKey({ type, values, validity }: VectorPlace): string {
  return `${formatType(type)}@${values},${validity}`;
}

export function expressionsOf(work: BatchFunction): readonly BoundExpression[] {
  return work.kind === 'filter' ? work.conjuncts : work.outputs.map(({ expression }) => expression);
}

/**
 * Compiles a batch function. It is exported as `run(count: i32): i32`: a filter gives the number of rows that pass, a
 * projection 0. Failures (see FAILURES) are left as an i32 at `failuresAt`. `nullable` false asserts that no input
 * column of the batch holds a NULL. `constants` has collected the literals.
 */
export function compileBatch(
  work: BatchFunction,
  places: ReadonlyMap<number, VectorPlace>,
  constants: ConstantTable,
  failuresAt: number,
  nullable: boolean,
): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  module.importMemory('env', 'memory', 0);
  const calls: KernelCalls = {
    compareUtf8: module.importFunction('kernels', 'compareUtf8', { takes: ['i32', 'i32', 'i32', 'i32'], gives: 'i32' }),
    equalUtf8: module.importFunction('kernels', 'equalUtf8', { takes: ['i32', 'i32', 'i32', 'i32'], gives: 'i32' }),
    likeUtf8: module.importFunction('kernels', 'likeUtf8', { takes: ['i32', 'i32', 'i32', 'i32'], gives: 'i32' }),
    multiplyOverflows: module.importFunction('kernels', 'multiplyOverflows', { takes: ['i64', 'i64'], gives: 'i32' }),
    remainder: module.importFunction('kernels', 'remainder', { takes: ['f64', 'f64'], gives: 'f64' }),
    roundDivide: module.importFunction('kernels', 'roundDivide', { takes: ['i64', 'i64'], gives: 'i64' }),
  };
  const code = module.defineFunction('run', { takes: ['i32'], gives: 'i32' });
  const [count] = code.parameters as [(typeof code.parameters)[number]];
  const row = code.local('i32');
  const passed = code.local('i32');
  const emitter = new ExpressionEmitter(code, row, calls, places, constants, nullable);
  for (const expression of expressionsOf(work)) emitter.prepare(expression);
  code.get(count).when(() => {
    code.loop(() => {
      emitter.beginRow();
      if (work.kind === 'filter') {
        const values = work.conjuncts.map((conjunct) => emitter.emit(conjunct));
        code.get(passed).i32(2).op('i32.shl').get(row).store('i32.store', work.selection);
        code.get(passed).i32(1);
        for (const { value, valid } of values) {
          code.get(value).op('i32.and');
          if (valid) code.get(valid).op('i32.and');
        }
        code.op('i32.add').set(passed);
      } else for (const { expression, place } of work.outputs) emitter.store(emitter.emit(expression), place);
      code.get(row).i32(1).op('i32.add').tee(row).get(count).op('i32.lt_u');
    });
  });
  code.i32(failuresAt).get(emitter.failures).store('i32.store');
  code.get(passed);
  return module.finish();
}

/** Bytes that a selection of a whole batch takes; filters write one element beyond it at most. */
export const SELECTION_BYTES = 4 * (VECTOR_SIZE + 16);
