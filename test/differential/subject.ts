import { LocalTransport } from '../../compute-tier/local-transport.ts';
import { QueryRunner } from '../../compute-tier/query-runner.ts';
import { Executor } from '../../engine/run/executor.ts';
import { scalarAt } from '../../engine/scalars.ts';
import type { LaneName } from '../../query/fragment.ts';
import type { Scalar } from '../../query/types.ts';
import type { Answer } from './answer.ts';

/** Sluice in its embedded form over files. */
export class Subject {
  readonly #executor: Executor;
  readonly #runner: QueryRunner;

  constructor(tables: ReadonlyMap<string, string>, threads: number) {
    this.#executor = new Executor({ threads });
    this.#runner = new QueryRunner(new LocalTransport(this.#executor, tables));
  }

  async answer(text: string, lane: LaneName): Promise<Answer & { readonly names: readonly string[] }> {
    const query = await this.#runner.run({ text, lane, strategy: 'push', cache: false });
    const rows: Scalar[][] = [];
    for await (const { columns, length } of query.batches)
      for (let row = 0; row < length; row++) rows.push(columns.map((column) => scalarAt(column, row)));
    return { names: query.schema.map(({ name }) => name), types: query.schema.map(({ type }) => type), rows };
  }

  close(): Promise<void> {
    return this.#executor.close();
  }
}
