import { SluiceError } from '../../query/error.ts';
import { NativeProgram } from '../engines/native-program.ts';
import { type ArrayKernel, type Arrays, arrayAt, bytesOf } from './kernels/array-kernel.ts';
import type { ArrayLane } from './lane.ts';
import { checksumText, isShown, resultText } from './result-text.ts';

/**
 * The kernels in C, in a process that holds the arrays and has a clock of its own. A C compiler must be there.
 * @throws SluiceError `internal` when the source does not compile.
 */
export async function nativeLane(): Promise<ArrayLane> {
  return new NativeLane(await NativeProgram.start('array-kernels'));
}

class NativeLane implements ArrayLane {
  readonly #program: NativeProgram;
  #loaded: { kernel: ArrayKernel; n: number } | undefined;

  constructor(program: NativeProgram) {
    this.#program = program;
  }

  get pid(): number {
    return this.#program.pid;
  }

  async load(kernel: ArrayKernel, { n, first, second }: Arrays): Promise<void> {
    const inputs = [first, second].map(({ buffer, byteOffset, byteLength }) => {
      return new Uint8Array(buffer, byteOffset, byteLength);
    });
    const out = bytesOf(kernel.out.type, kernel.out.room(n));
    await this.#program.ask(`load ${first.byteLength} ${second.byteLength} ${out}`, inputs);
    this.#loaded = { kernel, n };
  }

  async time(ms: number): Promise<number> {
    const { kernel, n } = this.#current();
    return Number(await this.#program.ask(`time ${kernel.name} ${n} ${kernel.second.length(n)} ${ms}`)) / 1e6;
  }

  async result(): Promise<string[]> {
    const { kernel, n } = this.#current();
    const { type, result } = kernel.out;
    const bytes = bytesOf(type, result(n));
    if (!isShown(kernel, n)) return [checksumText(Number(await this.#program.ask(`checksum ${bytes}`)))];
    const { buffer } = Uint8Array.from(Buffer.from(await this.#program.ask(`result ${bytes}`), 'hex'));
    const none = arrayAt('u8', buffer, 0, 0);
    return resultText(kernel, { n, first: none, second: none, out: arrayAt(type, buffer, 0, result(n)) });
  }

  close(): Promise<void> {
    return this.#program.close();
  }

  #current() {
    if (!this.#loaded) throw new SluiceError('internal', 'the native array lane runs before anything is loaded');
    return this.#loaded;
  }
}
