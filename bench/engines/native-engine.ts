import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { SluiceError } from '../../query/error.ts';
import type { ResultColumn } from '../answers/group-answer.ts';
import { adopt } from '../servers/adopt.ts';
import type { HeldTable } from './held-table.ts';

const SOURCE = fileURLToPath(new URL('./native/engine.c', import.meta.url));
const COMPILER = 'cc';
const FLAGS = ['-O3', '-march=native', '-std=gnu11'];

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
 * The queries of `native/engine.c`, compiled for this machine, in a process that holds the columns. It is told a
 * query's name and a number of rows a line, and answers with the nanoseconds that it took and the values of the result; those of groups
 * stand in a file.
 */
export class NativeEngine {
  readonly #folder: string;
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;

  private constructor(folder: string, process: ChildProcessWithoutNullStreams) {
    this.#folder = folder;
    this.#process = process;
    this.#lines = createInterface(process.stdout)[Symbol.asyncIterator]();
  }

  /** Throws `internal` when the source does not compile. */
  static async start({ object, columns }: HeldTable): Promise<NativeEngine> {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-native-'));
    const program = join(folder, 'engine');
    await promisify(execFile)(COMPILER, [...FLAGS, '-o', program, SOURCE, '-lm']).catch((error: Error) => {
      throw new SluiceError('internal', `${COMPILER} ${FLAGS.join(' ')} ${SOURCE}: ${error.message}`);
    });
    for (const [index, { name }] of object.schema.entries()) {
      const column = columns[index]!;
      await writeFile(join(folder, name), column.kind === 'utf8' ? column.offsets : column.values);
      if (column.kind === 'utf8') await writeFile(join(folder, `${name}.text`), column.bytes);
    }
    const child = adopt(spawn(program, [folder]));
    // A write to a program that has ended shows in its missing answer.
    child.stdin.on('error', () => {});
    child.stderr.pipe(process.stderr);
    return new NativeEngine(folder, child);
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** Runs a query over the first `rows` rows. */
  async query(name: string, rows: number): Promise<{ ms: number; columns: ResultColumn[] }> {
    this.#process.stdin.write(`${name} ${rows}\n`);
    const { value } = await this.#lines.next();
    const [nanoseconds, groups, ...lines] = String(value).split('\t');
    if (value === undefined || groups === undefined)
      throw new SluiceError('internal', `native: no answer to "${name}"`);
    const ms = Number(nanoseconds) / 1e6;
    if (groups === '-') {
      const cells = lines.map((line) => line.split('\u001f'));
      return { ms, columns: (cells[0] ?? []).map((_, column) => cells.map((row) => row[column] ?? '')) };
    }
    const { buffer, byteOffset } = await readFile(join(this.#folder, 'groups'));
    const count = Number(groups);
    const bytes = buffer.slice(byteOffset, byteOffset + 12 * count);
    return { ms, columns: [new Int32Array(bytes.slice(8 * count)), new Float64Array(bytes.slice(0, 8 * count))] };
  }

  async close(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const exited = once(this.#process, 'exit');
      this.#process.stdin.end();
      await exited;
    }
    await rm(this.#folder, { recursive: true });
  }
}
