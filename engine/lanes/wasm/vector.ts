import type { DataType } from '../../../query/types.ts';
import { isWide } from '../../column.ts';
import type { VectorPlace } from '../../compile/to-wasm/vector-place.ts';
import { VECTOR_SIZE } from '../../task.ts';
import type { CodeWidth } from './code-reader.ts';
import type { Kernels } from './kernels.ts';
import type { EngineMemory } from './memory.ts';

/** Every value that a type can have fits. */
export const UNKNOWN_MAGNITUDE = 128;

/** Rows that a batch of coded columns has at most: of those that its filters leave, VECTOR_SIZE at once go to vectors. */
export const LONGEST_BATCH = 8 * VECTOR_SIZE;

/** Codes of a dictionary that stand for the values of a vector. */
export interface VectorCodes {
  /** By whose identity codes can be compared between batches. */
  readonly dictionary: object;
  /** Codes are below it; that of NULL is one of them. */
  readonly size: number;
  /** Bytes of a code. */
  readonly width: CodeWidth;
  /** Address of the codes of all `rows` rows of a batch (LONGEST_BATCH at most), and of the vector's rows among these (u32; 0: all). */
  readonly address: number;
  readonly rows: number;
  readonly selection: number;
  /** Fills the vector. */
  load(): void;
  /** Fills another vector with the values of `count` rows of the batch (u32). */
  loadRows(target: Vector, selection: number, count: number): void;
}

/** A place for one vector, and whether the vector that stands there now holds a NULL. */
export interface Vector extends VectorPlace {
  /** Where the current values and validity stand: the vector's own area, or outside of it where a loader may lend. */
  values: number;
  validity: number;
  hasNulls: boolean;
  /** Integers and decimals: no magnitude needs more bits than this. UNKNOWN_MAGNITUDE where the loader does not tell. */
  magnitudeBits: number;
  /** Compiled code or compaction works on the own area: values must be copied there. */
  fixed: boolean;
  /** Who reads the vector looks at `codes` first: with some, only a call of `load` fills it. Loaders need not care. */
  takesCodes: boolean;
  codes: VectorCodes | undefined;
  readonly own: { readonly values: number; readonly validity: number };
}

/** A vector with room for VECTOR_SIZE rows. */
export function allocateVector(memory: EngineMemory, type: DataType): Vector {
  const values = memory.allocate((isWide(type) ? 16 : 8) * VECTOR_SIZE);
  const validity = memory.allocate(VECTOR_SIZE);
  return {
    type,
    values,
    validity,
    hasNulls: false,
    magnitudeBits: UNKNOWN_MAGNITUDE,
    fixed: false,
    takesCodes: false,
    codes: undefined,
    own: { values, validity },
  };
}

/** From now on the vector stands in its own area, where what it holds now is copied. */
export function fixVector(memory: EngineMemory, vector: Vector): void {
  const { type, values, validity, own } = vector;
  vector.fixed = true;
  if (values === own.values) return;
  memory.u8.copyWithin(own.values, values, values + valueWidth(type) * VECTOR_SIZE);
  memory.u8.copyWithin(own.validity, validity, validity + VECTOR_SIZE);
  vector.values = own.values;
  vector.validity = own.validity;
}

/** Bytes of one value in linear memory; text is two words in two arrays and answers 4. */
export function valueWidth(type: DataType): 1 | 4 | 8 | 16 {
  switch (type.kind) {
    case 'bool':
      return 1;
    case 'int32':
    case 'date':
    case 'utf8':
      return 4;
    default:
      return isWide(type) ? 16 : 8;
  }
}

/** Keeps the picked rows of a vector, in place. `picks` is the address of `count` ascending row numbers (u32). */
export function compactVector(kernels: Kernels, vector: Vector, picks: number, count: number): void {
  kernels[`compact${valueWidth(vector.type)}`](vector.values, picks, count);
  if (vector.type.kind === 'utf8') kernels.compact4(vector.values + 4 * VECTOR_SIZE, picks, count);
  if (vector.hasNulls) kernels.compact1(vector.validity, picks, count);
}
