import type { RE2JS } from 're2js';
import { type ByteRange, utf8Ranges } from './utf8-ranges.ts';

// A regular expression as a deterministic automaton over the bytes of UTF-8, for the kernel that runs it one table look-up
// a byte. It is built from the program (a Thompson automaton over characters) that the regular expression library has
// compiled, so that the syntax and its options mean the same here.

/** An instruction of the library's programs: `out` and for alternatives `arg` say where it goes on. */
interface Instruction {
  readonly op: number;
  readonly out: number;
  readonly arg: number;
  readonly runes: Int32Array;
  matchRune(code: number): boolean;
}

const ALTERNATIVES = new Set([1, 2]);
const PASSING = new Set([3, 7]);
const EMPTY_WIDTH = 4;
const FAIL = 5;
const MATCH = 6;
const CHARACTERS = 8;
const CHARACTER = 9;
const ANY = 10;
const ANY_BUT_NEWLINE = 11;

const BEGIN_TEXT = 4;
const END_TEXT = 8;

/** States get one 7-bit byte each in the table. */
const MOST_STATES = 126;
const MOST_EDGES = 3000;

const DEAD = 0;
const ACCEPTED = 1;

/** A byte that leads from a node of the automaton to another. */
interface Edge extends ByteRange {
  /** A node that waits for the next byte of a character, or the instruction behind the character. */
  readonly to: number;
  readonly ends: boolean;
}

/** The expression stays with the library. */
class Unsuitable extends Error {}

/**
 * The table of an automaton for the kernel `matchesAutomaton`, as text of characters below U+0080: log2 of the row
 * length, the first state, the class of each byte, for each state whether a text may end there, then a row for each
 * state with the next state for each class. State 0 never matches any more, state 1 has matched. `whole`: the
 * expression must match the whole text. Undefined for word and line boundaries, and when it would have too many states.
 */
export function automatonOf(program: RE2JS, whole: boolean): string | undefined {
  const { inst, start } = program.re2().prog as { inst: readonly Instruction[]; start: number };
  try {
    return new Automaton(inst, start, whole).table();
  } catch (error) {
    if (error instanceof Unsuitable) return undefined;
    throw error;
  }
}

class Automaton {
  readonly #program: readonly Instruction[];
  readonly #start: number;
  readonly #whole: boolean;
  /** Of instructions by their number, then of nodes within characters. */
  readonly #edges = new Map<number, Edge[]>();
  readonly #nodes = new Map<string, number>();
  #edgeCount = 0;

  constructor(program: readonly Instruction[], start: number, whole: boolean) {
    this.#program = program;
    this.#start = start;
    this.#whole = whole;
    program.forEach((instruction, pc) => {
      for (const [low, high] of rangesOf(instruction)) {
        for (const sequence of utf8Ranges(low, high)) this.#addEdge(pc, sequence, instruction.out);
      }
    });
  }

