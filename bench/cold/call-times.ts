import '../servers/end-with-parent.ts';
import { type Tier, tierReader } from './tiers.ts';
import type { CallTimes, Work, WorkRequest } from './work.ts';

// A process of the experiment warm-up: it prepares one kind of work, calls it so often, and tells how long each took.

/** Until then the clock itself is not compiled, and would be measured with the calls. */
const CLOCK_CALLS = 20_000;

const request = JSON.parse(process.argv[2]!) as WorkRequest;
for (let i = 0; i < CLOCK_CALLS; i++) performance.now();

const start = performance.now();
const work: Work =
  request.kind === 'kernel'
    ? await (await import('./kernel-work.ts')).prepareKernel(request)
    : await (await import('./query-work.ts')).prepareQuery(request);
const opening = performance.now() - start;

const { code, call } = work;
const tierOf = code === undefined ? undefined : tierReader(request.lane !== 'js');
const times = new Float64Array(request.calls);
const tiers: (Tier | null)[] = [];
for (let i = 0; i < times.length; i++) {
  const before = performance.now();
  const pending = call();
  if (pending) await pending;
  times[i] = performance.now() - before;
  if (tierOf) tiers.push(tierOf(code));
}
const { user, system } = process.cpuUsage();
const told: CallTimes = { opening, times: [...times], tiers, cpu: (user + system) / 1000, rows: work.rows() };
process.stdout.write(JSON.stringify(told));
