import type { BoundExpression } from '../../../query/expression.ts';
import type { DataType, Scalar } from '../../../query/types.ts';
import { comparison } from './comparison.ts';
import type { Call, Compiler } from './compiler.ts';
import { type Emitter, unlessNull, type Value } from './emitter.ts';
import { literal } from './representation.ts';
import { TextSet } from './text.ts';

/** Lists of at most so many numbers are compared one by one. */
const SHORT = 8;

/** IN: the constants of the list are looked up at once, other members are computed until one is equal. */
export function membership(compiler: Compiler, { args }: Call): { isNull: string; condition: string } {
  const { emitter } = compiler;
  const [tested, ...members] = args as [BoundExpression, ...BoundExpression[]];
  const left = compiler.value(tested);
  const constants = members.flatMap((member) => (member.kind === 'literal' ? [member.value] : []));
  const present = constants.filter((scalar) => scalar !== null);
  const others = members.filter(({ kind }) => kind !== 'literal');
  const isConstant = constantMembership(emitter, left, tested.type, present);
  if (others.length === 0 && present.length === constants.length) return { isNull: left.isNull, condition: isConstant };
  const found = emitter.variable(unlessNull(left.isNull, isConstant));
  const unknown = emitter.variable(String(present.length < constants.length));
  for (const member of others) {
    emitter.block(`if (${unlessNull(left.isNull, `!${found}`)})`, () => {
      const right = compiler.value(member);
      const equal = comparison(emitter, 'eq', left, right, tested.type);
      const code = `${found} = ${unlessNull(left.isNull, equal)};`;
      emitter.line(right.isNull === '' ? code : `if (${right.isNull}) ${unknown} = true; else ${code}`);
    });
  }
  return { isNull: emitter.anyNull([left, { ...left, isNull: `(${unknown} && !${found})` }]), condition: found };
}

function constantMembership(emitter: Emitter, left: Value, type: DataType, members: readonly Scalar[]): string {
  if (members.length === 0) return 'false';
  if (left.kind === 'text') {
    const set = emitter.constant(new TextSet(members.map(String)));
    return `${set}.has(${left.bytes}, ${left.start}, ${left.end})`;
  }
  if (left.kind === 'string') return `${emitter.constant(new Set(members))}.has(${left.value})`;
  if (members.length <= SHORT)
    return members.map((scalar) => comparison(emitter, 'eq', left, literal(emitter, type, scalar), type)).join(' || ');
  // No fast integer equals the nearest double of a member beyond ±2^53; among doubles a Set takes NaN and -0 as SQL does.
  const values = members.map((scalar) =>
    typeof scalar === 'bigint' && emitter.mode === 'fast' ? Number(scalar) : scalar,
  );
  return `${emitter.constant(new Set(values))}.has(${left.value})`;
}