  table(): string {
    const classes = this.#byteClasses();
    const count = (classes.at(-1) ?? 0) + 1;
    const representatives = Array.from({ length: count }, (_, i) => classes.indexOf(i));
    const numbers = new Map<string, number>();
    const states: { readonly nodes: ReadonlySet<number>; readonly isFirst: boolean }[] = [];
    const numberOf = (nodes: ReadonlySet<number>, isFirst = false): number => {
      if (!this.#whole && this.#accepts(nodes)) return ACCEPTED;
      if (nodes.size === 0) return DEAD;
      const key = `${isFirst ? 'first ' : ''}${[...nodes].sort((a, b) => a - b)}`;
      const known = numbers.get(key);
      if (known !== undefined) return known;
      if (states.length === MOST_STATES) throw new Unsuitable();
      states.push({ nodes, isFirst });
      numbers.set(key, states.length + 1);
      return states.length + 1;
    };
    const first = numberOf(this.#closure([this.#start], { atStart: true }), true);
    const rows: number[][] = [];
    for (let i = 0; i < states.length; i++) {
      rows.push(representatives.map((byte) => numberOf(this.#step(states[i]!.nodes, byte))));
    }
    const ends = states.map(({ nodes, isFirst }) =>
      Number(this.#accepts(this.#closure(nodes, { atStart: isFirst, atEnd: true }))),
    );
    const shift = Math.ceil(Math.log2(count));
    const row = (next: readonly number[]) => [...next, ...Array<number>((1 << shift) - count).fill(DEAD)];
    const fixed = (state: number) => row(Array<number>(count).fill(state));
    const all = [fixed(DEAD), fixed(ACCEPTED), ...rows.map(row)].flat();
    return String.fromCharCode(shift, first, ...classes, 0, 1, ...ends, ...all);
  }

  /** Makes the nodes for the bytes of a sequence behind the first. Equal rests of sequences share their nodes. */
  #addEdge(from: number, [first, ...rest]: readonly ByteRange[], out: number): void {
    if (++this.#edgeCount > MOST_EDGES) throw new Unsuitable();
    const edges = this.#edges.get(from) ?? [];
    this.#edges.set(from, edges);
    if (rest.length === 0) {
      edges.push({ ...first!, to: out, ends: true });
      return;
    }
    const key = `${rest.map(({ low, high }) => `${low}-${high}`)} ${out}`;
    let node = this.#nodes.get(key);
    if (node === undefined) {
      node = this.#program.length + this.#nodes.size;
      this.#nodes.set(key, node);
      this.#addEdge(node, rest, out);
    }
    edges.push({ ...first!, to: node, ends: false });
  }

  /** For each byte a number; bytes with one number lead to the same nodes from everywhere. */
  #byteClasses(): number[] {
    const starts = new Set<number>();
    for (const edges of this.#edges.values()) for (const { low, high } of edges) starts.add(low).add(high + 1);
    let current = 0;
    const classes = Array.from({ length: 256 }, (_, byte) => {
      if (byte > 0 && starts.has(byte)) current++;
      return current;
    });
    if (current > 126) throw new Unsuitable();
    return classes;
  }

  #step(nodes: ReadonlySet<number>, byte: number): ReadonlySet<number> {
    const within: number[] = [];
    // A search begins again behind every byte; no character starts with a byte from within another.
    const behind: number[] = this.#whole ? [] : [this.#start];
    for (const node of nodes) {
      for (const { low, high, to, ends } of this.#edges.get(node) ?? []) {
        if (byte >= low && byte <= high) (ends ? behind : within).push(to);
      }
    }
    return new Set([...within, ...this.#closure(behind, {})]);
  }

  /** All that is reached without reading: instructions that read, the match, and ends of the text that are awaited. */
  #closure(from: Iterable<number>, { atStart = false, atEnd = false }): ReadonlySet<number> {
    const reached = new Set<number>();
    const seen = new Set<number>();
    const open = [...from];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (seen.has(node)) continue;
      seen.add(node);
      const instruction = this.#program[node];
      if (!instruction) reached.add(node);
      else if (ALTERNATIVES.has(instruction.op)) open.push(instruction.out, instruction.arg);
      else if (PASSING.has(instruction.op)) open.push(instruction.out);
      else if (instruction.op === EMPTY_WIDTH) {
        const { arg, out } = instruction;
        if ((arg & ~(BEGIN_TEXT | END_TEXT)) !== 0) throw new Unsuitable();
        if ((arg & BEGIN_TEXT) !== 0 && !atStart) continue;
        if ((arg & END_TEXT) !== 0 && !atEnd) reached.add(node);
        else open.push(out);
      } else if (instruction.op >= MATCH) reached.add(node);
      else if (instruction.op !== FAIL) throw new Unsuitable();
    }
    return reached;
  }

  #accepts(nodes: ReadonlySet<number>): boolean {
    for (const node of nodes) if (this.#program[node]?.op === MATCH) return true;
    return false;
  }
}

const LAST_CODE = 0x10ffff;
/** No letter from here on has a case. */
const CASELESS_FROM = 0x20000;

/** The code points that an instruction reads, as pairs of first and last. */
function rangesOf(instruction: Instruction): [low: number, high: number][] {
  const { op, runes } = instruction;
  if (op === ANY) return [[0, LAST_CODE]];
  if (op === ANY_BUT_NEWLINE)
    return [
      [0, 9],
      [11, LAST_CODE],
    ];
  if (op !== CHARACTERS && op !== CHARACTER) return [];
  if (runes.length === 1) return casesOf(instruction, runes[0]!).map((code) => [code, code]);
  return Array.from({ length: runes.length >> 1 }, (_, i) => [runes[2 * i]!, runes[2 * i + 1]!]);
}

/** The cases of a letter, asked for once: one beyond ASCII is compared with every letter. */
const casesOfLetters = new Map<number, number[]>();

/** A letter, with its other cases where the instruction ignores case. */
function casesOf(instruction: Instruction, code: number): number[] {
  if ((instruction.arg & 1) === 0) return [code];
  let cases = casesOfLetters.get(code);
  if (!cases) {
    // The Kelvin sign and the long s, too, are cases of ASCII letters.
    const ascii = code < 0x80 ? [code ^ 0x20, 0x17f, 0x212a] : undefined;
    const candidates = ascii ?? Array.from({ length: CASELESS_FROM }, (_, i) => i);
    cases = [...new Set([code, ...candidates])].filter((other) => instruction.matchRune(other));
    casesOfLetters.set(code, cases);
  }
  return cases;
}
