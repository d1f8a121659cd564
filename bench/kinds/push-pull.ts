import { z } from 'zod';
import { SluiceError } from '../../query/error.ts';
import { digestArrow } from '../answers/arrow-digest.ts';
import { makeData } from '../data/make-data.ts';
import type { Experiment } from '../experiment/experiment.ts';
import { combinations } from '../experiment/factors.ts';
import { requireKnown } from '../experiment/known-levels.ts';
import { readSettings, requireData } from '../experiment/settings.ts';
import type { Levels } from '../samples/levels.ts';
import { CurrentCluster } from '../servers/current-cluster.ts';
import { WarmNodes } from '../servers/warm-nodes.ts';
import type { Kind, KindContext, Metric, Session } from './kind.ts';

const settingsSchema = z.strictObject({
  /** `{table}` stands for the object, `{limit}` for the bound that lets the selectivity through. */
  query: z.string(),
  /** The filtered column is uniform over 1 … `domain` times the scale of the data. */
  domain: z.number().positive(),
  /** Milliseconds from node to gateway, of every answer's first byte. */
  linkDelay: z.number().min(0).default(0),
  /** Milliseconds of CPU time that a node spends on pushed queries of each format before it is measured: see `WarmNodes`. */
  warmCpuMs: z.number().min(0).default(0),
});

/**
 * The same query pushed to the storage node, and answered by the gateway from raw bytes that it pulls, over a link of
 * limited rate (factor `link`, Mbit/s) from a node of limited speed (factor `duty`, the share of its cores). Time is
 * what the client waits for the last byte of the result as an Arrow stream. Selectivity is in percent of rows, made by
 * a bound on a column of uniform values.
 */
export const pushPull: Kind = {
  factors: ['cores', 'duty', 'link', 'format', 'lane', 'selectivity', 'strategy'],
  contenders: ['strategy'],
  answers: ['format', 'selectivity'],
  open,
};

async function open(experiment: Experiment, context: KindContext): Promise<Session> {
  const settings = readSettings(settingsSchema, experiment);
  const request = requireData(experiment);
  const cases = combinations(experiment.factors);
  cases.forEach(checkLevels);
  // Cases of one cluster stand together.
  for (const factor of ['link', 'duty', 'cores']) cases.sort((a, b) => Number(a[factor]) - Number(b[factor]));

  const table = request.name;
  const domain = settings.domain * request.scale;
  const data = await makeData(request, experiment.factors.format as string[], context);
  const cluster = new CurrentCluster(context.signal);
  const nodes = new WarmNodes(settings.warmCpuMs);

  return {
    cases,
    skipped: [],
    data: [...data.records.values()],
    pids: () => cluster.pids,
    waits: () => true,
    setUp: ({ cores, duty, link }) =>
      cluster.use({
        data: data.path,
        cores: Number(cores),
        duty: Number(duty),
        link: Number(link),
        linkDelay: settings.linkDelay,
      }),
    async measure({ format, lane, selectivity, strategy }) {
      const ask = (percent: number, way: 'push' | 'pull') => {
        const limit = Math.max(1, Math.round((domain * percent) / 100));
        const query = settings.query.replaceAll('{table}', `"${table}.${format}"`).replaceAll('{limit}', String(limit));
        const accept = 'application/vnd.apache.arrow.stream';
        return cluster.running.query({ query, lane: lane!, strategy: way, accept }, context.signal);
      };
      // What comes back is little: neither does the link delay this much, nor does a pull make a node compute.
      await nodes.warm(cluster.running, format!, () => ask(0, 'push'));
      const before = cluster.running.cpuTimes();
      const { ms, body, statistics } = await ask(Number(selectivity), strategy as 'push' | 'pull');
      const after = cluster.running.cpuTimes();
      const { rows, sha256 } = digestArrow(body);
      const { bytesOverLink } = statistics;
      const metrics: Metric[] = [
        { metric: 'time', value: ms, unit: 'ms' },
        { metric: 'rows', value: rows, unit: 'rows' },
      ];
      if (bytesOverLink !== undefined) metrics.push({ metric: 'link', value: bytesOverLink / 1e6, unit: 'MB' });
      if (before && after)
        metrics.push(
          { metric: 'node-cpu', value: after.node - before.node, unit: 'ms' },
          { metric: 'gateway-cpu', value: after.gateway - before.gateway, unit: 'ms' },
        );
      return { metrics, answer: { rows: [[String(rows), sha256]], approximate: [] } };
    },
    async close() {
      await cluster.stop();
    },
  };
}

function checkLevels(levels: Levels): void {
  requireKnown(levels, { lane: ['wasm', 'js'], format: ['csv', 'parquet'], strategy: ['push', 'pull'] });
  const bounds = { selectivity: 100, duty: 1, link: 1e6, cores: 9999 };
  for (const [factor, most] of Object.entries(bounds)) {
    const value = Number(levels[factor]);
    if (!(value > 0 && value <= most)) {
      const expected = `expected a number above 0, at most ${most}`;
      throw new SluiceError('bad-request', `factor ${factor}: "${levels[factor]}": ${expected}`);
    }
  }
}
