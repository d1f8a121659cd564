import type { BoundOutput } from '../../../query/fragment.ts';
import { partialSchema } from '../../../query/partial-states.ts';
import type { DataType, Schema } from '../../../query/types.ts';
import type { Batch, Column } from '../../column.ts';
import { type FusedAggregates, initialState, layoutOf, STATE_BYTES } from '../../compile/to-wasm/fused-aggregates.ts';
import type { FusedLoops } from './fused-loops.ts';
import type { EngineMemory } from './memory.ts';
import type { VectorLoader } from './pipeline.ts';
import type { RunLoop } from './simd-instances.ts';
import { allocateVector, type Vector } from './vector.ts';

/** After so many batches more that only scalar code could decide than that SIMD code could, the latter is given up. */
const MAX_DOUBTS = 8;

/** Filters and aggregates whole batches in one loop of SIMD code, without groups. */
export class FusedSink {
  #memory: EngineMemory;
  #fused: FusedAggregates;
  #output: Extract<BoundOutput, { kind: 'groups' }>;
  #schema: Schema;
  #loops: FusedLoops;
  #vectors: { readonly column: number; readonly vector: Vector }[];
  #block: number;
  #states: number;
  #runs: (RunLoop | undefined)[] = [undefined, undefined];
  #doubts = 0;

  /** `vectors` are the filtered rows' when the filter has run already, else the sink has its own. */
  constructor(
    memory: EngineMemory,
    loops: FusedLoops,
    fused: FusedAggregates,
    output: Extract<BoundOutput, { kind: 'groups' }>,
    vectors?: ReadonlyMap<number, Vector>,
  ) {
    this.#memory = memory;
    this.#fused = fused;
    this.#output = output;
    this.#schema = partialSchema(output);
    this.#loops = loops;
    this.#vectors = fused.columns.map(({ index, type }) => ({
      column: index,
      vector: vectors?.get(index) ?? allocateVector(memory, type),
    }));
    const layout = layoutOf(fused);
    this.#block = memory.allocateCleared(layout.bytes);
    this.#states = this.#block + layout.states;
    fused.literals.words.forEach((word, i) => {
      memory.i64[(this.#block >> 3) + i] = word;
    });
    this.#reset();
  }

  /** Loads the columns of a batch of `rows` rows and takes it; false: the batch must go the scalar way. */
  process(rows: number, loader: VectorLoader): boolean {
    if (this.#doubts >= MAX_DOUBTS) return false;
    for (const { column, vector } of this.#vectors) loader.load(column, vector, 0, rows);
    return this.take(rows);
  }

  /** Takes the `count` rows that stand in the vectors; false: they must go the scalar way. */
  take(count: number): boolean {
    if (this.#doubts >= MAX_DOUBTS) return false;
    const { u32 } = this.#memory;
    let at = (this.#block >> 2) + 2 * this.#fused.literals.literals.length;
    let nullable = 0;
    for (const { vector } of this.#vectors) {
      u32[at++] = vector.values;
      u32[at++] = vector.validity;
      if (vector.hasNulls) nullable = 1;
    }
    const run = this.#runs[nullable] ?? this.#loops.instance(this.#fused, nullable === 1);
    this.#runs[nullable] = run;
    const doubtful = run(count, this.#block) !== 0;
    this.#doubts = Math.max(0, this.#doubts + (doubtful ? 1 : -1));
    return !doubtful;
  }

  /** One partial group. Then it starts anew, without any row. */
  finish(): Batch {
    const schema = this.#schema;
    const numbers = this.#output.aggregates.flatMap(({ function: name }, i) => {
      const states = this.#fused.states[i] as readonly number[];
      const count = states.at(-1) as number;
      return name === 'avg' ? states.map((state) => [state, count] as const) : [[states[0] as number, count] as const];
    });
    const columns = numbers.map(([state, count], i) => {
      const type = (schema[i] as { type: DataType }).type;
      const isCount = this.#fused.accumulators[state]?.kind === 'count';
      return this.#column(type, state, isCount || this.#word(count, 0) !== 0n);
    });
    this.#reset();
    return { schema, length: 1, columns };
  }

  #reset(): void {
    const { u8, i64 } = this.#memory;
    const { accumulators } = this.#fused;
    u8.fill(0, this.#states, this.#states + STATE_BYTES * accumulators.length);
    accumulators.forEach((accumulator, i) => {
      i64[(this.#states + STATE_BYTES * i) >> 3] = initialState(accumulator);
    });
    this.#doubts = 0;
  }

  #column(type: DataType, state: number, isValid: boolean): Column {
    const words = BigInt64Array.of(this.#word(state, 0), this.#word(state, 1));
    const narrow = type.kind === 'int32' || type.kind === 'date';
    const wide = type.kind === 'decimal' && type.precision > 18;
    const values = wide
      ? words
      : type.kind === 'float64'
        ? new Float64Array(words.buffer, 0, 1)
        : narrow
          ? Int32Array.of(Number(words[0]))
          : words.slice(0, 1);
    return { kind: 'fixed', type, length: 1, values: values.slice(), ...(!isValid && { validity: Uint8Array.of(0) }) };
  }

  #word(state: number, word: number): bigint {
    return this.#memory.i64[((this.#states + STATE_BYTES * state) >> 3) + word] as bigint;
  }
}
