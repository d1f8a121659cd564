import { type BoundExpression, operandsOf } from '../../../query/expression.ts';
import { formatType } from '../../../query/types.ts';

/** Gives equal expressions equal keys, in time that grows with their number of nodes. */
export class ExpressionKeys {
  readonly #numbers = new Map<string, number>();
  readonly #known = new WeakMap<BoundExpression, number>();

  keyOf(expression: BoundExpression): string {
    return `expression ${this.#number(expression)}`;
  }

  #number(expression: BoundExpression): number {
    const known = this.#known.get(expression);
    if (known !== undefined) return known;
    const operands = operandsOf(expression).map((operand) => this.#number(operand));
    const shape = `${shapeOf(expression)} ${formatType(expression.type)} ${operands.join()}`;
    const number = this.#numbers.get(shape) ?? this.#numbers.size;
    this.#numbers.set(shape, number);
    this.#known.set(expression, number);
    return number;
  }
}

/** What an expression is, its type and operands aside. */
function shapeOf(expression: BoundExpression): string {
  switch (expression.kind) {
    case 'column':
      return `column ${expression.index}`;
    case 'literal':
      return keyOfData(expression.value);
    case 'call':
      return expression.operator;
    case 'function':
      return `function ${expression.overload}`;
    case 'cast':
      return expression.try ? 'try_cast' : 'cast';
  }
}

/** A text that is equal for equal plain data, also where that holds bigints, NaN or -0. */
export function keyOfData(data: unknown): string {
  return JSON.stringify(data, (_, value) => {
    if (typeof value === 'bigint') return { bigint: String(value) };
    return typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))
      ? { double: String(value === 0 ? '-0' : value) }
      : value;
  });
}
