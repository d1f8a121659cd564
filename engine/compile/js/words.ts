import type { BoundExpression } from '../../../query/expression.ts';
import type { DataType } from '../../../query/types.ts';
import type { Compiler } from './compiler.ts';
import type { Emitter, Value } from './emitter.ts';
import { exactNumber, isLong } from './representation.ts';

/** 32-bit words that a value of this type takes in a key or in a column of rows. */
export function wordsOf(type: DataType): number {
  if (isLong(type)) return type.kind === 'decimal' && type.precision > 18 ? 4 : 2;
  return type.kind === 'float64' ? 2 : 1;
}

/** The 32-bit words of an integer, low first. */
export function longWords(emitter: Emitter, type: DataType, value: string): string[] {
  const places = Array.from({ length: wordsOf(type) }, (_, i) => i);
  if (emitter.mode === 'exact')
    return places.map((i) => `Number(BigInt.asIntN(32, ${i === 0 ? value : `${value} >> ${32 * i}n`}))`);
  const high = emitter.variable(`Math.floor(${value} / 4294967296) | 0`);
  return places.map((i) => (i === 0 ? `${value} | 0` : i === 1 ? high : `${high} >> 31`));
}

/** A value that leaves the generated code. */
export function outputValue(compiler: Compiler, expression: BoundExpression): Value {
  const value = compiler.value(expression);
  return value.kind === 'number' ? exactNumber(compiler.emitter, value, expression.type) : value;
}
