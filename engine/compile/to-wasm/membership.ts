import type { BoundExpression } from '../../../query/expression.ts';
import { BOOL } from '../../../query/types.ts';
import type { Local } from '../../wasm-assembler/function-builder.ts';
import { pushComparison } from './comparison.ts';
import type { ConstantSet } from './constant-set.ts';
import { type Emitted, partTypesOf } from './emitted.ts';
import { allowed, type LazyOperands } from './logic.ts';
import type { RowCode } from './row-code.ts';

/**
 * `operand IN (members)`: true if one equals, else NULL if the operand or a member is NULL. Constants that form a set
 * are searched; the others are compared one by one, guarded ones only where nothing before them equals.
 */
export function emitMembership(
  row: RowCode,
  args: readonly BoundExpression[],
  operands: LazyOperands,
  set: ConstantSet | undefined,
): Emitted {
  const { code } = row;
  const [first, ...members] = (set?.others ?? args) as [BoundExpression, ...BoundExpression[]];
  const operand = operands.emit(first);
  const emitted: Emitted[] = [];
  let found = code.local('i32');
  if (set) pushSearch(row, operand, set);
  else code.i32(0);
  code.set(found);
  for (const item of members) {
    const open = operands.isGuarded(item) ? allowed(row, found) : undefined;
    const member = row.under(open && row.all(open, operand.valid), () => operands.emit(item));
    emitted.push(member);
    pushComparison(row, 'eq', operand, member);
    if (member.valid) code.get(member.valid).op('i32.and');
    code.get(found).op('i32.or');
    found = code.local('i32');
    code.set(found);
  }
  return { type: BOOL, value: found, ...membershipValidity(row, operand, emitted, found) };
}

function membershipValidity(row: RowCode, operand: Emitted, members: readonly Emitted[], found: Local) {
  const known = row.validity(members);
  if (!known) return operand.valid && { valid: operand.valid };
  const valid = row.code.local('i32');
  row.code.get(known).get(found).op('i32.or');
  if (operand.valid) row.code.get(operand.valid).op('i32.and');
  row.code.set(valid);
  return { valid };
}

function pushSearch(row: RowCode, operand: Emitted, { kernel, address, count }: ConstantSet): void {
  row.push(operand);
  row.code.i32(address).i32(count);
  row.code.call(row.kernel(kernel, [...partTypesOf(operand.type), 'i32', 'i32'], 'i32'));
}
