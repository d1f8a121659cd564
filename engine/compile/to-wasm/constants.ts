import { type BoundExpression, operandsOf } from '../../../query/expression.ts';
import { formatType } from '../../../query/types.ts';

export type Literal = Extract<BoundExpression, { kind: 'literal' }>;

function literalKey({ type, value }: Literal): string {
  return `${formatType(type)} ${Object.is(value, -0) ? '-0' : JSON.stringify(String(value))} ${typeof value}`;
}

/**
 * The constants of a compiled query, laid out in the constant area: 8 bytes each, text as address and length with its
 * bytes behind the table. Compiled code loads them from there, so that a module serves every query of its shape.
 */
export class ConstantTable {
  readonly address: number;
  #entries: Literal[] = [];
  #addresses = new Map<string, number>();

  constructor(address: number) {
    this.address = address;
  }

  /** Takes in all literals of an expression; equal ones share an entry. */
  collect(expression: BoundExpression): void {
    for (const operand of operandsOf(expression)) this.collect(operand);
    if (expression.kind === 'literal' && !this.#addresses.has(literalKey(expression))) {
      this.#addresses.set(literalKey(expression), this.address + 8 * this.#entries.length);
      this.#entries.push(expression);
    }
  }

  /** Where compiled code finds a collected literal. */
  addressOf(literal: Literal): number {
    return this.#addresses.get(literalKey(literal)) as number;
  }

  /** Bytes that `write` fills. */
  get byteLength(): number {
    const text = this.#entries.reduce(
      (sum, { value }) => sum + (typeof value === 'string' ? Buffer.byteLength(value) : 0),
      0,
    );
    return 8 * this.#entries.length + text;
  }

  write(buffer: ArrayBuffer | SharedArrayBuffer): void {
    const view = new DataView(buffer);
    let text = this.address + 8 * this.#entries.length;
    this.#entries.forEach(({ type, value }, i) => {
      const at = this.address + 8 * i;
      view.setBigInt64(at, 0n, true);
      if (typeof value === 'string') {
        const bytes = Buffer.from(value);
        new Uint8Array(buffer).set(bytes, text);
        view.setUint32(at, text, true);
        view.setUint32(at + 4, bytes.length, true);
        text += bytes.length;
      } else if (typeof value === 'bigint') view.setBigInt64(at, value, true);
      else if (typeof value === 'boolean') view.setInt32(at, Number(value), true);
      else if (typeof value === 'number' && type.kind === 'float64') view.setFloat64(at, value, true);
      else if (typeof value === 'number') view.setInt32(at, value, true);
    });
  }
}
