import type { Levels, SchemaTree } from './schema-tree.ts';

/**
 * What a column's values are made of. A value stands where the definition level says so:
 *
 * - leaf: at the leaf's highest level; NULL below.
 * - struct: from `definition` on; NULL below.
 * - list, map: from the definition level of its repeated node on; one below it is empty, and NULL is further below.
 */
export type Shape =
  | { readonly kind: 'leaf'; readonly leaf: SchemaTree }
  | { readonly kind: 'struct'; readonly definition: number; readonly members: readonly Member[] }
  | { readonly kind: 'list'; readonly levels: Levels; readonly element: Shape }
  | { readonly kind: 'map'; readonly levels: Levels; readonly key: Shape; readonly value: Shape };

export interface Member {
  readonly name: string;
  readonly shape: Shape;
}

/**
 * The shape of a node, by DuckDB's rules, which know the lists and maps of all writers: what is repeated is a list; a
 * group of one member that is repeated, or called a list or a map, is that member; the repeated pairs of a map are a map.
 */
export function shapeOf(tree: SchemaTree): Shape {
  const { node, levels, children } = tree;
  if (node.repetition !== 'repeated') return innerShape(tree);
  const [key, value] = children;
  if (key && value && children.length === 2 && isNamed(tree, 'MAP_KEY_VALUE'))
    return { kind: 'map', levels, key: shapeOf(key), value: shapeOf(value) };
  return { kind: 'list', levels, element: innerShape(tree) };
}

/** The shape of a node, or of an element of it where it is repeated. */
function innerShape(tree: SchemaTree): Shape {
  const { node, levels, children } = tree;
  if (node.physical !== undefined) return { kind: 'leaf', leaf: tree };
  const [child] = children;
  const isMap = isNamed(tree, 'MAP') || isNamed(tree, 'MAP_KEY_VALUE');
  if (child && children.length === 1 && (node.repetition === 'repeated' || isMap || isNamed(tree, 'LIST')))
    return isMap ? pairsOf(child) : shapeOf(child);
  return {
    kind: 'struct',
    definition: levels.definition,
    members: children.map((member) => ({ name: member.node.name, shape: shapeOf(member) })),
  };
}

/** The one member of a group that is called a map. */
function pairsOf(tree: SchemaTree): Shape {
  const [key, value] = tree.children;
  if (tree.node.repetition !== 'repeated' || !key || !value || tree.children.length !== 2) return shapeOf(tree);
  return { kind: 'map', levels: tree.levels, key: shapeOf(key), value: shapeOf(value) };
}

function isNamed({ node: { annotation } }: SchemaTree, name: string): boolean {
  return annotation?.kind === 'other' && annotation.name === name;
}

/** The leaves of a shape, in the order of the schema. */
export function leavesOf(shape: Shape): readonly SchemaTree[] {
  switch (shape.kind) {
    case 'leaf':
      return [shape.leaf];
    case 'struct':
      return shape.members.flatMap((member) => leavesOf(member.shape));
    case 'list':
      return leavesOf(shape.element);
    case 'map':
      return [...leavesOf(shape.key), ...leavesOf(shape.value)];
  }
}
