import type { BoundExpression } from '../../../query/expression.ts';
import { BOOL } from '../../../query/types.ts';
import type { Local } from '../../wasm-assembler/function-builder.ts';
import type { Emitted } from './emitted.ts';
import type { RowCode } from './row-code.ts';

/** How operators that do not evaluate all operands for all rows get at them. */
export interface LazyOperands {
  emit(expression: BoundExpression): Emitted;
  /** True for what must only run in rows that reach it: it may fail, or it calls a function. */
  isGuarded(expression: BoundExpression): boolean;
}

/** NOT of a truth value; NULL stays NULL. */
export function emitNot(row: RowCode, operand: Emitted): Emitted {
  return row.result(BOOL, operand.valid, () => row.code.get(operand.value).op('i32.eqz'));
}

/** IS NULL and IS NOT NULL; never NULL. */
export function emitNullTest(row: RowCode, operator: 'is_null' | 'is_not_null', operand: Emitted): Emitted {
  return row.result(BOOL, undefined, () => {
    if (operand.valid) row.code.get(operand.valid);
    else row.code.i32(1);
    if (operator === 'is_null') row.code.op('i32.eqz');
  });
}

/**
 * Three-valued AND: false if any operand is; else NULL if any is. OR is its mirror image. An operand that is guarded
 * only runs where those before it have not decided.
 */
export function emitConnective(
  row: RowCode,
  operator: 'and' | 'or',
  args: readonly BoundExpression[],
  operands: LazyOperands,
): Emitted {
  const { code } = row;
  const emitted: Emitted[] = [];
  let decided: Local | undefined;
  for (const arg of args) {
    const open = decided && operands.isGuarded(arg) ? allowed(row, decided) : undefined;
    const operand = row.under(open, () => operands.emit(arg));
    emitted.push(operand);
    code.get(operand.value);
    if (operator === 'and') code.op('i32.eqz');
    if (operand.valid) code.get(operand.valid).op('i32.and');
    if (decided) code.get(decided).op('i32.or');
    decided = code.local('i32');
    code.set(decided);
  }
  const result = row.result(BOOL, undefined, () => {
    code.get(decided as Local);
    if (operator === 'and') code.op('i32.eqz');
  });
  const all = row.validity(emitted);
  if (!all) return result;
  const valid = code.local('i32');
  code
    .get(all)
    .get(decided as Local)
    .op('i32.or')
    .set(valid);
  return { ...result, valid };
}

/** Rows that count and for which `barred` is 0, as a mask. */
export function allowed(row: RowCode, barred: Local): Local {
  const mask = row.code.local('i32');
  row.code.get(barred).op('i32.eqz');
  if (row.active) row.code.get(row.active).op('i32.and');
  row.code.set(mask);
  return mask;
}

/** Whether a condition is true: neither false nor NULL. */
export function truthOf(row: RowCode, { value, valid }: Emitted): Local {
  return row.all(value, valid) as Local;
}
