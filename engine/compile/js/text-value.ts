import { SluiceError } from '../../../query/error.ts';
import { type BoundExpression, operandsOf } from '../../../query/expression.ts';
import { keepsBytes } from './byte-functions.ts';
import type { Emitter, StringValue, TextValue, Value } from './emitter.ts';
import { TextRoom } from './text-room.ts';

/** The text as a JavaScript string, decoded at most once a scope. */
export function asString(emitter: Emitter, value: Value): StringValue {
  if (value.kind === 'string') return value;
  if (value.kind === 'number') return never();
  const { isNull, bytes, start, end } = value;
  if (value.literal !== undefined) return { kind: 'string', isNull, value: emitter.constant(value.literal) };
  return emitter.remembered(`string of ${bytes} ${start} ${end}`, () => ({
    kind: 'string',
    isNull,
    value: emitter.variable(`R.string(${bytes}, ${start}, ${end})`),
  }));
}

/** The text as UTF-8 bytes, encoded at most once a scope. */
export function asBytes(emitter: Emitter, value: Value): TextValue {
  if (value.kind === 'text') return value;
  if (value.kind === 'number') return never();
  return emitter.remembered(`bytes of ${value.value}`, () => {
    const room = emitter.constant(new TextRoom());
    const length = emitter.variable(`${room}.write(${value.value})`);
    return { kind: 'text', isNull: value.isNull, bytes: emitter.variable(`${room}.bytes`), start: '0', end: length };
  });
}

/** Whether a text expression is computed as a JavaScript string: most functions and casts give strings, columns bytes. */
export function givesString(expression: BoundExpression): boolean {
  if (expression.type.kind !== 'utf8') return false;
  if (expression.kind === 'function')
    return !keepsBytes(expression.overload) || givesString(expression.args[0] as BoundExpression);
  if (expression.kind === 'cast') return expression.arg.type.kind !== 'utf8' || givesString(expression.arg);
  return operandsOf(expression).some(givesString);
}

function never(): never {
  throw new SluiceError('internal', 'the js lane was given a number where text belongs');
}
