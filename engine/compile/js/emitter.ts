/** How an int64, timestamp or decimal is held in generated code: a number within ±2^53, or an exact bigint. */
export type NumberMode = 'fast' | 'exact';

/** A value in generated code. `isNull` is an expression, '' for never NULL, 'true' for always. */
export type Value = NumberValue | TextValue | StringValue;

export interface NumberValue {
  readonly kind: 'number';
  readonly isNull: string;
  /** A variable or a constant; 0 (or 0n, or false) where the value is NULL. */
  readonly value: string;
  /** No absolute value is larger; Infinity where unknown. */
  readonly bound: number;
}

/** UTF-8 bytes `bytes[start .. end)`; an empty range where the value is NULL. */
export interface TextValue {
  readonly kind: 'text';
  readonly isNull: string;
  readonly bytes: string;
  readonly start: string;
  readonly end: string;
  /** Of a literal: the same as a string. */
  readonly literal?: string;
}

/** Text as a JavaScript string, as functions give it; '' where the value is NULL. */
export interface StringValue {
  readonly kind: 'string';
  readonly isNull: string;
  readonly value: string;
}

/** Thrown while generating the fast variant when a constant does not fit it; the exact variant then does all rows. */
export class NotExpressible extends Error {}

/**
 * Collects the lines of one generated function. A user's text never becomes code: constants go through `constant`,
 * columns are known by index.
 */
export class Emitter {
  readonly mode: NumberMode;
  /** Statement that gives the current row up to the exact variant, before anything of the row was committed. */
  readonly escape: string;
  readonly constants: unknown[] = [];
  readonly #lines: string[] = [];
  readonly #scopes: Map<string, Value>[] = [new Map()];
  #names = 0;

  constructor(mode: NumberMode, escapeCode: string) {
    this.mode = mode;
    this.escape = escapeCode;
  }

  line(text: string): void {
    this.#lines.push(text);
  }

  /** Name of a constant that the generated function gets from outside. */
  constant(value: unknown): string {
    this.constants.push(value);
    return `K${this.constants.length - 1}`;
  }

  /** Declares a variable in the current block. */
  variable(initial: string): string {
    const name = `t${this.#names++}`;
    this.line(`let ${name} = ${initial};`);
    return name;
  }

  /** A name for a labelled block. */
  label(): string {
    return `l${this.#names++}`;
  }

  /** Emits a block; values remembered inside are forgotten behind it. */
  block(head: string, body: () => void): void {
    this.line(`${head} {`);
    this.#scopes.push(new Map());
    body();
    this.#scopes.pop();
    this.line('}');
  }

  /** One evaluation of equal expressions per scope. */
  remembered<V extends Value>(key: string, make: () => V): V {
    for (const scope of this.#scopes) {
      const known = scope.get(key);
      if (known) return known as V;
    }
    const value = make();
    this.#scopes.at(-1)?.set(key, value);
    return value;
  }

  /** NULL where any of the operands is. */
  anyNull(values: readonly Value[]): string {
    const parts = [...new Set(values.map((value) => value.isNull).filter((text) => text !== ''))];
    if (parts.includes('true')) return 'true';
    return parts.length > 1 ? this.variable(parts.join(' || ')) : (parts[0] ?? '');
  }

  get source(): string {
    return this.#lines.join('\n');
  }
}

/** A condition that holds where the value is not NULL and `condition` does. */
export function unlessNull(isNull: string, condition: string): string {
  if (isNull === '') return `(${condition})`;
  return isNull === 'true' ? 'false' : `(!(${isNull}) && (${condition}))`;
}
