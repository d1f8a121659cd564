import { type Schema, UTF8 } from '../../../query/types.ts';
import { leavesOf, type Shape, shapeOf } from './column-shape.ts';
import { type LeafColumn, leafColumn } from './leaf-column.ts';
import type { ParquetMetadata } from './metadata.ts';
import { type SchemaTree, schemaTrees } from './schema-tree.ts';

/** A struct, list or map, which appears as its JSON text. */
export interface JsonColumn {
  readonly name: string;
  readonly type: typeof UTF8;
  readonly shape: Shape;
}

/** A column of the schema that queries see. */
export type FileColumn = LeafColumn | JsonColumn;

/** A column that is in the file but not in the schema; a query that names it fails with `unsupported`. */
export interface UnsupportedColumn {
  readonly name: string;
  /** What stands in its way, such as `VARIANT` or `DECIMAL(76,2)`. */
  readonly reason: string;
}

export interface FileColumns {
  /** The root's children in file order, then what lies within structs: members by their paths. */
  readonly columns: readonly FileColumn[];
  /** How many of them are the root's children. */
  readonly topLevel: number;
  readonly unsupported: readonly UnsupportedColumn[];
}

/** Whether a column is stored in one chunk with a value a row. */
export function isLeaf(column: FileColumn): column is LeafColumn {
  return 'physical' in column;
}

/** A column by its index in the schema, where it is a leaf. */
export function leafAt({ columns }: FileColumns, index: number): LeafColumn | undefined {
  const column = columns[index];
  return column && isLeaf(column) ? column : undefined;
}

/** Indexes, in each row group, of the chunks that a column takes. */
export function chunksOf(column: FileColumn | undefined): readonly number[] {
  if (!column) return [];
  return isLeaf(column) ? [column.chunk] : leavesOf(column.shape).map(({ chunk }) => chunk);
}

/** Whether a column is a leaf that is no member of a struct: its definition levels tell NULL from valid, and no more. */
export function isFlat(column: FileColumn | undefined): column is LeafColumn {
  return column !== undefined && isLeaf(column) && column.definition <= 1;
}

/** The schema that queries see: the columns Sluice reads. */
export function schemaOf({ columns, topLevel }: FileColumns): Schema {
  return columns.map(({ name, type }, i) => ({ name, type, ...(i >= topLevel && { isMember: true }) }));
}

/** Sorts the schema into columns that Sluice reads and those it does not. Throws a plain Error on a broken tree. */
export function fileColumns(metadata: ParquetMetadata): FileColumns {
  const columns: FileColumn[] = [];
  const unsupported: UnsupportedColumn[] = [];
  const names = new Set<string>();
  const add = (name: string, shape: Shape, reason?: string) => {
    names.add(name.toLowerCase());
    const column = reason ?? columnOf(name, shape, metadata);
    if (typeof column === 'string') unsupported.push({ name, reason: column });
    else columns.push(column);
  };
  const trees = schemaTrees(metadata.nodes);
  const shapes = trees.map((tree) => ({ name: tree.node.name, shape: shapeOf(tree), reason: groupReason(tree) }));
  for (const { name, shape, reason } of shapes) add(name, shape, reason);
  const topLevel = columns.length;
  const addMembers = (name: string, shape: Shape) => {
    if (shape.kind !== 'struct') return;
    for (const member of shape.members) {
      const path = `${name}.${member.name}`;
      // A column's own name comes before a path.
      if (!names.has(path.toLowerCase())) add(path, member.shape);
      addMembers(path, member.shape);
    }
  };
  for (const { name, shape, reason } of shapes) if (!reason) addMembers(name, shape);
  return { columns, topLevel, unsupported };
}

/** Why a node is not read, whatever it holds. */
function groupReason({ node, children }: SchemaTree): string | undefined {
  if (node.physical !== undefined) return undefined;
  if (node.annotation?.kind === 'other' && node.annotation.name === 'VARIANT') return 'VARIANT';
  if (children.length === 0) return 'STRUCT without members';
  return children.map(groupReason).find((reason) => reason !== undefined);
}

/** The column of a shape; or what stands in the way. */
function columnOf(name: string, shape: Shape, metadata: ParquetMetadata): FileColumn | string {
  const leaves = leavesOf(shape);
  for (const leaf of leaves) {
    const reason = checkChunks(leaf, metadata);
    if (reason !== undefined) return reason;
  }
  if (shape.kind === 'leaf') {
    const column = leafColumn(shape.leaf);
    return typeof column === 'string' ? column : { ...column, name };
  }
  const unreadable = leaves.map(leafColumn).find((leaf) => typeof leaf === 'string');
  return unreadable ?? { name, type: UTF8, shape };
}

function checkChunks({ node, chunk }: SchemaTree, { rowGroups }: ParquetMetadata): string | undefined {
  if (rowGroups.some((group) => group.chunks[chunk] === undefined)) return 'encrypted, or stored in another file';
  if (rowGroups.some((group) => group.chunks[chunk]?.physical !== node.physical))
    throw new Error(`its column "${node.name}" has another physical type in a row group than in the schema`);
  return undefined;
}
