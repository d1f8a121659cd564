import type { DataType, Scalar } from '../../../query/types.ts';
import { isWide } from '../../column.ts';
import type { HostCall } from '../../compile/to-wasm/host-call.ts';
import type { EngineMemory } from './memory.ts';
import type { TextRoom } from './text-room.ts';

type WasmValue = number | bigint;

/** A function of JavaScript with the calling convention of library kernels (see query/function-entry.ts). */
export function hostFunction(
  memory: EngineMemory,
  texts: TextRoom,
  call: HostCall,
): (...args: WasmValue[]) => WasmValue {
  const { parameters, result, compute } = call;
  return (...args) => {
    const state = args.at(-1) as number;
    let next = 0;
    const operands = parameters.map((type): Scalar => {
      const first = args[next++] as WasmValue;
      const second = type.kind === 'utf8' || isWide(type) ? args[next++] : undefined;
      return decode(memory, type, first, second);
    });
    const value = compute(...operands);
    if (value !== null) return encode(memory, texts, state, result, value);
    memory.u32[(state + 8) >> 2] = 1;
    return encode(memory, texts, state, result, ZEROS[result.kind] ?? 0n);
  };
}

const ZEROS: Partial<Record<DataType['kind'], Scalar>> = { bool: false, int32: 0, date: 0, float64: 0, utf8: '' };

function decode(memory: EngineMemory, type: DataType, first: WasmValue, second: WasmValue | undefined): Scalar {
  if (type.kind === 'bool') return first !== 0;
  if (type.kind !== 'utf8')
    return second === undefined ? first : ((second as bigint) << 64n) | BigInt.asUintN(64, first as bigint);
  const start = (first as number) >>> 0;
  return Buffer.from(memory.memory.buffer, start, (second as number) >>> 0).toString();
}

function encode(memory: EngineMemory, texts: TextRoom, state: number, type: DataType, value: Scalar): WasmValue {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string') return writeText(memory, texts, state, value);
  if (isWide(type)) memory.i64[(state + 16) >> 3] = BigInt.asIntN(64, (value as bigint) >> 64n);
  return typeof value === 'bigint' ? BigInt.asIntN(64, value) : (value as number);
}

/** Puts a text into the call state's area; gives its length above its address. */
function writeText(memory: EngineMemory, texts: TextRoom, state: number, value: string): bigint {
  const length = Buffer.byteLength(value);
  const cell = state >> 2;
  const room = (memory.u32[cell + 1] as number) - (memory.u32[cell] as number);
  if (room < length) texts.extend(state, length);
  const start = memory.u32[cell] as number;
  Buffer.from(memory.memory.buffer).write(value, start);
  memory.u32[cell] = start + length;
  return (BigInt(length) << 32n) | BigInt(start);
}
