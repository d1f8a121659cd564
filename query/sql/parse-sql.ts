import { type ErrorCode, SluiceError } from '../error.ts';
import type { Expression } from '../expression.ts';
import type { LogicalPlan, OrderKey, SelectItem } from '../logical-plan.ts';
import { ColumnNames } from './column-name.ts';
import { constantValue } from './constant.ts';
import type { AstModifier, AstNode, AstSelect, AstTable } from './duckdb-ast.ts';
import { keywords, parseStatements } from './duckdb-parser.ts';
import { SourceText } from './source-text.ts';
import { ExpressionTranslator } from './translate-expression.ts';

/**
 * The logical plan of one SELECT over one table, in DuckDB's dialect.
 * Throws `syntax`, `unsupported` and `unknown-name` with positions in the text.
 */
export async function parseSql(text: string): Promise<LogicalPlan> {
  const source = new SourceText(text);
  const statements = await parseStatements(source);
  const [select, second] = statements;
  if (!select) throw new SluiceError('syntax', 'the query is empty', source.position(0));
  if (second) {
    const at = startOf(second, source);
    throw new SluiceError(
      'unsupported',
      'one statement at a time, please',
      at === undefined ? undefined : source.position(at),
    );
  }
  return new SelectTranslator(source, select, new ColumnNames(await keywords())).translate();
}

/** Where the first column of a SELECT stands, which is as near to its beginning as DuckDB tells. */
function startOf(select: AstSelect | undefined, source: SourceText): number | undefined {
  return source.fromBytes(Number(select?.select_list?.[0]?.query_location));
}

const JOINS: Record<string, string> = {
  JOIN: 'joins are not supported',
  SUBQUERY: 'subqueries are not supported',
  TABLE_FUNCTION: 'table functions are not supported',
  EXPRESSION_LIST: 'VALUES is not supported',
  EMPTY: 'a query needs FROM and a table',
  PIVOT: 'PIVOT is not supported',
};

class SelectTranslator {
  readonly #source: SourceText;
  readonly #select: AstSelect;
  readonly #expressions: ExpressionTranslator;
  readonly #columnNames: ColumnNames;

  constructor(source: SourceText, select: AstSelect, columnNames: ColumnNames) {
    this.#columnNames = columnNames;
    this.#source = source;
    this.#select = select;
    const { from_table: table } = select;
    const names = table?.type === 'BASE_TABLE' ? [table.alias || table.table_name] : [];
    this.#expressions = new ExpressionTranslator(source, names);
  }

