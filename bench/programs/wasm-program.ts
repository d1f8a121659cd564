import { readFile } from 'node:fs/promises';
import { SluiceError } from '../../query/error.ts';
import type { Program, ProgramResult, WorkArea } from './program.ts';

const PAGE = 65536;
/** Kernels read whole words at the input's end. */
const SLOP = 64;

type Run = (at: number, length: number, work: number, room: number) => number;

/** The programs in WASM, with a memory that holds one input at a time. */
export class WasmPrograms {
  readonly #memory: WebAssembly.Memory;
  readonly #exports: Readonly<Record<string, Run>>;

  private constructor(memory: WebAssembly.Memory, exports: Readonly<Record<string, Run>>) {
    this.#memory = memory;
    this.#exports = exports;
  }

  /** @throws SluiceError `not-found` when the kernels have not been built. */
  static async open(): Promise<WasmPrograms> {
    const bytes = await readFile(new URL('../kernels/programs.wasm', import.meta.url)).catch(() => {
      throw new SluiceError('not-found', 'bench/kernels/programs.wasm is missing: run npm run build:kernels');
    });
    const memory = new WebAssembly.Memory({ initial: 2 });
    const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } });
    return new WasmPrograms(memory, instance.exports as unknown as Record<string, Run>);
  }

  /** Makes room for a program over an input, with the input in it. */
  prepare(program: Program, input: Uint8Array): PreparedProgram {
    const at = PAGE;
    const work = { at: align(at + input.length + SLOP), room: align(program.room(input.length)), length: input.length };
    const missing = Math.ceil((work.at + work.room + SLOP - this.#memory.buffer.byteLength) / PAGE);
    if (missing > 0) this.#memory.grow(missing);
    const run = this.#exports[program.name.replaceAll('-', '_')]!;
    return new PreparedProgram(program, input, this.#memory, at, work, run);
  }
}

/** A program with its input in linear memory; valid until another one is prepared. */
export class PreparedProgram {
  readonly #program: Program;
  readonly #input: Uint8Array;
  readonly #inside: Uint8Array;
  readonly #view: DataView;
  readonly #work: WorkArea;
  readonly #run: () => number;

  constructor(program: Program, input: Uint8Array, memory: WebAssembly.Memory, at: number, work: WorkArea, run: Run) {
    this.#program = program;
    this.#input = input;
    this.#inside = new Uint8Array(memory.buffer, at, input.length);
    this.#view = new DataView(memory.buffer);
    this.#work = work;
    this.#run = () => run(at, input.length, work.at, work.room);
  }

  /**
   * Copies the input into linear memory, runs the program and reads its result.
   * @throws SluiceError `bad-data` naming the line that the program cannot read; `internal` without room.
   */
  run(): ProgramResult {
    this.#inside.set(this.#input);
    const size = this.#run();
    if (size < -1) throw new SluiceError('bad-data', `${this.#program.name}: line ${-1 - size} is of another form`);
    if (size < 0) throw new SluiceError('internal', `${this.#program.name}: its work area is too small`);
    return this.#program.read(this.#view, this.#work, size);
  }
}

function align(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}
