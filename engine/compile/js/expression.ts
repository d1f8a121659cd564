import { SluiceError } from '../../../query/error.ts';
import type { BoundExpression, Operator } from '../../../query/expression.ts';
import type { DataType, Scalar } from '../../../query/types.ts';
import { arithmetic } from './arithmetic.ts';
import { cast } from './cast.ts';
import { type Emitter, NotExpressible, type TextValue, unlessNull, type Value } from './emitter.ts';
import { LikeMatcher } from './like-matcher.ts';
import { TextSet } from './text.ts';

type Call = BoundExpression & { kind: 'call' };

/** Types whose values are bigint in the exact variant. */
export function isLong(type: DataType): boolean {
  return type.kind === 'int64' || type.kind === 'timestamp' || type.kind === 'decimal';
}

/** Compiles bound expressions to JavaScript; `column` says where a column's value of the current row is. */
export class ExpressionCompiler {
  readonly emitter: Emitter;
  readonly #column: (index: number) => Value;

  constructor(emitter: Emitter, column: (index: number) => Value) {
    this.emitter = emitter;
    this.#column = column;
  }

  /** Emits what computes `expression` and says where its value is. */
  value(expression: BoundExpression): Value {
    if (expression.kind === 'column') return this.#column(expression.index);
    return this.emitter.remembered(keyOf(expression), () => this.#compute(expression));
  }

  #compute(expression: BoundExpression): Value {
    const { emitter } = this;
    switch (expression.kind) {
      case 'column':
        return this.#column(expression.index);
      case 'literal':
        return literal(emitter, expression.type, expression.value);
      case 'cast':
        return cast(emitter, this.value(expression.arg), expression.arg.type, expression.type);
      case 'function':
        throw new SluiceError('unsupported', `the js lane cannot call ${expression.overload} yet`);
      case 'call':
        return expression.type.kind === 'bool' ? this.#boolean(expression) : this.#arithmetic(expression);
    }
  }

  #arithmetic(call: Call): Value {
    const values = call.args.map((arg) => this.value(arg));
    return arithmetic(this.emitter, call.operator, values, call.args, call.type);
  }

  /** The three-valued result as a value. */
  #boolean(call: Call): Value {
    const { emitter } = this;
    const { operator } = call;
    if (operator === 'and' || operator === 'or') {
      const args = call.args.map((arg) => this.value(arg)).map((value) => (value.kind === 'number' ? value : never()));
      const isNull = emitter.anyNull(args);
      const decided = args.map((arg) => unlessNull(arg.isNull, operator === 'or' ? arg.value : `!${arg.value}`));
      const found = emitter.variable(decided.join(' || '));
      const value = operator === 'or' ? found : emitter.variable(isNull ? `!(${found} || ${isNull})` : `!${found}`);
      return { kind: 'number', isNull: isNull && emitter.variable(`!${found} && (${isNull})`), value, bound: 1 };
    }
    if (operator === 'not') {
      const arg = this.value(call.args[0] as BoundExpression);
      if (arg.kind !== 'number') return never();
      return {
        kind: 'number',
        isNull: arg.isNull,
        value: emitter.variable(unlessNull(arg.isNull, `!${arg.value}`)),
        bound: 1,
      };
    }
    const { isNull, condition } = this.#test(call);
    return { kind: 'number', isNull, value: emitter.variable(unlessNull(isNull, condition)), bound: 1 };
  }

  /** A condition that holds where the boolean expression is TRUE (or FALSE, when `outcome` is false). */
  truth(expression: BoundExpression, outcome = true): string {
    if (expression.kind === 'call') {
      const { operator, args } = expression;
      if (operator === 'not') return this.truth(args[0] as BoundExpression, !outcome);
      if (operator === 'and' || operator === 'or')
        return this.#shortCircuit(args, outcome, (operator === 'and') === outcome);
      const { isNull, condition } = this.#test(expression);
      return unlessNull(isNull, outcome ? condition : `!(${condition})`);
    }
    const value = this.value(expression);
    if (value.kind !== 'number') return never();
    return unlessNull(value.isNull, outcome ? value.value : `!${value.value}`);
  }

  /** All (or any) of the operands have the outcome; the later ones are only computed where they matter. */
  #shortCircuit(args: readonly BoundExpression[], outcome: boolean, all: boolean): string {
    const [first, ...rest] = args;
    if (!first) return String(all);
    const result = this.emitter.variable(this.truth(first, outcome));
    for (const arg of rest)
      this.emitter.block(`if (${all ? '' : '!'}${result})`, () =>
        this.emitter.line(`${result} = ${this.truth(arg, outcome)};`),
      );
    return result;
  }

  /** Comparisons and other predicates: a condition that is meaningful where `isNull` does not hold. */
  #test(call: Call): { isNull: string; condition: string } {
    const { emitter } = this;
    const [leftArg, rightArg] = call.args;
    if (!leftArg) return never();
    const left = this.value(leftArg);
    switch (call.operator) {
      case 'is_null':
        return { isNull: '', condition: left.isNull || 'false' };
      case 'is_not_null':
        return { isNull: '', condition: left.isNull ? `!(${left.isNull})` : 'true' };
      case 'in':
        return this.#in(left, leftArg.type, call.args.slice(1));
      case 'like': {
        if (rightArg?.kind !== 'literal' || left.kind !== 'text') return never();
        if (rightArg.value === null) return { isNull: 'true', condition: 'false' };
        const matcher = emitter.constant(new LikeMatcher(String(rightArg.value)));
        return { isNull: left.isNull, condition: `${matcher}.matches(${left.bytes}, ${left.start}, ${left.end})` };
      }
      default: {
        const right = this.value(rightArg as BoundExpression);
        const isNull = emitter.anyNull([left, right]);
        return { isNull, condition: comparison(call.operator, left, right, leftArg.type) };
      }
    }
  }

  #in(left: Value, type: DataType, candidates: readonly BoundExpression[]): { isNull: string; condition: string } {
    const { emitter } = this;
    const scalars = candidates.map((candidate) => (candidate.kind === 'literal' ? candidate.value : never()));
    const present = scalars.filter((scalar) => scalar !== null);
    let found: string;
    if (left.kind === 'text') {
      found = `${emitter.constant(new TextSet(present.map(String)))}.has(${left.bytes}, ${left.start}, ${left.end})`;
    } else if (present.length <= 8 || type.kind === 'float64' || type.kind === 'bool') {
      const tests = present.map((scalar) => comparison('eq', left, literal(emitter, type, scalar), type));
      found = tests.length > 0 ? tests.join(' || ') : 'false';
    } else {
      const members = present.map((scalar) => (emitter.mode === 'fast' ? safeNumber(scalar) : scalar));
      found = `${emitter.constant(new Set(members))}.has(${left.value})`;
    }
    if (present.length === scalars.length) return { isNull: left.isNull, condition: found };
    const hit = emitter.variable(unlessNull(left.isNull, found));
    return { isNull: `!${hit}`, condition: hit };
  }
}

