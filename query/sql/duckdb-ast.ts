/**
 * The shape of what DuckDB's `json_serialize_sql` gives, as far as the translation reads it.
 * `query_location` is a byte offset into the UTF-8 text; beyond the text where the parser made the node up.
 */
export interface AstNode {
  readonly class: string;
  readonly type: string;
  readonly alias: string;
  readonly query_location: number;
  readonly children: readonly AstNode[];
  readonly child: AstNode | null;
  readonly column_names: readonly string[];
  readonly function_name: string;
  readonly schema: string;
  readonly distinct: boolean;
  readonly filter: AstNode | null;
  readonly order_bys: { readonly orders: readonly AstOrder[] } | null;
  /** Of CASE. */
  readonly case_checks: readonly { readonly when_expr: AstNode; readonly then_expr: AstNode }[];
  readonly else_expr: AstNode;
  readonly left: AstNode;
  readonly right: AstNode;
  readonly input: AstNode;
  readonly lower: AstNode;
  readonly upper: AstNode;
  readonly value: AstValue;
  readonly cast_type: AstType;
  readonly try_cast: boolean;
  readonly columns: boolean;
  readonly relation_name: string;
  readonly exclude_list: readonly unknown[];
  readonly replace_list: readonly unknown[];
  readonly rename_list: readonly unknown[];
  readonly expr: AstNode | null;
}

export interface AstType {
  readonly id: string;
  readonly type_info: { readonly width?: number; readonly scale?: number } | null;
}

/** Integers arrive as bigint, 128-bit ones as two halves. */
export interface AstValue {
  readonly type: AstType;
  readonly is_null: boolean;
  readonly value?: string | boolean | number | bigint | { readonly upper: bigint; readonly lower: bigint };
}

export interface AstTable {
  readonly type: string;
  readonly alias: string;
  readonly sample: unknown;
  readonly query_location: number;
  readonly schema_name: string;
  readonly catalog_name: string;
  readonly table_name: string;
  readonly column_name_alias: readonly string[];
  readonly at_clause: unknown;
  /** Of a join. */
  readonly right?: AstTable;
  readonly subquery?: { readonly node: AstSelect };
}

export interface AstOrder {
  readonly type: string;
  readonly null_order: string;
  readonly expression: AstNode;
}

export interface AstModifier {
  readonly type: string;
  readonly orders: readonly AstOrder[];
  readonly limit: AstNode | null;
  readonly offset: AstNode | null;
  readonly distinct_on_targets: readonly AstNode[];
}

export interface AstSelect {
  readonly type: string;
  readonly modifiers: readonly AstModifier[];
  readonly cte_map: { readonly map: readonly unknown[] };
  readonly select_list: readonly AstNode[];
  readonly from_table: AstTable;
  readonly where_clause: AstNode | null;
  readonly group_expressions: readonly AstNode[];
  readonly group_sets: readonly (readonly number[])[];
  readonly aggregate_handling: string;
  readonly having: AstNode | null;
  readonly sample: unknown;
  readonly qualify: AstNode | null;
}
