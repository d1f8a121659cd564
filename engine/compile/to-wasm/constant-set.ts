import type { BoundExpression } from '../../../query/expression.ts';
import type { DataType, Scalar } from '../../../query/types.ts';
import { isWide } from '../../column.ts';

/** From so many members on, a list of constants is searched rather than compared one by one. */
const SEARCHED_LIST = 16;

/** The constant members of `operand IN (…)` as a set, where there are many of them. */
export function setOf(expression: BoundExpression): ConstantSet | undefined {
  if (expression.kind !== 'call' || expression.operator !== 'in') return undefined;
  const [operand, ...members] = expression.args as [BoundExpression, ...BoundExpression[]];
  const constants = members.flatMap((member) =>
    member.kind === 'literal' && member.value !== null ? [member.value] : [],
  );
  if (constants.length < SEARCHED_LIST) return undefined;
  const others = members.filter((member) => member.kind !== 'literal' || member.value === null);
  return new ConstantSet(operand.type, constants, [operand, ...others]);
}

const KERNELS: Partial<Record<DataType['kind'], string>> = {
  int32: 'memberInt32',
  date: 'memberInt32',
  float64: 'memberFloat64',
  utf8: 'memberUtf8',
};

/** Constants of one type in ascending order, for a kernel that searches them. */
export class ConstantSet {
  /** The operand, then the members that are no constants, or NULL. */
  readonly others: readonly BoundExpression[];
  /** Searches: (parts of a value, address, count) -> 0 or 1. */
  readonly kernel: string;
  readonly count: number;
  address = 0;
  #texts: readonly Buffer[] | undefined;
  /** Integers of `#width` bytes; doubles by their bits, -0 as 0 and one NaN. */
  #integers: readonly bigint[] = [];
  #width: 4 | 8 | 16 = 8;

  constructor(type: DataType, members: readonly Scalar[], others: readonly BoundExpression[]) {
    this.others = others;
    this.kernel = isWide(type) ? 'memberWide' : (KERNELS[type.kind] ?? 'memberInt64');
    if (type.kind === 'utf8') {
      this.#texts = [...new Set(members as readonly string[])].map((text) => Buffer.from(text)).sort(Buffer.compare);
      this.count = this.#texts.length;
      return;
    }
    this.#width = isWide(type) ? 16 : this.kernel === 'memberInt32' ? 4 : 8;
    const bits = BigInt(8 * this.#width);
    const integers = members.map((member) =>
      type.kind === 'float64' ? doubleBits(member as number) : BigInt(member as bigint),
    );
    const fitting = integers.filter((value) => BigInt.asIntN(Number(bits), value) === value);
    this.#integers = [...new Set(fitting)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    this.count = this.#integers.length;
  }

  /** Bytes of the members' texts. */
  get textBytes(): number {
    return this.#texts?.reduce((sum, text) => sum + text.length, 0) ?? 0;
  }

  /** Takes the area at `address`, a multiple of 8; gives the end of it, also one. */
  place(address: number): number {
    this.address = address;
    return address + 8 * Math.ceil((this.count * this.#width) / 8);
  }

  /** Fills the area; texts go to `text`. Gives the end of the texts. */
  write(buffer: ArrayBuffer | SharedArrayBuffer, text: number): number {
    const view = new DataView(buffer);
    let end = text;
    this.#texts?.forEach((bytes, i) => {
      new Uint8Array(buffer).set(bytes, end);
      view.setUint32(this.address + 8 * i, end, true);
      view.setUint32(this.address + 8 * i + 4, bytes.length, true);
      end += bytes.length;
    });
    this.#integers.forEach((value, i) => {
      const at = this.address + this.#width * i;
      if (this.#width === 4) view.setInt32(at, Number(value), true);
      else view.setBigInt64(at, value, true);
      if (this.#width === 16) view.setBigInt64(at + 8, value >> 64n, true);
    });
    return end;
  }
}

function doubleBits(value: number): bigint {
  return new BigInt64Array(Float64Array.of(Number.isNaN(value) ? Number.NaN : value + 0).buffer)[0] as bigint;
}