  translate(): LogicalPlan {
    const select = this.#select;
    if (select.cte_map.map.length > 0) throw this.#fail('unsupported', 'WITH is not supported', 0);
    if (select.type !== 'SELECT_NODE') throw this.#fail('unsupported', 'UNION and its like are not supported', 0);
    const table = this.#table(select.from_table);
    if (select.qualify)
      throw this.#fail('unsupported', 'QUALIFY is not supported', this.#expressions.locate(select.qualify));
    if (select.sample) throw this.#fail('unsupported', 'SAMPLE is not supported', table.at);
    return {
      text: this.#source.text,
      table,
      ...(select.where_clause && { filter: this.#expression(select.where_clause) }),
      select: select.select_list.map((node) => this.#item(node)),
      groupBy: this.#groupBy(),
      ...(select.having && { having: this.#expression(select.having) }),
      ...this.#modifiers(),
    };
  }

  #table(table: AstTable): LogicalPlan['table'] {
    const at = this.#source.fromBytes(Number(table.query_location));
    if (table.type !== 'BASE_TABLE') {
      const right = table.right && this.#source.fromBytes(Number(table.right.query_location));
      throw this.#fail(
        'unsupported',
        JOINS[table.type] ?? `${table.type} is not supported`,
        at ?? right ?? startOf(table.subquery?.node, this.#source),
      );
    }
    if (table.schema_name || table.catalog_name) {
      throw this.#fail('unsupported', 'tables have plain names; write "a.b" in double quotes', at);
    }
    if (table.sample) throw this.#fail('unsupported', 'TABLESAMPLE is not supported', at);
    if (table.at_clause) throw this.#fail('unsupported', 'AT is not supported', at);
    if (table.column_name_alias.length > 0)
      throw this.#fail('unsupported', 'aliases of columns in FROM are not supported', at);
    return { name: table.table_name, at: at ?? 0 };
  }

  #item(node: AstNode): SelectItem {
    const at = this.#expressions.locate(node) ?? 0;
    if (node.class === 'STAR') {
      const plain = [node.exclude_list, node.replace_list, node.rename_list].every((list) => (list ?? []).length === 0);
      if (node.columns || node.expr || !plain) {
        throw this.#fail('unsupported', 'EXCLUDE, REPLACE, RENAME and COLUMNS are not supported', at);
      }
      if (node.relation_name && !this.#expressions.isQualifier(node.relation_name)) {
        throw this.#fail('unknown-name', `there is no table "${node.relation_name}" in FROM`, at);
      }
      return { kind: 'star', at };
    }
    const expression = this.#expression(node);
    return { kind: 'expression', name: node.alias || this.#columnNames.of(node), named: node.alias !== '', expression };
  }

  #expression(node: AstNode): Expression {
    return this.#expressions.translate(node);
  }

  #groupBy(): LogicalPlan['groupBy'] {
    const { aggregate_handling, group_expressions: groups, group_sets: sets } = this.#select;
    if (aggregate_handling === 'FORCE_AGGREGATES') return 'all';
    if (sets.length > 1 || (sets[0]?.length ?? 0) !== groups.length) {
      const at = groups[0] && this.#expressions.locate(groups[0]);
      throw this.#fail('unsupported', 'ROLLUP, CUBE and GROUPING SETS are not supported', at);
    }
    return groups.map((node) => this.#expression(node));
  }

  #modifiers(): Pick<LogicalPlan, 'distinct' | 'orderBy' | 'limit' | 'offset'> {
    let distinct = false;
    let orderBy: readonly OrderKey[] = [];
    let limit: number | undefined;
    let offset = 0;
    for (const modifier of this.#select.modifiers) {
      switch (modifier.type) {
        case 'DISTINCT_MODIFIER':
          this.#checkDistinct(modifier);
          distinct = true;
          break;
        case 'ORDER_MODIFIER':
          orderBy = modifier.orders.map((order) => this.#orderKey(order));
          break;
        case 'LIMIT_MODIFIER':
          limit = this.#count(modifier.limit, 'LIMIT');
          offset = this.#count(modifier.offset, 'OFFSET') ?? 0;
          break;
        default: {
          const at = modifier.limit ? this.#expressions.locate(modifier.limit) : undefined;
          throw this.#fail('unsupported', 'LIMIT takes a number of rows, not a percentage', at);
        }
      }
    }
    return { distinct, orderBy, ...(limit !== undefined && { limit }), offset };
  }

  #checkDistinct({ distinct_on_targets: targets }: AstModifier): void {
    const [first] = targets;
    if (first) throw this.#fail('unsupported', 'DISTINCT ON is not supported', this.#expressions.locate(first));
  }

  #orderKey({ type, null_order, expression }: AstModifier['orders'][number]): OrderKey {
    if (expression.class === 'STAR') {
      throw this.#fail('unsupported', 'ORDER BY ALL is not supported', this.#expressions.locate(expression));
    }
    return {
      expression: this.#expression(expression),
      descending: type === 'DESCENDING',
      nullsFirst: null_order === 'NULLS FIRST',
    };
  }

  /** A constant number of rows; undefined for none. */
  #count(node: AstNode | null, clause: string): number | undefined {
    if (!node) return undefined;
    const at = this.#expressions.locate(node);
    const value = node.class === 'CONSTANT' ? constantValue(node.value) : undefined;
    if (value === null) return undefined;
    const integer = node.value?.type.id === 'INTEGER' || node.value?.type.id === 'BIGINT';
    if (value === undefined || !integer) throw this.#fail('unsupported', `${clause} must be a constant integer`, at);
    if (Number(value) < 0) throw this.#fail('bad-value', `${clause} cannot be negative`, at);
    return Math.min(Number(value), Number.MAX_SAFE_INTEGER);
  }

  #fail(code: ErrorCode, message: string, at: number | undefined): SluiceError {
    return new SluiceError(code, message, at === undefined ? undefined : this.#source.position(at));
  }
}
