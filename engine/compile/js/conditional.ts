import type { BoundExpression } from '../../../query/expression.ts';
import type { DataType } from '../../../query/types.ts';
import type { Call, Compiler } from './compiler.ts';
import type { Emitter, Value } from './emitter.ts';
import { emptyOf } from './representation.ts';
import { asString, givesString } from './text-value.ts';

/** CASE: a result is computed only for rows whose condition holds and no earlier one does. */
export function caseOf(compiler: Compiler, call: Call): Value {
  const { emitter } = compiler;
  const { args } = call;
  const result = new Result(emitter, call);
  const label = emitter.label();
  emitter.block(`${label}:`, () => {
    for (let i = 0; i + 1 < args.length; i += 2) {
      const condition = compiler.truth(args[i] as BoundExpression);
      emitter.block(`if (${condition})`, () => {
        result.take(compiler.value(args[i + 1] as BoundExpression));
        emitter.line(`break ${label};`);
      });
    }
    result.take(compiler.value(args.at(-1) as BoundExpression));
  });
  return result.value;
}

/** COALESCE: an operand is computed only for rows where all before it are NULL. */
export function coalesce(compiler: Compiler, call: Call): Value {
  const { emitter } = compiler;
  const result = new Result(emitter, call);
  const label = emitter.label();
  emitter.block(`${label}:`, () => {
    for (const [i, arg] of call.args.entries()) {
      const value = compiler.value(arg);
      if (value.isNull === '' || i === call.args.length - 1) {
        result.take(value);
        return;
      }
      if (value.isNull === 'true') continue;
      emitter.block(`if (!(${value.isNull}))`, () => {
        result.take({ ...value, isNull: '' });
        emitter.line(`break ${label};`);
      });
    }
  });
  return result.value;
}

/** Variables that take the value of one of several expressions. */
class Result {
  readonly #emitter: Emitter;
  readonly #type: DataType;
  readonly #strings: boolean;
  readonly #isNull: string;
  /** Of a number or a string, the value; of text, bytes and their range. */
  readonly #parts: readonly string[];
  #nullable = false;
  #bound = 0;

  constructor(emitter: Emitter, call: Call) {
    this.#emitter = emitter;
    this.#type = call.type;
    this.#strings = givesString(call);
    this.#isNull = emitter.variable('false');
    const text = call.type.kind === 'utf8' && !this.#strings;
    const initial = text ? ['R.noBytes', '0', '0'] : [emptyOf(call.type, emitter.mode)];
    this.#parts = initial.map((code) => emitter.variable(code));
  }

  take(value: Value): void {
    const given = this.#strings && value.kind === 'text' ? asString(this.#emitter, value) : value;
    const codes = given.kind === 'text' ? [given.bytes, given.start, given.end] : [given.value];
    const assignments = this.#parts.map((part, i) => `${part} = ${codes[i]};`);
    if (given.kind === 'number') this.#bound = Math.max(this.#bound, given.bound);
    if (given.isNull !== '') {
      this.#nullable = true;
      assignments.push(`${this.#isNull} = ${given.isNull};`);
    }
    this.#emitter.line(assignments.join(' '));
  }

  get value(): Value {
    const isNull = this.#nullable ? this.#isNull : '';
    const [first = '', start = '', end = ''] = this.#parts;
    if (this.#strings) return { kind: 'string', isNull, value: first };
    if (this.#type.kind === 'utf8') return { kind: 'text', isNull, bytes: first, start, end };
    return { kind: 'number', isNull, value: first, bound: this.#bound };
  }
}
