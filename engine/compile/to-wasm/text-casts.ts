import { castScalar, tryCastScalar } from '../../../query/cast-value.ts';
import { castMayFail } from '../../../query/may-fail.ts';
import type { DataType, Scalar } from '../../../query/types.ts';
import { isWide } from '../../column.ts';
import type { Local } from '../../wasm-assembler/function-builder.ts';
import { hostReference, takeResult } from './calls.ts';
import { type Emitted, partTypesOf, resultTypeOf } from './emitted.ts';
import type { RowCode } from './row-code.ts';

const NAMES = {
  bool: 'Bool',
  int32: 'Int32',
  int64: 'Int64',
  float64: 'Float64',
  date: 'Date',
  timestamp: 'Timestamp',
  decimal: 'Decimal',
  utf8: 'Utf8',
  binary: 'Binary',
} as const;

const nameOf = (type: DataType): string => (isWide(type) ? 'WideDecimal' : NAMES[type.kind]);

/** The kernel of a cast (see engine/kernels/text-casts.ts), and what it takes behind the operand. */
function kernelOf(from: DataType, to: DataType): { readonly name: string; readonly parameters: readonly number[] } {
  if (to.kind !== 'utf8')
    return { name: `textTo${nameOf(to)}`, parameters: to.kind === 'decimal' ? [to.precision, to.scale] : [] };
  const name = nameOf(from);
  return {
    name: `${name[0]?.toLowerCase()}${name.slice(1)}ToText`,
    parameters: from.kind === 'decimal' ? [from.scale, Number(from.precision > from.scale)] : [],
  };
}

/** Casts between text and other types: a kernel does the usual forms, and the host what the kernel leaves to it. */
export function emitTextCast(row: RowCode, from: Emitted, to: DataType, attempt: boolean): Emitted {
  const { code, callState } = row;
  const source = from.type;
  const nullable = attempt && castMayFail(source, to);
  const cast = nullable ? tryCastScalar : castScalar;
  const host = hostReference(row, nullable ? 'try_cast' : 'cast', [source], to, (value: Scalar) =>
    cast(value, source, to),
  );
  const { name, parameters } = kernelOf(source, to);
  const takes = [...partTypesOf(source), ...parameters.map(() => 'i32' as const), 'i32' as const];
  const kernel = row.kernel(name, takes, resultTypeOf(to));
  const result = row.blank(to, nullable ? code.local('i32') : from.valid);
  const valid = result.valid as Local;
  if (nullable) code.i32(0).set(valid);
  row.whenCounts(from.valid, () => {
    row.push(from);
    for (const parameter of parameters) code.i32(parameter);
    code.i32(callState).call(kernel);
    takeResult(row, result);
    if (nullable) code.i32(1).set(valid);
    code
      .i32(callState)
      .load('i32.load', 12)
      .when(() => {
        code.i32(callState).i32(0).store('i32.store', 12);
        code.i32(callState).i32(0).store('i32.store', 8);
        row.push(from);
        code.i32(callState).call(host);
        takeResult(row, result);
        if (nullable) code.i32(callState).load('i32.load', 8).op('i32.eqz').set(valid);
      });
  });
  return result;
}
