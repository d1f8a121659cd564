import { type BoundExpression, operandsOf } from '../../../query/expression.ts';
import { formatType } from '../../../query/types.ts';
import { isWide } from '../../column.ts';
import { type ConstantSet, setOf } from './constant-set.ts';

export type Literal = Extract<BoundExpression, { kind: 'literal' }>;

function literalKey({ type, value }: Literal): string {
  return `${formatType(type)} ${Object.is(value, -0) ? '-0' : JSON.stringify(String(value))} ${typeof value}`;
}

/**
 * The constants of a compiled query, laid out in the constant area: a table of single ones, 8 bytes each (text: address
 * and length; wide decimals: 16 bytes), then sets, then the bytes of texts. Compiled code loads them from there, so
 * that a module serves every query of its shape.
 */
export class ConstantTable {
  readonly address: number;
  #literals: { readonly literal: Literal; readonly address: number }[] = [];
  #addresses = new Map<string, number>();
  #sets: ConstantSet[] = [];
  #setOf = new Map<BoundExpression, ConstantSet>();
  #end: number;

  /** Lays out all constants of the expressions from `address` on, a multiple of 8; equal ones share an entry. */
  constructor(address: number, expressions: readonly BoundExpression[]) {
    this.address = address;
    this.#end = address;
    for (const expression of expressions) this.#collect(expression);
    for (const set of this.#sets) this.#end = set.place(this.#end);
  }

  /** Whether a literal has an entry of its own: members of sets have none. */
  holds(literal: Literal): boolean {
    return this.#addresses.has(literalKey(literal));
  }

  /** Where compiled code finds a literal. */
  addressOf(literal: Literal): number {
    return this.#addresses.get(literalKey(literal)) as number;
  }

  /** The set that the constant members of an `in` form; undefined where they are few. */
  setOf(membership: BoundExpression): ConstantSet | undefined {
    return this.#setOf.get(membership);
  }

  /** Bytes that `write` fills. */
  get byteLength(): number {
    const texts = this.#literals.reduce(
      (sum, { literal: { value } }) => sum + (typeof value === 'string' ? Buffer.byteLength(value) : 0),
      0,
    );
    return this.#end - this.address + texts + this.#sets.reduce((sum, set) => sum + set.textBytes, 0);
  }

  write(buffer: ArrayBuffer | SharedArrayBuffer): void {
    const view = new DataView(buffer);
    let text = this.#end;
    for (const { literal, address } of this.#literals) {
      const { type, value } = literal;
      view.setBigInt64(address, 0n, true);
      if (typeof value === 'string') {
        const bytes = Buffer.from(value);
        new Uint8Array(buffer).set(bytes, text);
        view.setUint32(address, text, true);
        view.setUint32(address + 4, bytes.length, true);
        text += bytes.length;
      } else if (typeof value === 'bigint') {
        view.setBigInt64(address, value, true);
        if (isWide(type)) view.setBigInt64(address + 8, value >> 64n, true);
      } else if (typeof value === 'boolean') view.setInt32(address, Number(value), true);
      else if (typeof value === 'number' && type.kind === 'float64') view.setFloat64(address, value, true);
      else if (typeof value === 'number') view.setInt32(address, value, true);
    }
    for (const set of this.#sets) text = set.write(buffer, text);
  }

  #collect(expression: BoundExpression): void {
    const set = setOf(expression);
    if (set) {
      this.#sets.push(set);
      this.#setOf.set(expression, set);
    }
    for (const operand of set?.others ?? operandsOf(expression)) this.#collect(operand);
    if (expression.kind !== 'literal' || this.holds(expression)) return;
    this.#addresses.set(literalKey(expression), this.#end);
    this.#literals.push({ literal: expression, address: this.#end });
    this.#end += isWide(expression.type) ? 16 : 8;
  }
}
