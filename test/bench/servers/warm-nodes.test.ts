import { expect, it } from 'vitest';
import type { Cluster } from '../../../bench/servers/cluster.ts';
import { WarmNodes } from '../../../bench/servers/warm-nodes.ts';

function cluster() {
  const times = { node: 500, gateway: 0 };
  return { times, running: { cpuTimes: () => ({ ...times }) } as unknown as Cluster };
}

it('a node works for its CPU time before it is measured, once for each kind of work', async () => {
  const nodes = new WarmNodes(100);
  const { times, running } = cluster();
  const work = async () => {
    times.node += 30;
  };
  await nodes.warm(running, 'csv', work);
  expect(times.node).toBe(620);
  await nodes.warm(running, 'csv', work);
  expect(times.node).toBe(620);
  await nodes.warm(running, 'parquet', work);
  expect(times.node).toBe(740);
  const another = cluster();
  await nodes.warm(another.running, 'csv', async () => {
    another.times.node += 30;
  });
  expect(another.times.node).toBe(620);
});

it('no work is done where no CPU time is asked for', async () => {
  await new WarmNodes(0).warm(cluster().running, 'csv', () => Promise.reject(new Error('not to be called')));
});
