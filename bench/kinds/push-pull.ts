import { z } from 'zod';
import { SluiceError } from '../../query/error.ts';
import { digestArrow } from '../answers/arrow-digest.ts';
import { makeData } from '../data/make-data.ts';
import { schemaError } from '../experiment/complaint.ts';
import type { Experiment } from '../experiment/experiment.ts';
import { combinations } from '../experiment/factors.ts';
import type { Levels } from '../samples/levels.ts';
import { ClusterByCores } from '../servers/cluster-by-cores.ts';
import type { Kind, KindContext, Session } from './kind.ts';

const settingsSchema = z.strictObject({
  /** Rate of the link between node and gateway, Mbit/s. */
  link: z.number().positive(),
  /** `{table}` stands for the object, `{limit}` for the bound that lets the selectivity through. */
  query: z.string(),
  /** The filtered column is uniform over 1 … `domain` times the scale of the data. */
  domain: z.number().positive(),
});

/**
 * The same query pushed to the storage node, and answered by the gateway from raw bytes that it pulls, over a link of
 * limited rate. Time is what the client waits for the last byte of the result as an Arrow stream. Selectivity is in
 * percent of rows, made by a bound on a column of uniform values.
 */
export const pushPull: Kind = {
  factors: ['cores', 'format', 'lane', 'selectivity', 'strategy'],
  contenders: ['strategy'],
  answers: ['format', 'selectivity'],
  open,
};

async function open(experiment: Experiment, context: KindContext): Promise<Session> {
  const parsed = settingsSchema.safeParse(experiment.settings);
  if (!parsed.success) throw schemaError(parsed.error, `experiment ${experiment.name}: settings`);
  const settings = parsed.data;
  if (!experiment.data) throw new SluiceError('bad-request', `experiment ${experiment.name}: data: it needs data`);
  const cases = combinations(experiment.factors);
  cases.sort((a, b) => Number(a.cores) - Number(b.cores));
  cases.forEach(checkLevels);

  const table = experiment.data.name;
  const domain = settings.domain * experiment.data.scale;
  const data = await makeData(experiment.data, experiment.factors.format as string[], context);
  const cluster = new ClusterByCores({ data: data.path, link: settings.link }, context.signal);

  return {
    cases,
    skipped: [],
    data: [...data.records.values()],
    pids: () => cluster.pids,
    waits: () => true,
    setUp: ({ cores }) => cluster.use(Number(cores)),
    async measure({ format, lane, selectivity, strategy }) {
      const limit = Math.max(1, Math.round((domain * Number(selectivity)) / 100));
      const query = settings.query.replaceAll('{table}', `"${table}.${format}"`).replaceAll('{limit}', String(limit));
      const { ms, body, statistics } = await cluster.running.query(
        { query, lane: lane!, strategy: strategy as 'push' | 'pull', accept: 'application/vnd.apache.arrow.stream' },
        context.signal,
      );
      const { rows, sha256 } = digestArrow(body);
      return {
        metrics: [
          { metric: 'time', value: ms, unit: 'ms' },
          { metric: 'rows', value: rows, unit: 'rows' },
          ...(statistics.bytesOverLink === undefined
            ? []
            : [{ metric: 'link', value: statistics.bytesOverLink / 1e6, unit: 'MB' }]),
        ],
        answer: { rows: [[String(rows), sha256]], approximate: [] },
      };
    },
    async close() {
      await cluster.stop();
    },
  };
}

function checkLevels(levels: Levels): void {
  const allowed = { lane: ['wasm', 'js'], format: ['csv', 'parquet'], strategy: ['push', 'pull'] };
  for (const [factor, choice] of Object.entries(allowed)) {
    if (!choice.includes(levels[factor]!)) {
      throw new SluiceError('bad-request', `factor ${factor}: no level "${levels[factor]}" (${choice.join(', ')})`);
    }
  }
  const percent = Number(levels.selectivity);
  if (!(percent > 0 && percent <= 100)) {
    throw new SluiceError('bad-request', `factor selectivity: "${levels.selectivity}" is no percentage above 0`);
  }
}
