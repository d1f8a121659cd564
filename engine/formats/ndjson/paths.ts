import { SluiceError } from '../../../query/error.ts';
import type { Schema } from '../../../query/types.ts';
import type { NdjsonFormat } from '../../task.ts';

/** A step of a path: the key of a member, or the index of an element. */
type Step = string | number;

/** What is wanted of a JSON value: itself, under a slot, and what is wanted of its members and elements. */
export interface PathNode {
  slot: number | undefined;
  readonly members: Map<string, PathNode>;
  readonly elements: Map<number, PathNode>;
}

/** The wanted values of a line: slot i belongs to path i. Throws `bad-data` for what is no path, and one that comes twice. */
export function pathTree(paths: readonly NdjsonPath[]): PathNode {
  const root = newNode();
  paths.forEach(({ name, path }, slot) => {
    for (const steps of path === undefined ? readingsOf(name) : [parsePath(path)]) {
      let node = root;
      for (const step of steps)
        node = typeof step === 'string' ? child(node.members, step) : child(node.elements, step);
      if (node.slot !== undefined)
        throw new SluiceError('bad-data', `the columns "${paths[node.slot]?.name}" and "${name}" are of the same path`);
      node.slot = slot;
    }
  });
  return root;
}

/** Where a column of NDJSON stands in a line. */
export interface NdjsonPath {
  /** The column's name: a key as it stands, or else a path. */
  readonly name: string;
  /** The path where the name does not tell: `a.b[0]`, keys with other characters in double quotes. */
  readonly path?: string | undefined;
}

/** What must be known of an object to read its columns. */
export interface NdjsonObject {
  readonly schema: Schema;
  readonly format: NdjsonFormat;
  /** As `ObjectDescription` has it. */
  readonly guessed?: readonly number[] | undefined;
}

/** Where columns of an object, by their indexes, stand in its lines. */
export function ndjsonPaths({ schema, format }: NdjsonObject, columns: readonly number[]): NdjsonPath[] {
  return columns.map((index) => {
    const field = schema[index];
    if (!field) throw new RangeError(`column ${index} is not in the schema`);
    return { name: field.name, path: format.paths?.[field.name] };
  });
}

/** A name is a key; where it can also be read as a path of several steps it means either. */
function readingsOf(name: string): readonly (readonly Step[])[] {
  const steps = name.includes('"') ? undefined : stepsOf(name);
  return steps && steps.length > 1 ? [[name], steps] : [[name]];
}

function parsePath(path: string): readonly Step[] {
  const steps = stepsOf(path);
  if (!steps) throw new SluiceError('bad-data', `"${path}" is not a path, such as a.b[0] or "a key".b`);
  return steps;
}

/** The steps of `a.b[0]."c d"`; undefined when it is no path. */
function stepsOf(path: string): Step[] | undefined {
  const steps: Step[] = [];
  let rest = path;
  while (rest !== '') {
    const match = /^(?:(?:(\.?)(?:([^.[\]"]+)|"([^"]+)"))|\[(0|[1-9]\d{0,8})\])/.exec(rest);
    if (!match) return undefined;
    const [text, point, plain, quoted, index] = match;
    if (index === undefined && (point === '.') !== steps.length > 0) return undefined;
    if (index !== undefined && steps.length === 0) return undefined;
    steps.push(index === undefined ? (plain ?? quoted ?? '') : Number(index));
    rest = rest.slice(text.length);
  }
  return steps.length > 0 ? steps : undefined;
}

export function newNode(slot?: number): PathNode {
  return { slot, members: new Map(), elements: new Map() };
}

function child<Key>(children: Map<Key, PathNode>, key: Key): PathNode {
  const known = children.get(key);
  if (known) return known;
  const made = newNode();
  children.set(key, made);
  return made;
}
