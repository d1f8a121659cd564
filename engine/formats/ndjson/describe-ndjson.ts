import { SluiceError } from '../../../query/error.ts';
import { type Schema, UTF8 } from '../../../query/types.ts';
import type { ByteSource, NdjsonFormat } from '../../task.ts';
import { narrowestType, type SampleField } from '../csv/column-types.ts';
import { badRow } from '../csv/row-errors.ts';
import { readHead } from '../head.ts';
import { JsonScanner, JsonSyntaxError, type JsonToken, type ValueTarget } from './json-scanner.ts';
import { type NdjsonObject, ndjsonPaths, newNode, type PathNode, pathTree } from './paths.ts';

/** Bytes at the start of an object that decide its columns. */
const SAMPLE_SIZE = 1024 * 1024;
const LF = 10;

/**
 * The columns of NDJSON: those of the sidecar, or the keys of the first lines in the order in which they come, each of
 * the narrowest type that all its values there fit; members of nested objects too, by their paths. `paths` are those of
 * columns of the sidecar which do not stand under their names. Throws `bad-data` when the first lines are not JSON
 * objects, or two columns are of the same path.
 */
export async function describeNdjson(
  source: ByteSource,
  sidecar?: Schema,
  paths?: NdjsonFormat['paths'],
): Promise<NdjsonObject> {
  const { bytes: sample, complete } = await readHead(source, SAMPLE_SIZE);
  const dataStart = sample[0] === 0xef && sample[1] === 0xbb && sample[2] === 0xbf ? 3 : 0;
  const format: NdjsonFormat = { kind: 'ndjson', dataStart };
  if (sidecar) {
    const object = { format: { ...format, ...(paths && { paths }) }, schema: sidecar };
    pathTree(ndjsonPaths(object, [...sidecar.keys()]));
    return object;
  }
  const end = complete ? sample.length : sample.lastIndexOf(LF) + 1;
  if (end === 0 && !complete)
    throw new SluiceError(
      'bad-data',
      `${source.name}: no line ends within the first ${sample.length} bytes; is it NDJSON?`,
    );
  const columns = sampleColumns(source.name, sample.subarray(dataStart, end), dataStart);
  if (columns.length === 0)
    throw new SluiceError('bad-data', `${source.name}: holds no keys, expected a JSON object a line`);
  const schema = columns.map(({ name, fields, text }) => ({ name, type: text ? UTF8 : narrowestType(fields) }));
  return { format, schema, guessed: [...schema.keys()].filter((column) => schema[column]?.type !== UTF8) };
}

/** What the values at a path in the sample are. */
interface SampledColumn {
  readonly name: string;
  readonly steps: number;
  readonly parent: SampledColumn | undefined;
  readonly fields: SampleField[];
  /** One of the values can only be text. */
  text: boolean;
  /** Different keys of the objects among the values. */
  members: number;
}

/** Members of a nested object that become columns at most; more are keys of a map rather than names. */
const WIDEST_OBJECT = 200;
/** Paths of more steps are left to sidecars. */
const LONGEST_PATH = 8;

/** Learns the columns of a sample: each key, and each member of a nested object by its path. */
class SampledColumns implements ValueTarget {
  readonly #columns: SampledColumn[] = [];
  readonly #slots = new Map<string, number>();
  readonly #nodes = new Map<PathNode, SampledColumn>();
  readonly #sample: Buffer;
  #root: PathNode | undefined;

  constructor(sample: Buffer) {
    this.#sample = sample;
  }

  get columns(): readonly SampledColumn[] {
    return this.#columns.filter(({ parent }) => (parent?.members ?? 0) <= WIDEST_OBJECT);
  }

  member(node: PathNode, key: string): PathNode | undefined {
    this.#root ??= node;
    const parent = this.#nodes.get(node);
    if (parent && ++parent.members > WIDEST_OBJECT) return undefined;
    // The name of a nested column must read as its path.
    const plain = /^[^.[\]"]+$/.test(key);
    if (node !== this.#root && !(parent && plain && parent.steps < LONGEST_PATH)) return undefined;
    const name = parent ? `${parent.name}.${key}` : key;
    const known = this.#slots.get(name);
    const column = { name, steps: (parent?.steps ?? 0) + 1, parent, fields: [], text: false, members: 0 };
    const slot = known ?? this.#columns.push(column) - 1;
    this.#slots.set(name, slot);
    const child = newNode(slot);
    node.members.set(key, child);
    if (plain) this.#nodes.set(child, this.#columns[slot]!);
    return child;
  }

  value(slot: number, { kind, start, end, escaped }: JsonToken): void {
    if (kind === 'null') return;
    const column = this.#columns[slot]!;
    const quoted = kind === 'string';
    const text = this.#sample.subarray(start + Number(quoted), end - Number(quoted)).toString('latin1');
    // A quoted number is text, a date in quotes is a date.
    if (kind === 'nested' || escaped || (quoted && !/^\d{4}-\d\d-\d\d/.test(text))) column.text = true;
    else column.fields.push({ text, quoted });
  }
}

function sampleColumns(object: string, sample: Buffer, dataStart: number): readonly SampledColumn[] {
  const target = new SampledColumns(sample);
  const scanner = new JsonScanner([], target);
  for (let line = 0; line < sample.length; ) {
    const newline = sample.indexOf(LF, line);
    const stop = newline < 0 ? sample.length : newline;
    try {
      scanner.line(sample, line, stop);
    } catch (error) {
      if (!(error instanceof JsonSyntaxError)) throw error;
      throw badRow(object, dataStart + line, error.message);
    }
    line = stop + 1;
  }
  return target.columns;
}
