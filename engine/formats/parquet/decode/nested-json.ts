import { UTF8 } from '../../../../query/types.ts';
import type { Column } from '../../../column.ts';
import type { Shape } from '../column-shape.ts';
import type { ColumnChunk } from '../metadata.ts';
import type { Levels } from '../schema-tree.ts';
import { jsonLeaf } from './json-text.ts';
import { LeafReader } from './leaf-reader.ts';

/** The JSON of all rows of a row group takes at most so much. */
const MOST_BYTES = 1 << 30;

/** A chunk of a leaf, and its bytes. */
export interface LeafChunk {
  readonly chunk: ColumnChunk;
  readonly bytes: Uint8Array;
}

/**
 * The JSON texts of a struct, list or map for the `rows` rows of a row group, as DuckDB's to_json gives them; NULL where
 * the value itself is. `chunks` are those of the shape's leaves, in their order. Throws whatever damaged bytes provoke.
 *
 * Not by hyparquet's assembler: it makes JavaScript objects of maps, which put numeric keys in order and know a key once
 * only, and it takes levels as they come.
 */
export function decodeJson(shape: Shape, chunks: readonly LeafChunk[], rows: number): Column {
  const next = chunks.values();
  const readers: LeafReader[] = [];
  const writer = writerOf(shape, (leaf) => {
    const { chunk, bytes } = next.next().value as LeafChunk;
    const reader = new LeafReader(leaf.levels, jsonLeaf(leaf), bytes, chunk);
    readers.push(reader);
    return reader;
  });
  const offsets = new Int32Array(rows + 1);
  const validity = new Uint8Array(rows);
  let bytes = Buffer.allocUnsafe(1 << 16);
  let used = 0;
  for (let row = 0; row < rows; row++) {
    const text = writer.write(0);
    if (text !== NULL) {
      // UTF-8 takes three bytes for a UTF-16 unit at most.
      if (used + 3 * text.length > bytes.length) bytes = withRoom(bytes, used, Buffer.byteLength(text));
      used += bytes.write(text, used);
      validity[row] = 1;
    }
    offsets[row + 1] = used;
  }
  if (readers.some(({ isAtEnd }) => !isAtEnd)) throw new Error(`its levels hold more than ${rows} rows`);
  const nulls = validity.includes(0) ? { validity } : {};
  return { kind: 'utf8', type: UTF8, length: rows, offsets, bytes: new Uint8Array(bytes.subarray(0, used)), ...nulls };
}

/** The bytes, of which so many are in use, or a longer copy that has room for `more`. */
function withRoom(bytes: Buffer<ArrayBuffer>, used: number, more: number): Buffer<ArrayBuffer> {
  const wanted = used + more;
  if (wanted <= bytes.length) return bytes;
  if (wanted > MOST_BYTES) throw new Error(`its JSON takes more than ${MOST_BYTES} bytes`);
  const longer = Buffer.allocUnsafe(Math.min(Math.max(wanted, 2 * bytes.length), MOST_BYTES));
  bytes.copy(longer, 0, 0, used);
  return longer;
}

const NULL = 'null';

/** Writes values of a shape, each from the next slots of its leaves, the first of which are at a repetition level. */
interface Writer {
  /** The leaf that decides what there is. */
  readonly first: LeafReader;
  write(repetition: number): string;
  /** Passes slots that must be below a definition level: there is no value. */
  pass(repetition: number, definition: number): void;
  writeKey(repetition: number): string;
}

function writerOf(shape: Shape, open: (leaf: Extract<Shape, { kind: 'leaf' }>['leaf']) => LeafReader): Writer {
  switch (shape.kind) {
    case 'leaf':
      return leafWriter(open(shape.leaf));
    case 'struct': {
      const members = shape.members.map((member) => ({
        key: `${JSON.stringify(member.name)}:`,
        writer: writerOf(member.shape, open),
      }));
      return structWriter(shape.definition, members);
    }
    case 'list':
      return listWriter(shape.levels, writerOf(shape.element, open));
    case 'map':
      return mapWriter(shape.levels, writerOf(shape.key, open), writerOf(shape.value, open));
  }
}

function leafWriter(first: LeafReader): Writer {
  return {
    first,
    write: (repetition) => first.take(repetition, 'text'),
    writeKey: (repetition) => first.take(repetition, 'key'),
    pass: (repetition, definition) => first.pass(repetition, definition),
  };
}

function structWriter(
  definition: number,
  members: readonly { readonly key: string; readonly writer: Writer }[],
): Writer {
  const first = members[0]!.writer.first;
  const pass = (repetition: number, below: number) => {
    for (const { writer } of members) writer.pass(repetition, below);
  };
  const write = (repetition: number) => {
    if (first.definition < definition) {
      pass(repetition, definition);
      return NULL;
    }
    let text = '';
    for (const { key, writer } of members) text += `${text === '' ? '{' : ','}${key}${writer.write(repetition)}`;
    return `${text}}`;
  };
  return { first, write, writeKey: (repetition) => JSON.stringify(write(repetition)), pass };
}

function listWriter(levels: Levels, element: Writer): Writer {
  const { first, pass } = element;
  return repeatedWriter(levels, '[]', { first, pass, write: element.write });
}

function mapWriter(levels: Levels, key: Writer, value: Writer): Writer {
  return repeatedWriter(levels, '{}', {
    first: key.first,
    write: (repetition) => `${key.writeKey(repetition)}:${value.write(repetition)}`,
    pass(repetition, definition) {
      key.pass(repetition, definition);
      value.pass(repetition, definition);
    },
  });
}

/** Elements between brackets. */
function repeatedWriter(levels: Levels, brackets: string, element: Omit<Writer, 'writeKey'>): Writer {
  const { first, pass } = element;
  const [open = '', close = ''] = brackets;
  const write = (repetition: number) => {
    const { definition } = first;
    if (definition < levels.definition) {
      pass(repetition, levels.definition);
      return definition === levels.definition - 1 ? brackets : NULL;
    }
    let text = open + element.write(repetition);
    while (first.continues(levels.repetition)) text += `,${element.write(levels.repetition)}`;
    return text + close;
  };
  return { first, write, writeKey: (repetition) => JSON.stringify(write(repetition)), pass };
}
