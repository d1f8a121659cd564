import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SluiceError } from '../../query/error.ts';
import type { ResultColumn } from '../answers/group-answer.ts';
import type { HeldTable } from './held-table.ts';
import { NativeProgram } from './native-program.ts';

/**
 * The queries of `native/engine.c` in a process that holds the columns. It is told a query's name and a number of rows
 * a line, and answers with the nanoseconds that it took and the values of the result; those of groups stand in a file.
 */
export class NativeEngine {
  readonly #program: NativeProgram;

  private constructor(program: NativeProgram) {
    this.#program = program;
  }

  /** Throws `internal` when the source does not compile. */
  static async start({ object, columns }: HeldTable): Promise<NativeEngine> {
    const program = await NativeProgram.start('engine', async (folder) => {
      for (const [index, { name }] of object.schema.entries()) {
        const column = columns[index]!;
        await writeFile(join(folder, name), column.kind === 'utf8' ? column.offsets : column.values);
        if (column.kind === 'utf8') await writeFile(join(folder, `${name}.text`), column.bytes);
      }
    });
    return new NativeEngine(program);
  }

  get pid(): number {
    return this.#program.pid;
  }

  /** Runs a query over the first `rows` rows. */
  async query(name: string, rows: number): Promise<{ ms: number; columns: ResultColumn[] }> {
    const [nanoseconds, groups, ...lines] = (await this.#program.ask(`${name} ${rows}`)).split('\t');
    if (groups === undefined) throw new SluiceError('internal', `native: no answer to "${name}"`);
    const ms = Number(nanoseconds) / 1e6;
    if (groups === '-') {
      const cells = lines.map((line) => line.split('\u001f'));
      return { ms, columns: (cells[0] ?? []).map((_, column) => cells.map((row) => row[column] ?? '')) };
    }
    const { buffer, byteOffset } = await readFile(join(this.#program.folder, 'groups'));
    const count = Number(groups);
    const bytes = buffer.slice(byteOffset, byteOffset + 12 * count);
    return { ms, columns: [new Int32Array(bytes.slice(8 * count)), new Float64Array(bytes.slice(0, 8 * count))] };
  }

  close(): Promise<void> {
    return this.#program.close();
  }
}
