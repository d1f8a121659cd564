import { castToText, formatDecimal } from '../format-value.ts';
import { FLOAT64 } from '../types.ts';
import { constantValue } from './constant.ts';
import type { AstNode, AstType, AstValue } from './duckdb-ast.ts';
import { isInterval } from './interval.ts';

const COMPARISONS: Record<string, string> = {
  COMPARE_EQUAL: '=',
  COMPARE_NOTEQUAL: '!=',
  COMPARE_LESSTHAN: '<',
  COMPARE_LESSTHANOREQUALTO: '<=',
  COMPARE_GREATERTHAN: '>',
  COMPARE_GREATERTHANOREQUALTO: '>=',
  COMPARE_DISTINCT_FROM: 'IS DISTINCT FROM',
  COMPARE_NOT_DISTINCT_FROM: 'IS NOT DISTINCT FROM',
};

/** The name that DuckDB gives a result column without an alias: the expression as its parser understood it. */
export function columnName(node: AstNode): string {
  switch (node.class) {
    case 'COLUMN_REF':
      return node.column_names.map(identifier).join('.');
    case 'CONSTANT':
      return constantText(node.value);
    case 'FUNCTION':
      return functionText(node);
    case 'COMPARISON':
      return `(${columnName(node.left)} ${COMPARISONS[node.type]} ${columnName(node.right)})`;
    case 'CONJUNCTION':
      return `(${node.children.map(columnName).join(node.type === 'CONJUNCTION_AND' ? ' AND ' : ' OR ')})`;
    case 'BETWEEN':
      return `(${columnName(node.input)} BETWEEN ${columnName(node.lower)} AND ${columnName(node.upper)})`;
    case 'CAST':
      return `${node.try_cast ? 'TRY_CAST' : 'CAST'}(${columnName(node.child!)} AS ${typeText(node.cast_type)})`;
    case 'CASE': {
      const branches = node.case_checks.map(
        ({ when_expr, then_expr }) => ` WHEN (${columnName(when_expr)}) THEN (${columnName(then_expr)})`,
      );
      return `CASE ${branches.join('')} ELSE ${columnName(node.else_expr)} END`;
    }
    case 'OPERATOR':
      return operatorText(node);
    default:
      return node.class.toLowerCase();
  }
}

function identifier(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

function functionText(node: AstNode): string {
  const name = node.function_name;
  const args = node.children.map(columnName);
  if (node.distinct || node.filter) {
    const filter = node.filter ? ` FILTER (WHERE ${columnName(node.filter)})` : '';
    return `${name}(${node.distinct ? 'DISTINCT ' : ''}${args.join(', ')})${filter}`;
  }
  // The casts that INTERVAL stands for are the parser's own, and it writes those types plainly.
  if (isInterval(node)) return `${name}(${args.join(', ').replaceAll('"DOUBLE"', 'DOUBLE')})`;
  if (/^\w+$/.test(name)) return `${name}(${args.join(', ')})`;
  return args.length === 2 ? `(${args.join(` ${name} `)})` : `${name}(${args.join(', ')})`;
}

function operatorText(node: AstNode): string {
  const [first, ...rest] = node.children.map(columnName);
  switch (node.type) {
    case 'COMPARE_IN':
      return `(${first} IN (${rest.join(', ')}))`;
    case 'COMPARE_NOT_IN':
      return `(${first} NOT IN (${rest.join(', ')}))`;
    case 'OPERATOR_IS_NULL':
      return `(${first} IS NULL)`;
    case 'OPERATOR_IS_NOT_NULL':
      return `(${first} IS NOT NULL)`;
    case 'OPERATOR_COALESCE':
      return `COALESCE(${[first, ...rest].join(', ')})`;
    default:
      return `(NOT ${first})`;
  }
}

function constantText(value: AstValue): string {
  const constant = constantValue(value);
  if (constant === undefined || constant === null) return 'NULL';
  if (typeof constant === 'string') return `'${constant.replaceAll("'", "''")}'`;
  if (value.type.id === 'DECIMAL') return formatDecimal(constant as bigint, value.type.type_info?.scale ?? 0);
  if (value.type.id === 'DOUBLE') return castToText(constant, FLOAT64);
  return String(constant);
}

function typeText({ id, type_info }: AstType): string {
  if (id === 'DECIMAL') return `DECIMAL(${type_info?.width ?? 18}, ${type_info?.scale ?? 3})`;
  return id === 'DATE' || id === 'DOUBLE' ? `"${id}"` : id;
}
