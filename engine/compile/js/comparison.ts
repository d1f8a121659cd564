import { SluiceError } from '../../../query/error.ts';
import type { Operator } from '../../../query/expression.ts';
import type { DataType } from '../../../query/types.ts';
import type { Emitter, Value } from './emitter.ts';
import { asString } from './text-value.ts';

const SYMBOLS: Partial<Record<Operator, string>> = { eq: '===', ne: '!==', lt: '<', le: '<=', gt: '>', ge: '>=' };

/** Compares non-NULL values. Among doubles NaN equals NaN and is greater than all else, as in DuckDB. */
export function comparison(emitter: Emitter, operator: Operator, left: Value, right: Value, type: DataType): string {
  const symbol = SYMBOLS[operator];
  if (!symbol) throw new SluiceError('internal', `the js lane has no code for the operator "${operator}"`);
  if (left.kind === 'number' && right.kind === 'number') {
    if (type.kind === 'float64') return compareDoubles(operator, left.value, right.value);
    return `${left.value} ${symbol} ${right.value}`;
  }
  if (left.kind === 'text' && right.kind === 'text') {
    const operands = [left, right].map(({ bytes, start, end }) => `${bytes}, ${start}, ${end}`).join(', ');
    if (operator === 'eq') return `R.equalText(${operands})`;
    if (operator === 'ne') return `!R.equalText(${operands})`;
    return `R.compareBytes(${operands}) ${symbol} 0`;
  }
  const a = asString(emitter, left).value;
  const b = asString(emitter, right).value;
  return operator === 'eq' || operator === 'ne' ? `${a} ${symbol} ${b}` : `R.compareStrings(${a}, ${b}) ${symbol} 0`;
}

function compareDoubles(operator: Operator, a: string, b: string): string {
  switch (operator) {
    case 'eq':
      return `(${a} === ${b} || (${a} !== ${a} && ${b} !== ${b}))`;
    case 'ne':
      return `(${a} !== ${b} && (${a} === ${a} || ${b} === ${b}))`;
    case 'gt':
      return `(!(${a} <= ${b}) && ${b} === ${b})`;
    case 'ge':
      return `(${a} >= ${b} || ${a} !== ${a})`;
    case 'lt':
      return `(!(${b} <= ${a}) && ${a} === ${a})`;
    default:
      return `(${b} >= ${a} || ${b} !== ${b})`;
  }
}

/** A condition, never NULL, that tells whether the operands differ where NULL is a value equal to itself. */
export function distinct(emitter: Emitter, left: Value, right: Value, type: DataType): string {
  const differ = comparison(emitter, 'ne', left, right, type);
  const [a, b] = [left.isNull, right.isNull];
  if (a === '' && b === '') return `(${differ})`;
  if (a === '') return `((${b}) || ${differ})`;
  if (b === '') return `((${a}) || ${differ})`;
  return `((${a}) !== (${b}) || (!(${a}) && ${differ}))`;
}
