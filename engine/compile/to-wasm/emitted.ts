import type { DataType } from '../../../query/types.ts';
import { isWide } from '../../column.ts';
import type { Local } from '../../wasm-assembler/function-builder.ts';
import type { ValueType } from '../../wasm-assembler/instructions.ts';

/**
 * A value of the current row in locals. Text is an address and a length; decimals beyond 18 digits have a high word.
 * `valid` is absent where the value cannot be NULL; where it is 0 the other locals hold anything.
 */
export interface Emitted {
  readonly type: DataType;
  readonly value: Local;
  readonly length?: Local;
  readonly high?: Local;
  readonly valid?: Local;
}

/** The type of `Emitted.value`. */
export function valueTypeOf(type: DataType): ValueType {
  switch (type.kind) {
    case 'bool':
    case 'int32':
    case 'date':
    case 'utf8':
      return 'i32';
    case 'float64':
      return 'f64';
    default:
      return 'i64';
  }
}

/** The locals of a value but for its validity, in the order in which kernels take them. */
export function partsOf({ value, length, high }: Emitted): readonly Local[] {
  return [value, ...(length ? [length] : []), ...(high ? [high] : [])];
}

/** The types of `partsOf`. */
export function partTypesOf(type: DataType): readonly ValueType[] {
  if (type.kind === 'utf8') return ['i32', 'i32'];
  return isWide(type) ? ['i64', 'i64'] : [valueTypeOf(type)];
}

/** What kernels give for a value of the type: text as length above address; of wide values the low word. */
export function resultTypeOf(type: DataType): ValueType {
  return type.kind === 'utf8' ? 'i64' : valueTypeOf(type);
}
