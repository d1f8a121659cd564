import type { BoundExpression } from '../../../query/expression.ts';
import { isStrict, overloadOf } from '../../../query/functions.ts';
import type { DataType } from '../../../query/types.ts';
import { callOverBytes } from './byte-functions.ts';
import type { Compiler } from './compiler.ts';
import type { NumberValue, Value } from './emitter.ts';
import { assignScalar, boundOf, emptyOf, exactNumber, scalarCode } from './representation.ts';
import { asString } from './text-value.ts';

/** Calls a function of the library by its JavaScript form, not for rows where a strict one is NULL. */
export function callFunction(compiler: Compiler, expression: BoundExpression & { kind: 'function' }): Value {
  const { emitter } = compiler;
  const { args, type } = expression;
  const overload = overloadOf(expression.overload);
  const operands = args.map((arg) => compiler.value(arg));
  const overBytes = callOverBytes(emitter, expression, operands);
  if (overBytes) return overBytes;
  const strict = isStrict(expression.overload);
  const given = strict ? emitter.anyNull(operands) : '';
  const result = emitter.variable(emptyOf(type, emitter.mode));
  const isNull = overload.nullable && given !== 'true' ? emitter.variable(given || 'false') : given;
  let bound = boundOf(type);
  const ofNumbers = emitter.mode === 'fast' ? overload.jsOfNumbers : undefined;
  const numberCode = (operand: NumberValue, argType: DataType) =>
    ofNumbers ? exactNumber(emitter, operand, argType).value : scalarCode(emitter, operand, argType);
  if (given !== 'true')
    emitter.block(given === '' ? '' : `if (!(${given}))`, () => {
      // Where NULLs are ignored they count as empty, which is what their variables hold.
      const scalars = operands.map((operand, i) =>
        operand.kind === 'number'
          ? numberCode(operand, (args[i] as BoundExpression).type)
          : asString(emitter, operand).value,
      );
      const code = `${emitter.constant(ofNumbers ?? overload.js)}(${scalars.join(', ')})`;
      if (!overload.nullable) bound = assignScalar(emitter, result, code, type);
      else {
        const scalar = emitter.variable(code);
        emitter.block(`if (${scalar} === null)`, () => emitter.line(`${isNull} = true;`));
        emitter.block('else', () => {
          bound = assignScalar(emitter, result, scalar, type);
        });
      }
    });
  if (type.kind === 'utf8') return { kind: 'string', isNull, value: result };
  return { kind: 'number', isNull, value: result, bound };
}
