import type { PathNode } from '../../formats/ndjson/paths.ts';
import { VECTOR_SIZE } from '../../task.ts';
import type { LocatedFields } from './field-parser.ts';
import type { Kernels } from './kernels.ts';
import type { EngineMemory } from './memory.ts';

/** Room for keys that are not wanted, but learnt, so that they are passed over quickly. */
const LEARNT_KEYS = 512;
const LEARNT_BYTES = 1 << 15;

// Sizes of the records that engine/kernels/ndjson-shape.ts describes.
const SHAPE_BYTES = 36;
const NODE_BYTES = 16;
const ELEMENT_BYTES = 12;
const MEMBER_BYTES = 64;

/** What is wanted of each line, laid out for the kernels, and where the bounds of the values go. */
export class NdjsonShape {
  readonly address: number;
  readonly #memory: EngineMemory;
  /** Of the lists of bounds: for each slot that of starts, then that of stops. */
  readonly bounds: number;
  readonly #slots: number;

  constructor(memory: EngineMemory, kernels: Kernels, tree: PathNode, slots: number) {
    this.#memory = memory;
    this.#slots = slots;
    const keys = keysOf(tree);
    const capacity = 2 ** Math.ceil(Math.log2(keys.length + LEARNT_KEYS));
    const keyBytes = keys.reduce((bytes, key) => bytes + key.length, LEARNT_BYTES);
    this.address = memory.allocateCleared(SHAPE_BYTES);
    this.bounds = memory.allocate(8 * VECTOR_SIZE * slots);
    const members = memory.allocate(capacity * MEMBER_BYTES);
    const text = memory.allocate(keyBytes);
    const table = memory.allocateCleared(8 * capacity);
    memory.u32.set([0, capacity, members, text, text + keyBytes, table, 4 * VECTOR_SIZE], this.address >> 2);
    // First, since it may grow the memory, which ends views of it.
    const root = this.#write(kernels, tree);
    memory.u32[(this.address + 32) >> 2] = root;
  }

  /** All values of the next batch are missing; unescaped text goes to `scratch`. */
  begin(scratch: number): void {
    this.#memory.u8.fill(0, this.bounds, this.bounds + 8 * VECTOR_SIZE * this.#slots);
    this.scratch = scratch;
  }

  /** The next free byte for unescaped text. */
  get scratch(): number {
    return this.#memory.u32[(this.address + 28) >> 2] as number;
  }

  set scratch(address: number) {
    this.#memory.u32[(this.address + 28) >> 2] = address;
  }

  fields(slot: number): LocatedFields {
    const starts = this.bounds + 8 * VECTOR_SIZE * slot;
    return { starts, stops: starts + 4 * VECTOR_SIZE };
  }

  set(slot: number, row: number, start: number, stop: number): void {
    const { starts, stops } = this.fields(slot);
    this.#memory.u32[(starts >> 2) + row] = start;
    this.#memory.u32[(stops >> 2) + row] = stop;
  }

  clear(row: number): void {
    for (let slot = 0; slot < this.#slots; slot++) this.set(slot, row, 0, 0);
  }

  #write(kernels: Kernels, node: PathNode): number {
    const memory = this.#memory;
    const address = memory.allocateCleared(NODE_BYTES);
    const elements = [...node.elements].sort(([a], [b]) => b - a);
    let element = 0;
    for (const [index, child] of elements) {
      const next = element;
      const childAddress = this.#write(kernels, child);
      element = memory.allocate(ELEMENT_BYTES);
      memory.u32.set([index, childAddress, next], element >> 2);
    }
    memory.u32.set(
      [0, Number(node.members.size > 0), node.slot === undefined ? 0 : this.fields(node.slot).starts, element],
      address >> 2,
    );
    // The last one written stands first.
    for (const [key, child] of [...node.members].reverse()) {
      const childAddress = this.#write(kernels, child);
      const text = plainKey(key);
      // A line in which such a key stands is read with care.
      if (!text) continue;
      const place = memory.allocate(text.length);
      memory.u8.set(text, place);
      kernels.ndjsonWantMember(this.address, address, place, text.length, childAddress);
    }
    return address;
  }
}

/** A key as lines have it, with its quotes; undefined for one that never stands there without an escape. */
function plainKey(key: string): Uint8Array | undefined {
  const text = JSON.stringify(key);
  return text.includes('\\') ? undefined : Buffer.from(text);
}

function keysOf(node: PathNode): Uint8Array[] {
  return [
    ...[...node.members].flatMap(([key, child]) => [plainKey(key) ?? new Uint8Array(0), ...keysOf(child)]),
    ...[...node.elements.values()].flatMap(keysOf),
  ];
}
