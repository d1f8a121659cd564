import type { LineForm, MemberForm, ObjectForm, ValueKind } from '../../formats/ndjson/line-form.ts';
import { VECTOR_SIZE } from '../../task.ts';
import type { FunctionBuilder, Local } from '../../wasm-assembler/function-builder.ts';
import { ModuleBuilder } from '../../wasm-assembler/module-builder.ts';
import { NdjsonValueEmitter } from './ndjson-value-code.ts';

/**
 * The parameter block: u32 addresses of the shape that kernels know, of the lists of bounds, of the list of rows' starts;
 * the number of the first row; the address where it starts, then of the first line that is not read; the last address
 * where a row may start; where the bytes end, behind which stands a line feed. At `nowhere` are zeros only, those that
 * are looked at there included.
 */
export const NDJSON_ROW_BLOCK = {
  shape: 0,
  bounds: 4,
  starts: 8,
  row: 12,
  at: 16,
  lastStart: 20,
  end: 24,
  nowhere: 64,
  bytes: 192,
};

/** In the shape: the next free byte for unescaped text. */
const FREE_TEXT = 28;

const QUOTE = '"';
const LINE_FEED = 10;
const LINE_RETURN = 13;

/**
 * A loop over lines of the usual form, without an index: each member is looked for where it has to stand, and its value
 * read or passed over by what it begins with. The module imports `env.memory` and, from `env`, kernels; it exports
 * `run(count, block)`: it reads rows as long as it understands them and their number is below `count`, and gives the
 * number of the next row. Bounds are written down as ndjsonLocateValues does; those of the line that it does not
 * understand, too, are to be cleared.
 */
export function compileNdjsonRows(form: LineForm): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  module.importMemory('env', 'memory', 1);
  const f = module.defineFunction('run', { takes: ['i32', 'i32'], gives: 'i32' });
  new LineLoop(f, new NdjsonValueEmitter(f, module), form.root).emit();
  return module.finish();
}

/**
 * Whatever is not as expected leaves the position where nothing is understood: on a byte that ends no value, or nowhere.
 * Then no member and no end matches up to the end of the line.
 */
class LineLoop {
  readonly #f: FunctionBuilder;
  readonly #values: NdjsonValueEmitter;
  readonly #root: ObjectForm;
  /** Slots to which more than one member may give a value. */
  readonly #shared: ReadonlySet<number>;
  readonly #at: Local;

  constructor(f: FunctionBuilder, values: NdjsonValueEmitter, root: ObjectForm) {
    this.#f = f;
    this.#values = values;
    this.#root = root;
    this.#at = values.at;
    const slots = slotsOf(root);
    this.#shared = new Set(slots.filter((slot, i) => slots.indexOf(slot) !== i));
  }

  emit(): void {
    const f = this.#f;
    const [count, block] = f.parameters as [Local, Local];
    const i32 = () => f.local('i32');
    const [row, start, starts, bounds, end, lastStart] = [i32(), i32(), i32(), i32(), i32(), i32()];
    const [isRead, freeText] = [i32(), i32()];
    const { at, shape } = this.#values;
    const load = (local: Local, field: number) => f.get(block).load('i32.load', field).set(local);
    load(row, NDJSON_ROW_BLOCK.row);
    load(start, NDJSON_ROW_BLOCK.at);
    load(starts, NDJSON_ROW_BLOCK.starts);
    load(bounds, NDJSON_ROW_BLOCK.bounds);
    load(end, NDJSON_ROW_BLOCK.end);
    load(lastStart, NDJSON_ROW_BLOCK.lastStart);
    load(shape, NDJSON_ROW_BLOCK.shape);
    f.get(block).i32(NDJSON_ROW_BLOCK.nowhere).op('i32.add').set(this.#values.nowhere);
    this.#values.prepare();
    f.loop(() => {
      f.get(row).i32(2).op('i32.shl').tee(isRead).get(bounds).op('i32.add').set(this.#values.bounds);
      f.get(isRead).get(starts).op('i32.add').get(start).store('i32.store');
      f.get(shape).load('i32.load', FREE_TEXT).set(freeText);
      f.get(start).set(at);
      this.#object(this.#root);
      f.get(at).get(at).load('i32.load8_u').i32(LINE_RETURN).op('i32.eq').op('i32.add').tee(at);
      f.load('i32.load8_u').i32(LINE_FEED).op('i32.eq').get(at).get(end).op('i32.lt_u').op('i32.and').set(isRead);
      f.get(at).i32(1).op('i32.add').get(start).get(isRead).select().set(start);
      // Texts of a line that is not read are unescaped again elsewhere.
      f.get(shape).get(shape).load('i32.load', FREE_TEXT).get(freeText).get(isRead).select();
      f.store('i32.store', FREE_TEXT);
      f.get(row).get(isRead).op('i32.add').tee(row).get(count).op('i32.lt_u').get(isRead).op('i32.and');
      f.get(start).get(lastStart).op('i32.le_u').op('i32.and');
    });
    f.get(block).get(start).store('i32.store', NDJSON_ROW_BLOCK.at).get(row);
  }

  /** Goes from the brace, or blanks before it, behind the closing one. */
  #object({ members, close }: ObjectForm): void {
    for (const member of members) this.#member(member);
    if (close === undefined) this.#values.goNowhere();
    else this.#values.expect(close);
  }

  #member(member: MemberForm): void {
    const f = this.#f;
    const { lead, kinds, node } = member;
    const [only] = kinds.size === 1 ? kinds : [];
    const expected = only === 'text' ? lead + QUOTE : lead;
    this.#values.standsHere(expected);
    if (node?.slot !== undefined && this.#shared.has(node.slot)) {
      f.get(this.#values.bounds).load('i32.load', startOffset(node.slot)).op('i32.eqz').op('i32.and');
    }
    f.when(() => {
      f.get(this.#at).i32(expected.length).op('i32.add').set(this.#at);
      if (only) this.#value(member, only);
      else this.#values.byFirstByte([...kinds], (kind) => this.#value(member, kind));
    });
  }

  /** From the value's first byte, for a text the one behind its quote. */
  #value({ node, textBytes, object }: MemberForm, kind: ValueKind): void {
    const values = this.#values;
    const offset = node?.slot === undefined ? undefined : startOffset(node.slot);
    if (kind === 'text') values.text(textBytes, offset);
    else if (kind === 'number') values.number(offset);
    else if (kind === 'word') values.word(offset);
    else if (kind === 'object' && !object.isSkipped && (!node || (node.slot === undefined && node.members.size > 0)))
      this.#object(object);
    else if (!node) values.nested();
    else values.goNowhere();
  }
}

function slotsOf({ members }: ObjectForm): number[] {
  return members.flatMap(({ node, object }) => [...(node?.slot === undefined ? [] : [node.slot]), ...slotsOf(object)]);
}

/** Where the list of a slot's starts begins among the bounds; that of its stops follows. */
function startOffset(slot: number): number {
  return 8 * VECTOR_SIZE * slot;
}
