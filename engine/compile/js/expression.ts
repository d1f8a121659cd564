import type { BoundExpression } from '../../../query/expression.ts';
import { arithmetic } from './arithmetic.ts';
import { callFunction } from './call.ts';
import { cast } from './cast.ts';
import { comparison, distinct } from './comparison.ts';
import type { Call, Compiler } from './compiler.ts';
import { caseOf, coalesce } from './conditional.ts';
import { type Emitter, unlessNull, type Value } from './emitter.ts';
import { ExpressionKeys } from './expression-key.ts';
import { connective, shortCircuit } from './logic.ts';
import { membership } from './membership.ts';
import { pattern, searchAsLike } from './pattern.ts';
import { exactNumber, literal } from './representation.ts';

/** Compiles bound expressions to JavaScript; `column` says where a column's value of the current row is. */
export class ExpressionCompiler implements Compiler {
  readonly emitter: Emitter;
  readonly #column: (index: number) => Value;
  readonly #keys = new ExpressionKeys();

  constructor(emitter: Emitter, column: (index: number) => Value) {
    this.emitter = emitter;
    this.#column = column;
  }

  /** Emits what computes `expression` and says where its value is. */
  value(expression: BoundExpression): Value {
    if (expression.kind === 'column') return this.#column(expression.index);
    return this.emitter.remembered(this.#keys.keyOf(expression), () => this.#compute(expression));
  }

  #compute(expression: BoundExpression): Value {
    const { emitter } = this;
    switch (expression.kind) {
      case 'column':
        return this.#column(expression.index);
      case 'literal':
        return literal(emitter, expression.type, expression.value);
      case 'cast': {
        const { arg, type } = expression;
        return cast(this, this.value(arg), arg.type, type, expression.try === true);
      }
      case 'function': {
        const search = searchAsLike(expression);
        return search ? this.#call(search) : callFunction(this, expression);
      }
      case 'call':
        return this.#call(expression);
    }
  }

  #call(call: Call): Value {
    switch (call.operator) {
      case 'case':
        return caseOf(this, call);
      case 'coalesce':
        return coalesce(this, call);
      case 'and':
      case 'or':
        return connective(this, call);
      default:
    }
    if (call.type.kind !== 'bool') return arithmetic(this, call);
    const { isNull, condition } = this.#test(call);
    return { kind: 'number', isNull, value: this.emitter.variable(unlessNull(isNull, condition)), bound: 1 };
  }

  /** A condition that holds where the boolean expression is TRUE (or FALSE, when `outcome` is false). */
  truth(expression: BoundExpression, outcome = true): string {
    const search = expression.kind === 'function' && searchAsLike(expression);
    if (search) return this.truth(search, outcome);
    if (expression.kind === 'call') {
      const { operator, args } = expression;
      if (operator === 'not') return this.truth(args[0] as BoundExpression, !outcome);
      if (operator === 'and' || operator === 'or')
        return shortCircuit(this, args, outcome, (operator === 'and') === outcome);
      if (operator !== 'case' && operator !== 'coalesce') {
        const { isNull, condition } = this.#test(expression);
        return unlessNull(isNull, outcome ? condition : `!(${condition})`);
      }
    }
    const { isNull, value } = exactNumber(this.emitter, this.value(expression), expression.type);
    return unlessNull(isNull, outcome ? value : `!${value}`);
  }

  /** Comparisons and other predicates: a condition that is meaningful where `isNull` does not hold. */
  #test(call: Call): { isNull: string; condition: string } {
    const { emitter } = this;
    const { operator } = call;
    const [leftArg, rightArg] = call.args as [BoundExpression, BoundExpression];
    if (operator === 'in') return membership(this, call);
    if (operator === 'like' || operator === 'ilike') return pattern(this, call);
    const left = this.value(leftArg);
    switch (operator) {
      case 'is_null':
        return { isNull: '', condition: left.isNull || 'false' };
      case 'is_not_null':
        return { isNull: '', condition: left.isNull ? `!(${left.isNull})` : 'true' };
      case 'not':
        return { isNull: left.isNull, condition: `!${exactNumber(emitter, left, leftArg.type).value}` };
      default: {
        const right = this.value(rightArg);
        if (operator === 'is_distinct_from')
          return { isNull: '', condition: distinct(emitter, left, right, leftArg.type) };
        if (operator === 'is_not_distinct_from')
          return { isNull: '', condition: `!${distinct(emitter, left, right, leftArg.type)}` };
        const isNull = emitter.anyNull([left, right]);
        return { isNull, condition: comparison(emitter, operator, left, right, leftArg.type) };
      }
    }
  }
}
