import type { Expression } from '../expression.ts';
import { literalOf } from '../literal.ts';
import { BOOL, type DataType, decimal, FLOAT64, INT32, INT64, type Scalar, UTF8 } from '../types.ts';
import type { AstType, AstValue } from './duckdb-ast.ts';

/** The Sluice type of a SQL type; undefined when there is none. */
export function dataTypeOf({ id, type_info }: AstType): DataType | undefined {
  switch (id) {
    case 'BOOLEAN':
      return BOOL;
    case 'INTEGER':
      return INT32;
    case 'BIGINT':
      return INT64;
    case 'DOUBLE':
      return FLOAT64;
    case 'HUGEINT':
      return decimal(38, 0);
    case 'DECIMAL':
      return decimal(type_info?.width ?? 18, type_info?.scale ?? 3);
    case 'DATE':
      return { kind: 'date' };
    case 'TIMESTAMP':
      return { kind: 'timestamp' };
    case 'VARCHAR':
      return UTF8;
    default:
      return undefined;
  }
}

/** The value of a constant; undefined when its type has no counterpart. */
export function constantValue({ type, is_null, value }: AstValue): Scalar | undefined {
  if (is_null || value === undefined) return null;
  if (typeof value === 'object') return BigInt(value.upper) * (1n << 64n) + BigInt(value.lower);
  switch (type.id) {
    case 'DOUBLE':
      return Number(value);
    case 'INTEGER':
      return Number(value);
    case 'BIGINT':
    case 'DECIMAL':
    case 'HUGEINT':
    case 'UHUGEINT':
      return BigInt(value);
    default:
      return value;
  }
}

/** A constant as a literal; integers beyond 64 bits become decimals. Undefined when no type of ours holds it. */
export function literalOfConstant(constant: AstValue, at: number | undefined): Expression | undefined {
  const value = constantValue(constant);
  if (value === undefined) return undefined;
  if (value === null) return literalOf(INT32, null, at);
  if (typeof value === 'bigint' && constant.type.id.endsWith('HUGEINT')) {
    return value > -(10n ** 38n) && value < 10n ** 38n ? literalOf(decimal(38, 0), value, at) : undefined;
  }
  const type = dataTypeOf(constant.type);
  return type && literalOf(type, value, at);
}
