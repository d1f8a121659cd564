import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, freemem, platform, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';

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
  /** Frequency governor of the first core; null where the kernel does not tell. */
  governor: z.string().nullable(),
  /** Bytes, in all and free at the start. */
  memory: z.object({ total: z.number(), free: z.number() }),
  kernel: z.string(),
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
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    governor: readLine('/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor'),
    memory: { total: totalmem(), free: freemem() },
    kernel: `${platform()} ${release()} ${arch()}`,
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

function readLine(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
}
