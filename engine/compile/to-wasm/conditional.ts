import type { BoundExpression } from '../../../query/expression.ts';
import type { DataType } from '../../../query/types.ts';
import type { Local } from '../../wasm-assembler/function-builder.ts';
import { type Emitted, partsOf } from './emitted.ts';
import { allowed, type LazyOperands, truthOf } from './logic.ts';
import type { RowCode } from './row-code.ts';

/**
 * CASE: every condition and every result is computed, the first whose condition is true is selected. What is guarded
 * runs only in rows that reach it.
 */
export function emitCase(
  row: RowCode,
  args: readonly BoundExpression[],
  type: DataType,
  operands: LazyOperands,
): Emitted {
  const branches: { taken: Local; result: Emitted }[] = [];
  const otherwise = args.at(-1) as BoundExpression;
  /** 1 where an earlier condition was true. */
  let settled: Local | undefined;
  const open = (needed: boolean) => (settled && needed ? allowed(row, settled) : undefined);
  for (let i = 0; i + 1 < args.length; i += 2) {
    const [condition, result] = args.slice(i, i + 2) as [BoundExpression, BoundExpression];
    const guardsResult = operands.isGuarded(result);
    const reached = open(guardsResult || operands.isGuarded(condition));
    branches.push(
      row.under(reached, () => {
        const taken = truthOf(row, operands.emit(condition));
        const mask = guardsResult ? row.all(taken, row.active) : undefined;
        return { taken, result: row.under(mask, () => operands.emit(result)) };
      }),
    );
    const { taken } = branches.at(-1) as (typeof branches)[number];
    settled = settled ? either(row, settled, taken) : taken;
  }
  const last = row.under(open(operands.isGuarded(otherwise)), () => operands.emit(otherwise));
  return branches.reduceRight((rest, { taken, result }) => choose(row, type, taken, result, rest), last);
}

/** The first operand that is not NULL; what is guarded runs only in rows where all before it are NULL. */
export function emitCoalesce(
  row: RowCode,
  args: readonly BoundExpression[],
  type: DataType,
  operands: LazyOperands,
): Emitted {
  const emitted: Emitted[] = [];
  /** 1 where an earlier operand is not NULL. */
  let found: Local | undefined;
  for (const arg of args) {
    const open = found && operands.isGuarded(arg) ? allowed(row, found) : undefined;
    const operand = row.under(open, () => operands.emit(arg));
    emitted.push(operand);
    if (!operand.valid) break;
    found = found ? either(row, found, operand.valid) : operand.valid;
  }
  return emitted.reduceRight((rest, operand) => choose(row, type, operand.valid as Local, operand, rest));
}

function either(row: RowCode, a: Local, b: Local): Local {
  const result = row.code.local('i32');
  row.code.get(a).get(b).op('i32.or').set(result);
  return result;
}

/** `a` where the flag is 1, else `b`. */
function choose(row: RowCode, type: DataType, flag: Local, a: Emitted, b: Emitted): Emitted {
  const { code } = row;
  const valid = a.valid || b.valid ? code.local('i32') : undefined;
  const result = row.blank(type, valid);
  const [first, second] = [partsOf(a), partsOf(b)];
  partsOf(result).forEach((part, i) => {
    code
      .get(first[i] as Local)
      .get(second[i] as Local)
      .get(flag)
      .select()
      .set(part);
  });
  if (valid) {
    for (const side of [a, b]) {
      if (side.valid) code.get(side.valid);
      else code.i32(1);
    }
    code.get(flag).select().set(valid);
  }
  return result;
}
