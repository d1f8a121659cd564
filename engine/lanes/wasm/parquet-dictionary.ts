import type { DataType } from '../../../query/types.ts';
import type { CodeWidth } from './code-reader.ts';
import type { Kernels } from './kernels.ts';
import type { EngineMemory } from './memory.ts';
import type { PageAreas } from './page-areas.ts';
import type { PageValues } from './page-values.ts';
import { UNKNOWN_MAGNITUDE, valueWidth } from './vector.ts';

/** The values of a chunk's dictionary. Behind the last one stands one of zeros, whose code is that of NULL. */
export interface ParquetDictionary {
  readonly size: number;
  readonly values: PageValues;
  /** Bytes in which each code fits, that of NULL too. */
  readonly codeWidth: CodeWidth;
  /** Address of the values as bytes, 16 in all; 0 where they are no whole numbers of 64 bits, too many or too large. */
  readonly bytes: number;
  /** As `Vector.magnitudeBits`. */
  readonly magnitudeBits: number;
}

/** A dictionary of `size` values, copied to areas of its own. */
export function holdDictionary(
  memory: EngineMemory,
  kernels: Kernels,
  areas: PageAreas,
  type: DataType,
  values: PageValues,
  size: number,
): ParquetDictionary {
  const copy = (address: number, width: number) => {
    const target = areas.allocate(width * (size + 1));
    memory.u8.copyWithin(target, address, address + width * size);
    memory.u8.fill(0, target + width * size, target + width * (size + 1));
    return target;
  };
  const codeWidth = size < 1 << 8 ? 1 : size < 1 << 16 ? 2 : 4;
  if (values.kind === 'text') {
    const [addresses, lengths] = [copy(values.addresses, 4), copy(values.lengths, 4)];
    return {
      size,
      codeWidth,
      bytes: 0,
      magnitudeBits: UNKNOWN_MAGNITUDE,
      values: { kind: 'text', addresses, lengths },
    };
  }
  const address = copy(values.address, valueWidth(type));
  return {
    size,
    codeWidth,
    bytes: isWord(type) ? holdBytes(memory, areas, address, size + 1) : 0,
    magnitudeBits: magnitudeOf(kernels, type, address, size),
    values: { kind: 'fixed', address },
  };
}

/** `Vector.magnitudeBits` for `count` values. */
export function magnitudeOf(kernels: Kernels, type: DataType, values: number, count: number): number {
  return isWord(type) ? kernels.magnitudeBits(values, count) : UNKNOWN_MAGNITUDE;
}

function isWord(type: DataType): boolean {
  return (type.kind === 'int64' || type.kind === 'decimal') && valueWidth(type) === 8;
}

function holdBytes(memory: EngineMemory, areas: PageAreas, values: number, count: number): number {
  if (count > 16) return 0;
  const words = memory.i64.slice(values >> 3, (values >> 3) + count);
  if (words.some((word) => word < 0n || word > 255n)) return 0;
  const bytes = areas.allocate(16);
  memory.u8.set(Uint8Array.from(words, Number), bytes);
  return bytes;
}
