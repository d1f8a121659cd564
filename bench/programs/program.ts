/** A small program over text: the same task in JavaScript, as one writes it, and in WASM. */
export interface Program {
  readonly name: string;
  /** Makes lines of ASCII, together a little less than `bytes`; the same ones for one seed. */
  input(bytes: number, random: () => number): Uint8Array;
  /** From the input's bytes to the result. */
  js(input: Uint8Array): ProgramResult;
  /** Bytes of the work area for an input of `bytes`. */
  room(bytes: number): number;
  /** Reads the result that the kernel left: `size` bytes, see bench/kernels/programs/. */
  read(memory: DataView, work: WorkArea, size: number): ProgramResult;
}

/** In a linear memory, in bytes. */
export interface WorkArea {
  readonly at: number;
  readonly room: number;
  /** Of the input. */
  readonly length: number;
}

/** Rows of text; of the sort, the sorted bytes. */
export type ProgramResult = readonly (readonly string[])[] | Uint8Array;

/** Numbers of 64 bits that stand behind each other, as text. */
export function readNumbers(memory: DataView, at: number, count: number): string[] {
  return Array.from({ length: count }, (_, i) => String(memory.getBigUint64(at + 8 * i, true)));
}

/** Lines, each with an LF, until the next one would exceed `bytes`. */
export function makeLines(bytes: number, next: () => string): Uint8Array {
  const lines: string[] = [];
  for (let left = bytes; ; ) {
    const line = next();
    left -= line.length + 1;
    if (left < 0) break;
    lines.push(line, '\n');
  }
  return Buffer.from(lines.join(''), 'latin1');
}

/** A whole number from 0 to less than `limit`. */
export function below(random: () => number, limit: number): number {
  return Math.floor(random() * limit);
}

/** ASCII as a string of one byte a character. */
export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}
