import type { SchemaNode } from './metadata.ts';

/** Levels of a node (Dremel): how many nodes on its path, itself included, are not required, and how many are repeated. */
export interface Levels {
  readonly definition: number;
  readonly repetition: number;
}

/** A node of the schema with its place in the tree. */
export interface SchemaTree {
  readonly node: SchemaNode;
  readonly levels: Levels;
  /** Index, in each row group, of the chunk of its first leaf. */
  readonly chunk: number;
  readonly children: readonly SchemaTree[];
}

/** Deeper schemas are refused, so that levels fit a byte, and nobody runs out of stack. */
const MOST_LEVELS = 100;

/** The root's children. Throws a plain Error where the nodes are no tree. */
export function schemaTrees(nodes: readonly SchemaNode[]): readonly SchemaTree[] {
  const root = nodes[0];
  if (!root) throw new Error('its schema is empty');
  let next = 1;
  let leaves = 0;
  const tree = (above: Levels, depth: number): SchemaTree => {
    const node = nodes[next++];
    if (!node) throw new Error('its schema has fewer elements than it claims');
    if (depth > MOST_LEVELS) throw new Error(`its schema is nested more than ${MOST_LEVELS} levels deep`);
    const levels = {
      definition: above.definition + (node.repetition === 'required' ? 0 : 1),
      repetition: above.repetition + (node.repetition === 'repeated' ? 1 : 0),
    };
    const chunk = leaves;
    if (node.physical !== undefined) leaves++;
    return { node, levels, chunk, children: treesOf(node, levels, depth + 1) };
  };
  const treesOf = (parent: SchemaNode, levels: Levels, depth: number): SchemaTree[] => {
    const children: SchemaTree[] = [];
    // No array of a length that nobody has checked.
    while (children.length < parent.children) children.push(tree(levels, depth));
    return children;
  };
  const trees = treesOf(root, { definition: 0, repetition: 0 }, 1);
  if (next !== nodes.length) throw new Error('its schema has more elements than its root claims');
  return trees;
}
