import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { KernelReply } from '../arrays/main.ts';
import { startContender } from '../contenders/contender-process.ts';
import { Cluster } from '../servers/cluster.ts';
import { LineProcess } from '../servers/line-process.ts';
import type { Place } from '../servers/place.ts';
import { processTime } from '../servers/process-time.ts';
import { pushQuery } from '../servers/pushed-query.ts';
import { ServerProcess } from '../servers/server-process.ts';
import type { Measurement, Metric } from './kind.ts';

const KERNEL_MAIN = fileURLToPath(new URL('../arrays/main.ts', import.meta.url));

/** What the paths work on. */
export interface PathSettings {
  /** The array kernel: its name, its lane, the number of elements, and how many ms a measurement lasts at least. */
  readonly kernel: { readonly name: string; readonly lane: string; readonly size: number; readonly time: number };
  /** Scans and requests: `{table}` stands for the object. */
  readonly sql: string;
  readonly lane: 'wasm' | 'js';
  /** Worker threads of the storage node. */
  readonly cores: number;
  /** A sample repeats its request for so many ms, and holds the mean. */
  readonly atLeastMs: number;
}

/** Where a path's processes run. */
export interface PathPlace {
  readonly place: Place;
  /** The same, but with a limited share of the cores: for the storage node, if it has a limit. */
  readonly node: Place;
  /** The share of its cores that the storage node keeps to by itself. */
  readonly duty?: number;
}

export interface PathData {
  readonly folder: string;
  readonly table: string;
}

/** Processes that stand ready in a place, to be measured again and again. */
export interface ReadyPath {
  /** Those that work; a 0 where they cannot be told, so that nothing is said of their CPU time. */
  readonly pids: readonly number[];
  measure(): Promise<Measurement>;
  stop(): Promise<void>;
}

type OpenPath = (
  where: PathPlace,
  settings: PathSettings,
  data: PathData,
  signal: AbortSignal,
) => Promise<ReadyPath> | ReadyPath;

/** The paths by the level of the factor `path`. */
export const PATHS: Readonly<Record<string, OpenPath>> = {
  kernel: openKernel,
  'scan-csv': (where, settings, data) => openScan(where, settings, data, 'csv'),
  'scan-parquet': (where, settings, data) => openScan(where, settings, data, 'parquet'),
  request: openRequest,
  'start-kernel': ({ place }, { kernel }) => startsOf(() => startKernel(place, kernel)),
  'start-server': ({ place }, _, data, signal) => startsOf(() => startNode(place, data, signal)),
};

async function openKernel({ place }: PathPlace, { kernel }: PathSettings): Promise<ReadyPath> {
  const running = await startKernel(place, kernel);
  return {
    pids: running.pids,
    async measure() {
      const { ms, cells } = await running.ask(kernel.time);
      return { metrics: [timeMetric(ms)], answer: { rows: [cells], approximate: [] } };
    },
    stop: () => running.stop(),
  };
}

function startKernel(place: Place, { name, size, lane }: PathSettings['kernel']) {
  return LineProcess.start<number, KernelReply>(`kernel ${name}`, [KERNEL_MAIN, name, String(size), lane], { place });
}

async function openScan(
  { place }: PathPlace,
  { sql, lane }: PathSettings,
  { folder, table }: PathData,
  format: string,
): Promise<ReadyPath> {
  const running = await startContender(lane, 1, place);
  return {
    pids: running.pids,
    async measure() {
      const { ms, rows } = await running.ask({ query: 'scan', sql, path: join(folder, `${table}.${format}`) });
      return { metrics: [timeMetric(ms)], answer: { rows, approximate: [] } };
    },
    stop: () => running.stop(),
  };
}

async function openRequest(
  { place, node, duty }: PathPlace,
  { sql, lane, cores, atLeastMs }: PathSettings,
  { folder, table }: PathData,
  signal: AbortSignal,
): Promise<ReadyPath> {
  // The image need not have what pins threads: so nobody pins them.
  const settings = { data: folder, cores, pin: false, ...(duty !== undefined && { duty }) };
  const cluster = await Cluster.start(settings, signal, { node: { place: node }, gateway: { place } });
  const query = sql.replaceAll('{table}', `"${table}.csv"`);
  return {
    pids: cluster.pids,
    async measure() {
      const { ms, nodeMs, rows } = await pushQuery(cluster, query, lane, atLeastMs, signal);
      const metrics = [timeMetric(ms)];
      if (nodeMs !== undefined) metrics.push({ metric: 'node-cpu', value: nodeMs, unit: 'ms' });
      return { metrics, answer: { rows, approximate: [] } };
    },
    stop: () => cluster.stop(),
  };
}

function startNode(place: Place, { folder }: PathData, signal: AbortSignal): Promise<ServerProcess> {
  const args = ['node', '--data', folder, '--listen', '127.0.0.1:0', '--cores', '1', '--no-pin'];
  return ServerProcess.start(args, signal, { place });
}

type Started = Pick<ServerProcess, 'pid' | 'startMs' | 'stop'>;

/** Measures starts: each begins with nothing, and is over when the process says that it is ready. */
function startsOf(start: () => Promise<Started>): ReadyPath {
  return {
    pids: [0],
    async measure() {
      const running = await start();
      const cpu = processTime(running.pid);
      await running.stop();
      const metrics = [timeMetric(running.startMs)];
      if (cpu !== undefined) metrics.push({ metric: 'cpu', value: cpu, unit: 'ms' });
      return { metrics };
    },
    stop: async () => {},
  };
}

function timeMetric(value: number): Metric {
  return { metric: 'time', value, unit: 'ms' };
}
