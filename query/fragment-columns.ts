import type { Expression, NamedExpression } from './expression.ts';
import { formatExpression } from './format-expression.ts';
import { identityOf } from './resolve-names.ts';

/** The columns that a fragment is asked for: each expression once, each under a name of its own. */
export class FragmentColumns {
  readonly #indexes = new Map<string, number>();
  readonly #columns: NamedExpression[] = [];
  readonly #names = new Set<string>();

  get size(): number {
    return this.#columns.length;
  }

  find(expression: Expression): { readonly index: number; readonly name: string } | undefined {
    const index = this.#indexes.get(identityOf(expression));
    return index === undefined ? undefined : { index, name: this.#columns[index]!.name };
  }

  add(expression: Expression): { readonly index: number; readonly name: string } {
    const known = this.find(expression);
    if (known) return known;
    const index = this.#columns.length;
    const name = this.#freshName(expression);
    this.#indexes.set(identityOf(expression), index);
    this.#columns.push({ name, expression });
    return { index, name };
  }

  named(): readonly NamedExpression[] {
    return this.#columns;
  }

  #freshName(expression: Expression): string {
    const full = expression.kind === 'column' ? expression.name : formatExpression(expression);
    const text = full.length > 200 ? `${full.slice(0, 200)}…` : full;
    let name = text;
    for (let i = 2; this.#names.has(name); i++) name = `${text} #${i}`;
    this.#names.add(name);
    return name;
  }
}
