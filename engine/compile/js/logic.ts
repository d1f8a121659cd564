import type { BoundExpression } from '../../../query/expression.ts';
import { mayFail } from '../../../query/may-fail.ts';
import type { Call, Compiler } from './compiler.ts';
import { type NumberValue, unlessNull } from './emitter.ts';
import { exactNumber } from './representation.ts';

/** AND and OR as a value: NULL where nothing decides and an operand is NULL. */
export function connective(compiler: Compiler, call: Call): NumberValue {
  const [, ...later] = call.args;
  return later.some(mayFail) ? stepwise(compiler, call) : atOnce(compiler, call);
}

function booleanOf(compiler: Compiler, arg: BoundExpression): NumberValue {
  return exactNumber(compiler.emitter, compiler.value(arg), arg.type);
}

/** All operands are computed: no branch that a processor could guess wrong. */
function atOnce(compiler: Compiler, { operator, args }: Call): NumberValue {
  const { emitter } = compiler;
  const values = args.map((arg) => booleanOf(compiler, arg));
  const isOr = operator === 'or';
  const isNull = emitter.anyNull(values);
  const decided = values.map((value) => unlessNull(value.isNull, isOr ? value.value : `!${value.value}`));
  const found = emitter.variable(decided.join(' || '));
  const value = isOr ? found : emitter.variable(isNull ? `!(${found} || ${isNull})` : `!${found}`);
  return { kind: 'number', isNull: isNull && emitter.variable(`!${found} && (${isNull})`), value, bound: 1 };
}

/** An operand is computed only where none before it decides, since it can fail. */
function stepwise(compiler: Compiler, { operator, args }: Call): NumberValue {
  const { emitter } = compiler;
  const isOr = operator === 'or';
  const found = emitter.variable('false');
  const unknown = emitter.variable('false');
  for (const arg of args)
    emitter.block(`if (!${found})`, () => {
      const { isNull, value } = booleanOf(compiler, arg);
      if (isNull !== '') emitter.line(`if (${isNull}) ${unknown} = true; else`);
      emitter.line(`${found} = ${isOr ? value : `!${value}`};`);
    });
  const value = isOr ? found : emitter.variable(`!${found} && !${unknown}`);
  return { kind: 'number', isNull: emitter.variable(`${unknown} && !${found}`), value, bound: 1 };
}

/** All (or any) of the operands have the outcome; the later ones are only computed where they matter. */
export function shortCircuit(
  compiler: Compiler,
  args: readonly BoundExpression[],
  outcome: boolean,
  all: boolean,
): string {
  const { emitter } = compiler;
  const [first, ...rest] = args;
  if (!first) return String(all);
  const result = emitter.variable(compiler.truth(first, outcome));
  for (const arg of rest)
    emitter.block(`if (${all ? '' : '!'}${result})`, () =>
      emitter.line(`${result} = ${compiler.truth(arg, outcome)};`),
    );
  return result;
}
