import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { SluiceError } from '../../query/error.ts';
import { adopt } from '../servers/adopt.ts';

const SOURCES = new URL('./native/', import.meta.url);
const COMPILER = 'cc';
const FLAGS = ['-O3', '-march=native', '-std=gnu11', '-pthread'];
/** Bytes written to the program at a time. */
const CHUNK = 1 << 24;

/** The version of the C compiler; undefined when there is none. */
export async function compilerVersion(): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(COMPILER, ['--version']);
    return stdout.split('\n')[0];
  } catch {
    return undefined;
  }
}

/**
 * A file of `native/`, compiled for this machine, and its process. It gets the path of a folder of its own, then
 * answers each line that it is asked by one line.
 */
export class NativeProgram {
  readonly folder: string;
  readonly #name: string;
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;

  private constructor(name: string, folder: string, child: ChildProcessWithoutNullStreams) {
    this.folder = folder;
    this.#name = name;
    this.#process = child;
    this.#lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    // A program that has ended gives no answer either, which is what is told.
    child.stdin.on('error', () => {});
    child.stderr.pipe(process.stderr);
  }

  /**
   * @param prepare Writes what the program reads from its folder as it starts.
   * @throws SluiceError `internal` when the source does not compile.
   */
  static async start(name: string, prepare?: (folder: string) => Promise<void>): Promise<NativeProgram> {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-native-'));
    try {
      const program = join(folder, 'program');
      const source = fileURLToPath(new URL(`${name}.c`, SOURCES));
      await promisify(execFile)(COMPILER, [...FLAGS, '-o', program, source, '-lm']).catch((error: Error) => {
        throw new SluiceError('internal', `${COMPILER} ${FLAGS.join(' ')} ${source}: ${error.message}`);
      });
      await prepare?.(folder);
      return new NativeProgram(name, folder, adopt(spawn(program, [folder])));
    } catch (error) {
      await rm(folder, { recursive: true });
      throw error;
    }
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /**
   * Asks one line, with the bytes of `arrays` behind it.
   * @throws SluiceError `internal` when the program ends without an answer.
   */
  async ask(line: string, arrays: readonly Uint8Array[] = []): Promise<string> {
    this.#process.stdin.write(`${line}\n`);
    for (const bytes of arrays) {
      for (let at = 0; at < bytes.length; at += CHUNK) await this.#write(bytes.subarray(at, at + CHUNK));
    }
    const { value } = await this.#lines.next();
    if (value === undefined) throw new SluiceError('internal', `native ${this.#name}: no answer to "${line}"`);
    return String(value);
  }

  async close(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const exited = once(this.#process, 'exit');
      this.#process.stdin.end();
      await exited;
    }
    await rm(this.folder, { recursive: true });
  }

  #write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      this.#process.stdin.write(bytes, () => resolve());
    });
  }
}
