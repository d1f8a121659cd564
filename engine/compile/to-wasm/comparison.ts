import type { Comparison } from '../../../query/expression.ts';
import { BOOL } from '../../../query/types.ts';
import { type Emitted, valueTypeOf } from './emitted.ts';
import type { RowCode } from './row-code.ts';
import { widened } from './wide-decimals.ts';

/** A comparison of two values of one type; NULL where an operand is. */
export function emitComparison(row: RowCode, operator: Comparison, a: Emitted, b: Emitted): Emitted {
  return row.result(BOOL, row.validity([a, b]), () => pushComparison(row, operator, a, b));
}

/** IS [NOT] DISTINCT FROM: NULL equals NULL and nothing else. */
export function emitDistinction(
  row: RowCode,
  operator: 'is_distinct_from' | 'is_not_distinct_from',
  a: Emitted,
  b: Emitted,
): Emitted {
  const { code } = row;
  return row.result(BOOL, undefined, () => {
    pushComparison(row, 'ne', a, b);
    const both = row.validity([a, b]);
    if (both) {
      code.get(both).op('i32.and');
      for (const { valid } of [a, b]) {
        if (valid) code.get(valid);
        else code.i32(1);
      }
      code.op('i32.ne').op('i32.or');
    }
    if (operator === 'is_not_distinct_from') code.op('i32.eqz');
  });
}

/** Leaves 0 or 1 on the stack for two values that are not NULL. NaN equals NaN and is greater than every number. */
export function pushComparison(row: RowCode, operator: Comparison, a: Emitted, b: Emitted): void {
  const { code } = row;
  if (a.type.kind === 'utf8') pushTextComparison(row, operator, a, b);
  else if (a.type.kind === 'float64') pushDoubleComparison(row, operator, a, b);
  else if (a.high || b.high) pushWideComparison(row, operator, a, b);
  else {
    const type = valueTypeOf(a.type);
    const signed = operator === 'eq' || operator === 'ne' ? '' : '_s';
    code.get(a.value).get(b.value).op(`${type}.${operator}${signed}`);
  }
}

function pushTextComparison(row: RowCode, operator: Comparison, a: Emitted, b: Emitted): void {
  const { code } = row;
  const takes = ['i32', 'i32', 'i32', 'i32'] as const;
  row.push(a);
  row.push(b);
  if (operator === 'eq' || operator === 'ne') {
    code.call(row.kernel('equalUtf8', takes, 'i32'));
    if (operator === 'ne') code.op('i32.eqz');
  } else
    code
      .call(row.kernel('compareUtf8', takes, 'i32'))
      .i32(0)
      .op(`i32.${operator}_s`);
}

function pushDoubleComparison(row: RowCode, operator: Comparison, a: Emitted, b: Emitted): void {
  const { code } = row;
  const less = (x: Emitted, y: Emitted) => {
    code.get(x.value).get(y.value).op('f64.lt');
    code.get(y.value).get(y.value).op('f64.ne').get(x.value).get(x.value).op('f64.eq').op('i32.and').op('i32.or');
  };
  switch (operator) {
    case 'lt':
      less(a, b);
      return;
    case 'gt':
      less(b, a);
      return;
    case 'le':
      less(b, a);
      code.op('i32.eqz');
      return;
    case 'ge':
      less(a, b);
      code.op('i32.eqz');
      return;
    default:
      code.get(a.value).get(b.value).op('f64.eq');
      code.get(a.value).get(a.value).op('f64.ne').get(b.value).get(b.value).op('f64.ne').op('i32.and').op('i32.or');
      if (operator === 'ne') code.op('i32.eqz');
  }
}

/** Decimals of which one has more than 18 digits: the high words decide, the low ones where they are equal. */
function pushWideComparison(row: RowCode, operator: Comparison, a: Emitted, b: Emitted): void {
  const { code } = row;
  const x = widened(row, a);
  const y = widened(row, b);
  if (operator === 'eq' || operator === 'ne') {
    code.get(x.value).get(y.value).op('i64.xor').get(x.high).get(y.high).op('i64.xor').op('i64.or').op('i64.eqz');
    if (operator === 'ne') code.op('i32.eqz');
    return;
  }
  const strict = operator === 'lt' || operator === 'le' ? 'lt' : 'gt';
  code.get(x.high).get(y.high).op(`i64.${strict}_s`);
  code.get(x.high).get(y.high).op('i64.eq').get(x.value).get(y.value).op(`i64.${operator}_u`).op('i32.and');
  code.op('i32.or');
}