const SYMBOLS: Partial<Record<Operator, string>> = { eq: '===', ne: '!==', lt: '<', le: '<=', gt: '>', ge: '>=' };

/** Compares non-NULL values. Among doubles NaN equals NaN and is greater than all else, as in DuckDB. */
function comparison(operator: Operator, left: Value, right: Value, type: DataType): string {
  const symbol = SYMBOLS[operator];
  if (!symbol) throw new SluiceError('internal', `the js lane has no code for the operator "${operator}"`);
  if (left.kind === 'text' && right.kind === 'text') {
    const operands = [left, right].map(({ bytes, start, end }: TextValue) => `${bytes}, ${start}, ${end}`).join(', ');
    if (operator === 'eq') return `R.equalText(${operands})`;
    if (operator === 'ne') return `!R.equalText(${operands})`;
    return `R.compareText(${operands}) ${symbol} 0`;
  }
  if (left.kind === 'text' || right.kind === 'text') return never();
  const a = left.value;
  const b = right.value;
  if (type.kind !== 'float64') return `${a} ${symbol} ${b}`;
  switch (operator) {
    case 'eq':
      return `(${a} === ${b} || (${a} !== ${a} && ${b} !== ${b}))`;
    case 'ne':
      return `(${a} !== ${b} && (${a} === ${a} || ${b} === ${b}))`;
    case 'gt':
      return `(!(${a} <= ${b}) && ${b} === ${b})`;
    case 'ge':
      return `(${a} >= ${b} || ${a} !== ${a})`;
    case 'lt':
      return `(!(${b} <= ${a}) && ${a} === ${a})`;
    default:
      return `(${b} >= ${a} || ${b} !== ${b})`;
  }
}

/** A constant, handed over from outside of the code. */
export function literal(emitter: Emitter, type: DataType, scalar: Scalar): Value {
  const isNull = scalar === null ? 'true' : '';
  if (type.kind === 'utf8') {
    const bytes = new TextEncoder().encode(scalar === null ? '' : String(scalar));
    return { kind: 'text', isNull, bytes: emitter.constant(bytes), start: '0', end: String(bytes.length) };
  }
  if (type.kind === 'bool') return { kind: 'number', isNull, value: String(scalar === true), bound: 1 };
  if (scalar === null)
    return { kind: 'number', isNull, value: isLong(type) && emitter.mode === 'exact' ? '0n' : '0', bound: 0 };
  const exact = emitter.mode === 'exact' && isLong(type);
  const value = exact ? BigInt(scalar) : isLong(type) ? safeNumber(scalar) : Number(scalar);
  const bound = type.kind === 'float64' ? Number.POSITIVE_INFINITY : Math.abs(Number(value));
  return { kind: 'number', isNull, value: emitter.constant(value), bound };
}

function safeNumber(scalar: Scalar): number {
  const number = Number(scalar);
  if (typeof scalar === 'bigint' && !Number.isSafeInteger(number)) throw new NotExpressible();
  return number;
}

/** A text that is equal for equal expressions, also as parts of other plain data. */
export function keyOf(expression: unknown): string {
  return JSON.stringify(expression, (_, value) => {
    if (typeof value === 'bigint') return { bigint: String(value) };
    return typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))
      ? { double: String(value === 0 ? '-0' : value) }
      : value;
  });
}

function never(): never {
  throw new SluiceError('internal', 'the js lane was given an expression with operands of the wrong type');
}
