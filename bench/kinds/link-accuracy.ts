import { z } from 'zod';
import { SluiceError } from '../../query/error.ts';
import { type Fragment, LANE_NAMES } from '../../query/fragment.ts';
import { makeData } from '../data/make-data.ts';
import type { Experiment } from '../experiment/experiment.ts';
import { combinations } from '../experiment/factors.ts';
import { readSettings, requireData } from '../experiment/settings.ts';
import { CurrentCluster } from '../servers/current-cluster.ts';
import type { Kind, KindContext, Metric, Session } from './kind.ts';

const settingsSchema = z.strictObject({
  /** The columns of the rows that a scan sends. */
  columns: z.array(z.string()).min(1),
  /** About the bytes of such a row on the link. */
  rowBytes: z.number().positive(),
  /** How long a transfer takes at the rate asked for, unless the object is smaller. */
  seconds: z.number().positive(),
});

/**
 * How exactly a storage node keeps to the rate of its link: a client reads raw bytes of an object (`answer` raw) or
 * rows that the node scans (`answer` scan), and takes the time from the first rows that come to the last. Factor
 * `link` is the rate asked for, in Mbit/s.
 */
export const linkAccuracy: Kind = {
  factors: ['link', 'answer', 'lane', 'format'],
  contenders: ['answer'],
  answers: [],
  open,
};

async function open(experiment: Experiment, context: KindContext): Promise<Session> {
  const { columns, rowBytes, seconds } = readSettings(settingsSchema, experiment);
  const request = requireData(experiment);
  const { name } = request;
  const data = await makeData(request, experiment.factors.format as string[], context);
  const cluster = new CurrentCluster(context.signal);
  return {
    cases: combinations(experiment.factors),
    skipped: [],
    data: [...data.records.values()],
    pids: () => cluster.pids,
    waits: () => true,
    setUp: ({ link }) => cluster.use({ data: data.path, cores: 1, link: Number(link) }),
    async measure({ link, answer, lane, format }) {
      const object = `${name}.${format}`;
      const bytes = Math.ceil(Number(link) * 125_000 * seconds);
      const { signal } = context;
      const fragment: Fragment = {
        version: 1,
        object,
        lane: z.enum(LANE_NAMES).parse(lane),
        output: {
          kind: 'rows',
          columns: columns.map((column) => ({ name: column, expression: { kind: 'column', name: column } })),
          limit: Math.ceil(bytes / rowBytes),
        },
      };
      const { nodeUrl } = cluster.running;
      const response =
        answer === 'raw'
          ? await fetch(`${nodeUrl}/v1/objects/${object}`, { headers: { range: `bytes=0-${bytes - 1}` }, signal })
          : await fetch(`${nodeUrl}/v1/scan`, {
              method: 'POST',
              headers: { 'content-type': 'application/json' },
              body: JSON.stringify(fragment),
              signal,
            });
      if (!response.ok || !response.body)
        throw new SluiceError('internal', `the node answered ${response.status}: ${await response.text()}`);
      const got = await rateOf(response.body);
      return {
        metrics: [
          { metric: 'got', value: got, unit: 'Mbit/s' },
          { metric: 'deviation', value: 100 * (got / Number(link) - 1), unit: '%' },
        ] satisfies Metric[],
      };
    },
    close: () => cluster.stop(),
  };
}

/** What comes before the first rows, and is sent before they are made, is smaller. */
const HEAD_BYTES = 4096;

/** Mbit/s, of what comes after the first rows have begun to come. */
async function rateOf(body: AsyncIterable<Uint8Array>): Promise<number> {
  let head = 0;
  let first = 0;
  let last = 0;
  let bytes = 0;
  for await (const chunk of body) {
    last = performance.now();
    if (head > HEAD_BYTES) bytes += chunk.length;
    else {
      head += chunk.length;
      first = last;
    }
  }
  if (bytes === 0) throw new SluiceError('internal', 'the answer came in one piece: no rate can be told');
  return (bytes * 8) / 1000 / (last - first);
}
