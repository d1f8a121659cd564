import type { LibraryFunction, Overload } from '../../../query/function-entry.ts';
import type { DataType, Scalar } from '../../../query/types.ts';
import { formatType } from '../../../query/types.ts';
import type { FunctionReference, Local } from '../../wasm-assembler/function-builder.ts';
import { type Emitted, partsOf, partTypesOf, resultTypeOf } from './emitted.ts';
import type { RowCode } from './row-code.ts';

/** A function with the calling convention of library kernels (see query/function-entry.ts). */
interface Callee {
  /** What errors call it. */
  readonly name: string;
  readonly reference: FunctionReference;
  readonly nulls: LibraryFunction['nulls'];
  /** The result may be NULL though no operand is. */
  readonly nullable: boolean;
  /** May leave a reason in the call state. */
  readonly fails: boolean;
}

/** A call of the function library: of the overload's kernel, or of its JavaScript form through the host. */
export function emitLibraryCall(
  row: RowCode,
  { name, nulls }: LibraryFunction,
  overload: Overload,
  args: readonly Emitted[],
  type: DataType,
): Emitted {
  const types = args.map((arg) => arg.type);
  const reference =
    overload.kernel === undefined
      ? hostReference(row, overload.id, types, type, overload.js as HostFunction)
      : row.kernel(overload.kernel, calledWith(types), resultTypeOf(type));
  const nullable = overload.nullable ?? false;
  const fails = overload.fails ?? false;
  return emitCall(row, { name, reference, nulls, nullable, fails }, args, type);
}

/** A library function that compiled code calls outside of its module; text and wide values pass as scalars. */
export type HostFunction = (...operands: Scalar[]) => Scalar;

/** A kernel with the calling convention of the library's, under its own name. */
export function emitKernelCall(
  row: RowCode,
  kernel: string,
  name: string,
  args: readonly Emitted[],
  type: DataType,
  { nullable = false, fails = false },
): Emitted {
  const reference = row.kernel(kernel, calledWith(args.map((arg) => arg.type)), resultTypeOf(type));
  return emitCall(row, { name, reference, nulls: 'strict', nullable, fails }, args, type);
}

/** An import of a function that runs in JavaScript over scalars. It may give null, and throw. */
export function hostReference(
  row: RowCode,
  name: string,
  parameters: readonly DataType[],
  result: DataType,
  compute: HostFunction,
): FunctionReference {
  const call = { name: `${name}: ${parameters.map(formatType)} to ${formatType(result)}`, parameters, result, compute };
  return row.host(call, calledWith(parameters), resultTypeOf(result));
}

const calledWith = (types: readonly DataType[]) => [...types.flatMap(partTypesOf), 'i32' as const];

/** Calls in rows that count, and for `strict` functions only where no operand is NULL. */
function emitCall(row: RowCode, callee: Callee, args: readonly Emitted[], type: DataType): Emitted {
  const { code, callState } = row;
  const strict = callee.nulls === 'strict';
  const operandsValid = strict ? row.validity(args) : undefined;
  const result = row.blank(type, callee.nullable ? code.local('i32') : operandsValid);
  if (callee.nullable) code.i32(0).set(result.valid as Local);
  row.whenCounts(operandsValid, () => {
    if (callee.nullable) code.i32(callState).i32(0).store('i32.store', 8);
    for (const arg of args) {
      if (strict) row.push(arg);
      else pushOrEmpty(row, arg);
    }
    code.i32(callState).call(callee.reference);
    takeResult(row, result);
    if (callee.nullable)
      code
        .i32(callState)
        .load('i32.load', 8)
        .op('i32.eqz')
        .set(result.valid as Local);
    if (callee.fails) row.noteCallFailure(callee.name);
  });
  return result;
}

/** Pushes an operand of a function that ignores NULLs: zero or the empty text stands for them. */
function pushOrEmpty(row: RowCode, arg: Emitted): void {
  for (const part of partsOf(arg)) {
    row.code.get(part);
    if (!arg.valid) continue;
    row.zero(part.type);
    row.code.get(arg.valid).select();
  }
}

/** Stores what a callee has left on the stack and in the call state. */
export function takeResult(row: RowCode, { value, length, high }: Emitted): void {
  const { code, callState } = row;
  if (length) {
    const text = code.local('i64');
    code.tee(text).op('i32.wrap_i64').set(value);
    code.get(text).i64(32n).op('i64.shr_u').op('i32.wrap_i64').set(length);
  } else code.set(value);
  if (high) code.i32(callState).load('i64.load', 16).set(high);
}
