import { SluiceError } from './error.ts';
import type { Expression, LiteralValue } from './expression.ts';
import { type DataType, formatType, type Scalar } from './types.ts';

type Literal = Extract<Expression, { kind: 'literal' }>;

/** The value of a literal out of its JSON form. Throws `bad-request` when it is not one of its type. */
export function literalScalar({ type, value }: Pick<Literal, 'type' | 'value'>): Scalar {
  const scalar = value === null ? null : decode(type, value);
  if (scalar === undefined) {
    throw new SluiceError('bad-request', `${JSON.stringify(value)} is no value of type ${formatType(type)}`);
  }
  return scalar;
}

function decode(type: DataType, value: LiteralValue): Scalar | undefined {
  switch (type.kind) {
    case 'bool':
      return typeof value === 'boolean' ? value : undefined;
    case 'utf8':
      return typeof value === 'string' ? value : undefined;
    case 'int32':
    case 'date':
      return typeof value === 'number' && (value | 0) === value ? value : undefined;
    case 'float64':
      if (typeof value === 'number') return value;
      return value === 'nan' ? NaN : value === 'inf' ? Infinity : value === '-inf' ? -Infinity : undefined;
    default: {
      if (typeof value !== 'string' || !/^-?\d{1,39}$/.test(value)) return undefined;
      const integer = BigInt(value);
      if (type.kind !== 'decimal') return BigInt.asIntN(64, integer) === integer ? integer : undefined;
      const limit = 10n ** BigInt(type.precision);
      return integer > -limit && integer < limit ? integer : undefined;
    }
  }
}

/** A value as a literal whose JSON form `literalScalar` reads back. */
export function literalOf(type: DataType, scalar: Scalar, at?: number): Expression {
  return { kind: 'literal', type, value: encode(scalar), ...(at !== undefined && { at }) };
}

function encode(scalar: Scalar): LiteralValue {
  if (typeof scalar === 'bigint') return scalar.toString();
  if (typeof scalar !== 'number' || Number.isFinite(scalar)) return scalar;
  return Number.isNaN(scalar) ? 'nan' : scalar > 0 ? 'inf' : '-inf';
}
