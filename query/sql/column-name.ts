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

/** The names that DuckDB gives result columns without an alias: the expression as its parser understood it. */
export class ColumnNames {
  readonly #keywords: ReadonlySet<string>;

  /** `keywords`: the words that stand in quotes where they are names. */
  constructor(keywords: ReadonlySet<string>) {
    this.#keywords = keywords;
  }

  of(node: AstNode): string {
    switch (node.class) {
      case 'COLUMN_REF':
        return node.column_names.map((name) => this.#identifier(name)).join('.');
      case 'CONSTANT':
        return constantText(node.value);
      case 'FUNCTION':
        return this.#function(node);
      case 'COMPARISON':
        return `(${this.of(node.left)} ${COMPARISONS[node.type]} ${this.of(node.right)})`;
      case 'CONJUNCTION':
        return `(${this.#all(node.children).join(node.type === 'CONJUNCTION_AND' ? ' AND ' : ' OR ')})`;
      case 'BETWEEN':
        return `(${this.of(node.input)} BETWEEN ${this.of(node.lower)} AND ${this.of(node.upper)})`;
      case 'CAST':
        return `${node.try_cast ? 'TRY_CAST' : 'CAST'}(${this.of(node.child!)} AS ${typeText(node.cast_type)})`;
      case 'CASE': {
        const branches = node.case_checks.map(
          ({ when_expr, then_expr }) => ` WHEN (${this.of(when_expr)}) THEN (${this.of(then_expr)})`,
        );
        return `CASE ${branches.join('')} ELSE ${this.of(node.else_expr)} END`;
      }
      case 'OPERATOR':
        return this.#operator(node);
      default:
        return node.class.toLowerCase();
    }
  }

  #all(nodes: readonly AstNode[]): string[] {
    return nodes.map((node) => this.of(node));
  }

  #identifier(name: string): string {
    const plain = /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !this.#keywords.has(name.toLowerCase());
    return plain ? name : `"${name.replaceAll('"', '""')}"`;
  }

  #function(node: AstNode): string {
    const isWord = /^\w+$/.test(node.function_name);
    const args = this.#all(node.children);
    if (!isWord && args.length === 2) return `(${args.join(` ${node.function_name} `)})`;
    // The parser puts the schema before functions that have a syntax of their own.
    const schema = node.schema ? `${node.schema}.` : '';
    const name = isWord ? `${schema}${this.#identifier(node.function_name)}` : node.function_name;
    // The casts that INTERVAL stands for are the parser's own, and it writes those types plainly.
    const list = isInterval(node) ? args.join(', ').replaceAll('"DOUBLE"', 'DOUBLE') : args.join(', ');
    const filter = node.filter ? ` FILTER (WHERE ${this.of(node.filter)})` : '';
    return `${name}(${node.distinct ? 'DISTINCT ' : ''}${list})${filter}`;
  }

  #operator(node: AstNode): string {
    const [first, ...rest] = this.#all(node.children);
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
