import type { BoundExpression } from '../../../query/expression.ts';
import { lowerCase, upperCase } from '../../../query/letter-case.ts';
import type { Emitter, NumberValue, TextValue, Value } from './emitter.ts';
import { boundOf, exactNumber } from './representation.ts';
import { CaseChange, TextRoom } from './text-room.ts';
import { TextSlice } from './text-slice.ts';

type Call = BoundExpression & { kind: 'function' };
type Form = (emitter: Emitter, call: Call, text: TextValue, others: readonly NumberValue[]) => Value;

const CAPITALS = new CaseChange(upperCase);
const SMALL_LETTERS = new CaseChange(lowerCase);

/** Functions whose result is text in bytes where their first operand is. */
const TO_BYTES: Readonly<Record<string, Form>> = {
  'upper(varchar)': (emitter, _, text) => changed(emitter, text, CAPITALS),
  'lower(varchar)': (emitter, _, text) => changed(emitter, text, SMALL_LETTERS),
  'substring(varchar, bigint)': (...given) => slice(...given, 'suffix'),
  'substring(varchar, bigint, bigint)': (...given) => slice(...given, 'substring'),
  'left(varchar, bigint)': (...given) => slice(...given, 'left'),
  'right(varchar, bigint)': (...given) => slice(...given, 'right'),
};

/** Functions of a text in bytes whose result is an int64. */
const TO_NUMBER: Readonly<Record<string, (text: TextValue) => string>> = {
  'length(varchar)': ({ bytes, start, end }) => `R.characterCount(${bytes}, ${start}, ${end})`,
  'strlen(varchar)': ({ start, end }) => `${end} - ${start}`,
};

/** Whether the function gives text in bytes where its first operand is, not a JavaScript string. */
export function keepsBytes(overload: string): boolean {
  return Object.hasOwn(TO_BYTES, overload);
}

/** The result of a function that needs no JavaScript string of its text; undefined where it does. */
export function callOverBytes(emitter: Emitter, call: Call, operands: readonly Value[]): Value | undefined {
  const [text, ...others] = operands;
  if (text?.kind !== 'text') return undefined;
  const form = TO_BYTES[call.overload];
  if (form) {
    const numbers = others.map((other, i) => exactNumber(emitter, other, (call.args[i + 1] as BoundExpression).type));
    return form(emitter, call, text, numbers);
  }
  const code = TO_NUMBER[call.overload]?.(text);
  if (code === undefined) return undefined;
  const value = emitter.variable(emitter.mode === 'exact' ? `BigInt(${code})` : code);
  return { kind: 'number', isNull: text.isNull, value, bound: Math.min(boundOf(call.type), 2 ** 31) };
}

function changed(emitter: Emitter, { isNull, bytes, start, end }: TextValue, change: CaseChange): TextValue {
  const room = emitter.constant(new TextRoom());
  const length = emitter.variable(`${emitter.constant(change)}.write(${room}, ${bytes}, ${start}, ${end})`);
  return { kind: 'text', isNull, bytes: emitter.variable(`${room}.bytes`), start: '0', end: length };
}

function slice(
  emitter: Emitter,
  _: Call,
  text: TextValue,
  numbers: readonly NumberValue[],
  method: 'suffix' | 'substring' | 'left' | 'right',
): TextValue {
  const isNull = emitter.anyNull([text, ...numbers]);
  const [start, end] = [emitter.variable('0'), emitter.variable('0')];
  const places = numbers.map(({ value }) => (emitter.mode === 'exact' ? `Number(${value})` : value));
  const found = emitter.constant(new TextSlice());
  emitter.block(isNull === '' ? '' : `if (!(${isNull}))`, () => {
    emitter.line(`${found}.${method}(${[text.bytes, text.start, text.end, ...places].join(', ')});`);
    emitter.line(`${start} = ${found}.start; ${end} = ${found}.end;`);
  });
  return { kind: 'text', isNull, bytes: text.bytes, start, end };
}
