import { LocalTransport } from '../../compute-tier/local-transport.ts';
import { QueryRunner } from '../../compute-tier/query-runner.ts';
import type { Batch } from '../../engine/column.ts';
import { Executor } from '../../engine/run/executor.ts';
import { scalarAt } from '../../engine/scalars.ts';
import { formatScalar } from '../../query/format-value.ts';
import type { LaneName } from '../../query/fragment.ts';
import { type Contender, timed } from './contender.ts';

/** Sluice embedded in this process: the scan on worker threads, the merge and what is left of the query here. */
export function openSluice(lane: LaneName, threads: number): Contender {
  const executor = new Executor({ threads });
  const runner = new QueryRunner(new LocalTransport(executor, new Map()));
  return {
    async ask({ sql, path }) {
      const text = sql.replaceAll('{table}', `"${path}"`);
      const { ms, result } = await timed(() => collect(runner, text, lane));
      return { ms, rows: result.flatMap(rowsOf) };
    },
    close: () => executor.close(),
  };
}

async function collect(runner: QueryRunner, text: string, lane: LaneName): Promise<Batch[]> {
  const { batches } = await runner.run({ text, lane, strategy: 'push', cache: false });
  return Array.fromAsync(batches);
}

/** Rows as text, as `sluice query --format csv` writes values. */
export function rowsOf({ length, columns }: Batch): string[][] {
  return Array.from({ length }, (_, row) => columns.map((column) => formatScalar(scalarAt(column, row), column.type)));
}
