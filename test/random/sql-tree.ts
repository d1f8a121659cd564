/** What an expression gives, as far as the grammar cares: any decimal is `decimal`. */
export type Kind = 'bool' | 'int32' | 'int64' | 'float64' | 'decimal' | 'date' | 'timestamp' | 'utf8';

/**
 * A piece of SQL whose parts are known, so that a failing query can be made smaller. `inexact`: a double that two
 * right implementations may compute with different last bits; nothing may branch on it.
 */
export interface SqlTree {
  readonly kind: Kind;
  readonly parts: readonly (string | SqlTree)[];
  readonly inexact: boolean;
}

export function sqlTree(kind: Kind, parts: readonly (string | SqlTree)[], inexact = false): SqlTree {
  return {
    kind,
    parts,
    inexact: kind === 'float64' && (inexact || operandsOf({ parts }).some((part) => part.inexact)),
  };
}

export function operandsOf({ parts }: Pick<SqlTree, 'parts'>): SqlTree[] {
  return parts.filter((part) => typeof part !== 'string');
}

export function sqlOf(tree: SqlTree): string {
  return tree.parts.map((part) => (typeof part === 'string' ? part : sqlOf(part))).join('');
}

/** Number of pieces. */
export function sizeOf(tree: SqlTree): number {
  return operandsOf(tree).reduce((sum, part) => sum + sizeOf(part), 1);
}

const SIMPLE: Record<Kind, readonly string[]> = {
  bool: ['b', 'true'],
  int32: ['i', '1'],
  int64: ['l', '1::BIGINT'],
  float64: ['f', '1.5::DOUBLE'],
  decimal: ['d', '1.5'],
  date: ['day', "DATE '2000-02-29'"],
  timestamp: ['ts', "TIMESTAMP '2000-02-29 12:34:56'"],
  utf8: ['s', "'a'"],
};

/** Smaller trees of the same kind, the smallest first. */
export function* smallerTrees(tree: SqlTree): Generator<SqlTree> {
  const size = sizeOf(tree);
  if (size > 1) for (const simple of SIMPLE[tree.kind]) yield sqlTree(tree.kind, [simple]);
  yield* descendants(tree).filter((part) => part.kind === tree.kind && (tree.inexact || !part.inexact));
  for (const [index, part] of tree.parts.entries()) {
    if (typeof part === 'string') continue;
    for (const smaller of smallerTrees(part)) yield sqlTree(tree.kind, tree.parts.with(index, smaller), tree.inexact);
  }
}

function descendants(tree: SqlTree): SqlTree[] {
  return operandsOf(tree).flatMap((part) => [part, ...descendants(part)]);
}
