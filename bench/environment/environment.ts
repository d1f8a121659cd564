import { execFile } from 'node:child_process';
import { arch, availableParallelism, freemem, platform, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { dataCaches } from './caches.ts';
import { containerKind, groupLimits } from './container.ts';
import { cpuModel } from './cpu-model.ts';
import { machineStateSchema, readMachineState } from './machine-state.ts';
import { SystemFiles } from './system-file.ts';

export const environmentSchema = z.object({
  /** Of the checkout; `unknown` where it is no git checkout. */
  commit: z.string(),
  /** Files differ from the commit. */
  dirty: z.boolean(),
  node: z.string(),
  v8: z.string(),
  cpu: z.string(),
  /** Usable by this process. */
  cores: z.number(),
  /** Bytes of the first core's data caches, the nearest first; empty where the system does not tell. */
  caches: z.array(z.number()),
  /** The machine's name by its firmware, such as "Raspberry Pi 5 Model B Rev 1.0"; null where it has none. */
  board: z.string().nullable(),
  /** Bytes, in all and free at the start. */
  memory: z.object({ total: z.number(), free: z.number() }),
  kernel: z.string(),
  /** The kind of container; null outside of any. */
  container: z.string().nullable(),
  /** Of control groups, in cores and bytes; null where there are none. */
  limits: z.object({ cpu: z.number().nullable(), memory: z.number().nullable() }),
  /** When the run began. */
  before: machineStateSchema,
  /** When it ended, or was cut off; null while it is under way. */
  after: machineStateSchema.nullable(),
});

/** Where a run took place. */
export type Environment = z.infer<typeof environmentSchema>;

export async function readEnvironment(): Promise<Environment> {
  const commit = await git('rev-parse', 'HEAD');
  const changes = await git('status', '--porcelain');
  return {
    commit: commit ?? 'unknown',
    dirty: changes === undefined || changes !== '',
    node: process.version,
    v8: process.versions.v8,
    cpu: cpuModel(),
    cores: availableParallelism(),
    caches: dataCaches(),
    board: boardName(),
    memory: { total: totalmem(), free: freemem() },
    kernel: `${platform()} ${release()} ${arch()}`,
    container: containerKind(),
    limits: groupLimits(),
    before: await readMachineState(),
    after: null,
  };
}

async function git(...args: string[]): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)('git', args, {
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
    });
    return stdout.trim();
  } catch {
    return undefined;
  }
}

function boardName(): string | null {
  const files = new SystemFiles();
  return files.read('proc/device-tree/model') ?? files.read('sys/devices/virtual/dmi/id/product_name');
}

/** What would make a reader doubt the numbers: in words, a sentence each. */
export function doubts({ before, after }: Environment): string[] {
  const throttled = [...new Set([...(before.throttled?.now ?? []), ...(after?.throttled?.now ?? [])])];
  const since = (after?.throttled?.sinceBoot ?? []).filter((flag) => !before.throttled?.sinceBoot.includes(flag));
  const all = [...new Set([...throttled, ...since])];
  return all.length === 0 ? [] : [`the processor did not run at full speed: ${all.join(', ')}`];
}
