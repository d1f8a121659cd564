import type { BoundExpression } from '../../../query/expression.ts';
import { formatType } from '../../../query/types.ts';
import type { ConstantTable } from './constants.ts';

/**
 * Numbers expressions by their shape: those with one number compute the same function of their columns and of the
 * constants' addresses. An expression is described by the numbers of its operands, so that equal parts count once.
 */
export class ShapeTable {
  #constants: ConstantTable;
  #numbers = new Map<string, number>();
  #known = new Map<BoundExpression, number>();

  constructor(constants: ConstantTable) {
    this.#constants = constants;
  }

  numberOf(expression: BoundExpression): number {
    let number = this.#known.get(expression);
    if (number === undefined) {
      const shape = this.#describe(expression);
      number = this.#numbers.get(shape) ?? this.#numbers.size;
      this.#numbers.set(shape, number);
      this.#known.set(expression, number);
    }
    return number;
  }

  /** Equal for tables that have seen expressions of the same shapes in the same order. */
  get key(): string {
    return [...this.#numbers.keys()].join(';');
  }

  #describe(expression: BoundExpression): string {
    const type = formatType(expression.type);
    switch (expression.kind) {
      case 'column':
        return `column ${expression.index}`;
      case 'literal':
        return expression.value === null ? `null ${type}` : `${type}@${this.#constants.addressOf(expression)}`;
      case 'cast':
        return `${expression.try ? 'try' : 'cast'} ${type}(${this.numberOf(expression.arg)})`;
      case 'call': {
        const set = this.#constants.setOf(expression);
        const operands = (set?.others ?? expression.args).map((arg) => this.numberOf(arg)).join();
        return `${expression.operator} ${type}(${operands}${set ? `; ${set.count}@${set.address}` : ''})`;
      }
      case 'function':
        return `${expression.overload} ${type}(${expression.args.map((arg) => this.numberOf(arg)).join()})`;
    }
  }
}
