import { arrowArray } from '../../engine/lanes/wasm/arrow-c-data.ts';
import { SluiceError } from '../../query/error.ts';
import type { TypedColumn } from './column-queries.ts';

interface ArrowField {
  readonly name: string;
  /** Such as `d:15,2`; see the Arrow C data interface. */
  readonly format: string;
}

/** The fields of a schema of the Arrow C data interface as it lies in 32-bit memory. */
export function arrowFields(memory: ArrayBuffer, address: number): ArrowField[] {
  const view = new DataView(memory);
  const children = view.getUint32(address + 32, true);
  return Array.from({ length: Number(view.getBigInt64(address + 24, true)) }, (_, i) => {
    const child = view.getUint32(children + 4 * i, true);
    return {
      format: textAt(memory, view.getUint32(child, true)),
      name: textAt(memory, view.getUint32(child + 4, true)),
    };
  });
}

function textAt(memory: ArrayBuffer, address: number): string {
  const bytes = new Uint8Array(memory, address);
  return Buffer.from(bytes.subarray(0, bytes.indexOf(0))).toString('utf8');
}

/** A record batch's columns where they lie, decimals as doubles. Throws `unsupported` for NULLs and other types. */
export function typedColumns(
  memory: ArrayBuffer,
  fields: readonly ArrowField[],
  address: number,
): { rows: number; columns: Map<string, TypedColumn> } {
  const view = new DataView(memory);
  const batch = arrowArray(view, address);
  const columns = fields.map(({ name, format }, i) => {
    const array = arrowArray(view, batch.children[i]!);
    if (array.nullCount !== 0) throw new SluiceError('unsupported', `column ${name} has NULLs`);
    return [name, typedColumn(memory, format, array)] as const;
  });
  return { rows: batch.length, columns: new Map(columns) };
}

function typedColumn(
  memory: ArrayBuffer,
  format: string,
  { buffers, offset, length }: { buffers: readonly number[]; offset: number; length: number },
): TypedColumn {
  const values = buffers[1]!;
  switch (format) {
    case 'g':
      return { values: new Float64Array(memory, values + 8 * offset, length) };
    case 'tdD':
      return { values: new Int32Array(memory, values + 4 * offset, length) };
    case 'l':
      return { values: doubles(new Int32Array(memory, values + 8 * offset, 2 * length), 2, 1) };
    case 'u': {
      const offsets = new Int32Array(memory, values + 4 * offset, length + 1);
      return { offsets, bytes: new Uint8Array(memory, buffers[2]!) };
    }
    default: {
      const scale = /^d:\d+,(\d+)$/.exec(format)?.[1];
      if (scale === undefined) throw new SluiceError('unsupported', `Arrow format ${format}`);
      return { values: doubles(new Int32Array(memory, values + 16 * offset, 4 * length), 4, 10 ** Number(scale)) };
    }
  }
}

/** The low 64 bits of integers of `stride` words each, divided. Without a BigInt a value, it is four times as fast. */
function doubles(words: Int32Array, stride: number, divisor: number): Float64Array {
  const values = new Float64Array(words.length / stride);
  for (let i = 0, at = 0; i < values.length; i++, at += stride)
    values[i] = (words[at + 1]! * 0x1_0000_0000 + (words[at]! >>> 0)) / divisor;
  return values;
}
