import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { SluiceError } from '../../query/error.ts';
import { makeData } from '../data/make-data.ts';
import type { Experiment } from '../experiment/experiment.ts';
import { combinations } from '../experiment/factors.ts';
import { readSettings, requireData } from '../experiment/settings.ts';
import type { Cluster } from '../servers/cluster.ts';
import { CurrentCluster } from '../servers/current-cluster.ts';
import type { Kind, KindContext, Metric, Session } from './kind.ts';

const settingsSchema = z.strictObject({
  /** `{table}` stands for the object. */
  query: z.string(),
  /** How long a sample lasts. */
  seconds: z.number().positive(),
});

/** Than workers: there is always a query that waits. */
const MORE_CLIENTS = 2;

/**
 * How exactly a storage node keeps to its duty under steady load: more clients than it has workers put the same
 * query again and again, while the CPU time of the node's process is read from the system before and after some
 * seconds. What it got, and what it was asked for, are percents of its cores.
 */
export const dutyAccuracy: Kind = {
  factors: ['cores', 'format', 'lane', 'duty'],
  contenders: ['lane'],
  answers: [],
  open,
};

async function open(experiment: Experiment, context: KindContext): Promise<Session> {
  const { query, seconds } = readSettings(settingsSchema, experiment);
  const request = requireData(experiment);
  const table = request.name;
  const data = await makeData(request, experiment.factors.format as string[], context);
  const cluster = new CurrentCluster(context.signal);
  return {
    cases: combinations(experiment.factors),
    skipped: [],
    data: [...data.records.values()],
    pids: () => cluster.pids,
    waits: () => true,
    setUp: ({ cores, duty }) => cluster.use({ data: data.path, cores: Number(cores), duty: Number(duty) }),
    async measure({ cores, format, lane, duty }) {
      const ask = () =>
        cluster.running.query(
          {
            query: query.replaceAll('{table}', `"${table}.${format}"`),
            lane: lane!,
            strategy: 'push',
            accept: 'text/csv',
          },
          context.signal,
        );
      const got = await underLoad(ask, Number(cores) + MORE_CLIENTS, () =>
        shareOf(cluster.running, Number(cores), seconds, context),
      );
      return {
        metrics: [
          { metric: 'got', value: got, unit: '%' },
          { metric: 'deviation', value: got - 100 * Number(duty), unit: 'points' },
        ] satisfies Metric[],
      };
    },
    close: () => cluster.stop(),
  };
}

/** Measures while so many clients ask, from when each has had an answer. */
async function underLoad(
  ask: () => Promise<unknown>,
  clients: number,
  measure: () => Promise<number>,
): Promise<number> {
  let measured = false;
  const begun = Array.from({ length: clients }, () => Promise.withResolvers<void>());
  const loads = begun.map(async ({ resolve }) => {
    while (!measured) {
      await ask();
      resolve();
    }
  });
  const all = Promise.all(loads);
  try {
    await Promise.race([Promise.all(begun.map(({ promise }) => promise)), all]);
    return await measure();
  } finally {
    measured = true;
    await all;
  }
}

/** Percent of `cores` that the node uses over some seconds. */
async function shareOf(cluster: Cluster, cores: number, seconds: number, { signal }: KindContext): Promise<number> {
  const before = cluster.cpuTimes();
  const start = performance.now();
  await sleep(seconds * 1000, undefined, { signal });
  const after = cluster.cpuTimes();
  if (!before || !after)
    throw new SluiceError(
      'unsupported',
      'this system does not tell the CPU time of other processes: there is no /proc',
    );
  return (100 * (after.node - before.node)) / (performance.now() - start) / cores;
}
