import { join } from 'node:path';
import { combinations } from '../../../bench/experiment/factors.ts';
import { parseExperiment } from '../../../bench/experiment/read-experiments.ts';
import { type Run, writeRun } from '../../../bench/results/run-folder.ts';
import { EXPERIMENT } from './kind.ts';

/** A run of the fake experiment, measured by nobody: lane a takes 1 ms a size, b 2 ms, each round some percent more. */
export function fakeRun(folder: string): Run {
  const experiment = parseExperiment(EXPERIMENT, 'workloads/fake.yaml');
  const samples = combinations(experiment.factors).flatMap((levels) =>
    [0, 1, 2, 3].map((round) => ({
      experiment: 'fake',
      levels,
      round,
      metric: 'time',
      value: Number(levels.size) * (levels.lane === 'a' ? 1 : 2) * (1 + round / 100),
      unit: 'ms',
      disturbed: false,
    })),
  );
  return {
    folder,
    samples,
    manifest: {
      started: '2026-01-01T00:00:00.000Z',
      finished: '2026-01-01T00:01:00.000Z',
      resumed: [],
      environment: {
        commit: 'abc',
        dirty: false,
        node: 'v26.0.0',
        v8: '14',
        cpu: 'a processor',
        cores: 2,
        caches: [],
        memory: { total: 2, free: 1 },
        kernel: 'linux',
        board: null,
        container: null,
        limits: { cpu: null, memory: null },
        before: { cores: [], celsius: {}, throttled: null },
        after: null,
      },
      unwatched: [],
      machines: [],
      flags: [],
      size: 'full',
      seed: 1,
      data: [],
      notes: [],
      skipped: [],
      contests: [{ experiment: 'fake', levels: { size: '1' }, rounds: 4, width: 0.03, seconds: 1, stopped: 'most' }],
      failed: [],
      wrong: [],
      experiments: [experiment],
    },
  };
}

/** The same, written to a folder under `parent`. */
export async function writeFakeRun(parent: string, name: string): Promise<Run> {
  const run = fakeRun(join(parent, name));
  await writeRun(run);
  return run;
}
