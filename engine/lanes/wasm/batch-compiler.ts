import { LRUCache } from 'lru-cache';
import { CALL_FAILURES, type CallFailure, callFailure } from '../../../query/call-failures.ts';
import { SluiceError } from '../../../query/error.ts';
import {
  type BatchFunction,
  compileBatch,
  expressionsOf,
  type LaneCells,
  moduleKey,
  type Projected,
  splitBatch,
} from '../../compile/to-wasm/batch-module.ts';
import { ConstantTable } from '../../compile/to-wasm/constants.ts';
import { FAILURES, type FailureKind } from '../../compile/to-wasm/failures.ts';
import { isVectorizable } from '../../compile/to-wasm/simd-shape.ts';
import type { VectorPlace } from '../../compile/to-wasm/vector-place.ts';
import { hostFunction } from './host-functions.ts';
import type { Kernels } from './kernels.ts';
import type { EngineMemory } from './memory.ts';
import { SimdBatches } from './simd-batches.ts';
import { SimdInstances } from './simd-instances.ts';
import { isTextProjection, textFilter, textProjection } from './text-batches.ts';
import type { TextRoom } from './text-room.ts';
import { fixVector, type Vector } from './vector.ts';

/** Runs a compiled batch function over `count` rows; gives what it returns. Throws `bad-value` on overflow. */
export type RunBatch = (count: number) => number;

interface CompiledFunction {
  readonly run: RunBatch;
  readonly callees: readonly string[];
}

const CALL_STATE_BYTES = 32;

/** Compiles batch functions and keeps their instances by shape; only constants are written anew for a query. */
export class BatchCompiler {
  /** The instances of loops whose addresses are parameters. */
  readonly simdInstances: SimdInstances;
  #memory: EngineMemory;
  #kernels: Kernels;
  #texts: TextRoom;
  #cells: LaneCells;
  #simd: SimdBatches;
  #instances = new LRUCache<string, CompiledFunction>({ max: 256 });

  /** `texts` is the room for text that the functions of expressions make. */
  constructor(memory: EngineMemory, kernels: Kernels, texts: TextRoom) {
    this.#memory = memory;
    this.#kernels = kernels;
    this.#texts = texts;
    this.simdInstances = new SimdInstances(memory);
    this.#simd = new SimdBatches(memory, this.simdInstances);
    const failures = memory.allocateCleared(8);
    const callState = memory.allocateCleared(CALL_STATE_BYTES);
    this.#cells = { overflows: failures, call: failures + 4, callState };
  }

  /**
   * `inputs` are the vectors of the columns that the expressions name. Each part gets two instances at most: one that
   * trusts that no input holds a NULL, one that does not. Texts that a run makes stay until the next run of any of the
   * compiler's functions.
   */
  prepare(work: BatchFunction, inputs: ReadonlyMap<number, Vector>): RunBatch {
    if (work.kind === 'filter') {
      const filter = textFilter(this.#memory, this.#kernels, work, inputs);
      if (filter) return filter;
    } else {
      const [vectorizable, others] = partition(work.outputs, ({ expression }) => isVectorizable([expression]));
      if (vectorizable.length > 0 && others.length > 0) {
        const runs = [vectorizable, others].map((outputs) => this.prepare({ kind: 'project', outputs }, inputs));
        return (count) => {
          for (const run of runs) run(count);
          return 0;
        };
      }
      if (others.some(({ expression }) => isTextProjection(expression))) return this.#prepareTexts(others, inputs);
    }
    const scalar = this.#prepareScalar(work, inputs);
    const simd = this.#simd.prepare(work, inputs);
    if (!simd) return scalar;
    return (count) => {
      const result = simd(count);
      return result < 0 ? scalar(count) : result;
    };
  }

  /** Outputs with kernels for whole vectors of text, behind the others: those start with an empty room for text. */
  #prepareTexts(outputs: readonly Projected[], inputs: ReadonlyMap<number, Vector>): RunBatch {
    const [texts, others] = partition(outputs, ({ expression }) => isTextProjection(expression));
    const { callState } = this.#cells;
    const scalar = others.length > 0 ? this.#prepareScalar({ kind: 'project', outputs: others }, inputs) : undefined;
    const runs = texts.map((output) => textProjection(this.#memory, this.#kernels, output, inputs, callState));
    return (count) => {
      if (scalar) scalar(count);
      else this.#begin();
      for (const run of runs) run(count);
      return 0;
    };
  }

  #prepareScalar(work: BatchFunction, inputs: ReadonlyMap<number, Vector>): RunBatch {
    const constants = new ConstantTable(this.#memory.mark(), expressionsOf(work));
    this.#memory.allocate(constants.byteLength);
    constants.write(this.#memory.memory.buffer);
    const vectors = [...inputs.values()];
    for (const vector of vectors) fixVector(this.#memory, vector); // its address becomes part of the code
    const parts = splitBatch(work);
    const variants: (readonly CompiledFunction[] | undefined)[] = [undefined, undefined];
    return (count) => {
      const nullable = vectors.some((vector) => vector.hasNulls);
      variants[Number(nullable)] ??= parts.map((part) => this.#function(part, inputs, constants, nullable));
      this.#begin();
      let result = 0;
      for (const { run, callees } of variants[Number(nullable)] as readonly CompiledFunction[]) {
        result = run(count);
        this.#throwFailure(callees);
      }
      return result;
    };
  }

  #function(
    work: BatchFunction,
    places: ReadonlyMap<number, VectorPlace>,
    constants: ConstantTable,
    nullable: boolean,
  ): CompiledFunction {
    const key = `${constants.address};${moduleKey(work, places, constants, nullable)}`;
    const known = this.#instances.get(key);
    if (known) return known;
    const { bytes, hostCalls, callees } = compileBatch(work, places, constants, this.#cells, nullable);
    const imports = {
      env: { memory: this.#memory.memory },
      kernels: this.#kernels as unknown as WebAssembly.ModuleImports,
      host: Object.fromEntries(
        [...hostCalls].map(([name, call]) => [name, hostFunction(this.#memory, this.#texts, call)]),
      ),
    };
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), imports);
    const compiled = { run: exports.run as RunBatch, callees };
    this.#instances.set(key, compiled);
    return compiled;
  }

  /** A run that threw may have left its marks. */
  #begin(): void {
    const { callState } = this.#cells;
    this.#memory.u32.fill(0, callState >> 2, (callState + CALL_STATE_BYTES) >> 2);
    this.#texts.reuse(callState);
  }

  #throwFailure(callees: readonly string[]): void {
    const { overflows, call } = this.#cells;
    const failures = this.#memory.u32[overflows >> 2] as number;
    if (failures !== 0) throw overflow(failures);
    const failed = this.#memory.u32[call >> 2] as number;
    if (failed !== 0) throw callFailure(CALL_FAILURES[failed >> 16] as CallFailure, callees[failed & 0xffff]);
  }
}

const FAILURE_NAMES: Record<FailureKind, string> = {
  add: 'an addition',
  subtract: 'a subtraction',
  multiply: 'a multiplication',
  negate: 'a negation',
  cast: 'a cast',
  integer_divide: 'an integer division',
};

function overflow(failures: number): SluiceError {
  const kinds = Object.entries(FAILURES).flatMap(([kind, bit]) =>
    failures & bit ? [FAILURE_NAMES[kind as FailureKind]] : [],
  );
  return new SluiceError('bad-value', `overflow: the result of ${kinds.join(' or of ')} is out of its type's range`);
}

function partition<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  return [items.filter(test), items.filter((item) => !test(item))];
}
