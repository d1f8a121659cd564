import { SystemFiles } from './system-file.ts';

/** The kind of container that this process is in, as far as it shows; null outside of any. */
export function containerKind(files = new SystemFiles(), env: NodeJS.ProcessEnv = process.env): string | null {
  if (files.read('.dockerenv') !== null) return 'docker';
  if (files.read('run/.containerenv') !== null) return 'podman';
  const group = files.read('proc/1/cgroup') ?? '';
  return env.container || (/(docker|kubepods|libpod|lxc|containerd)/.exec(group)?.[1] ?? null);
}

/** What control groups leave to this process; null where they set no limit. */
export interface Limits {
  /** In cores: 0.5 is half of one. */
  readonly cpu: number | null;
  /** Bytes. */
  readonly memory: number | null;
}

const ROOT = 'sys/fs/cgroup';

/** The tightest limits of this process's control group and those above it, of version 2 or 1. */
export function groupLimits(files = new SystemFiles()): Limits {
  const own = /^0::(\/.*)$/m.exec(files.read('proc/self/cgroup') ?? '')?.[1] ?? '/';
  const parts = own.split('/').filter((part) => part !== '');
  const folders = parts.map((_, i) => `${ROOT}/${parts.slice(0, i + 1).join('/')}`);
  const cpu: number[] = [];
  const memory: number[] = [];
  for (const folder of [ROOT, ...folders]) {
    const [quota, period] = (files.read(`${folder}/cpu.max`) ?? 'max').split(' ').map(Number);
    if (quota && period) cpu.push(quota / period);
    const most = files.number(`${folder}/memory.max`);
    if (most !== null) memory.push(most);
  }
  const quota = files.number(`${ROOT}/cpu/cpu.cfs_quota_us`);
  const period = files.number(`${ROOT}/cpu/cpu.cfs_period_us`);
  if (quota !== null && period !== null && quota > 0) cpu.push(quota / period);
  const most = files.number(`${ROOT}/memory/memory.limit_in_bytes`);
  // Version 1 says "no limit" by a number that no machine has.
  if (most !== null && most < 2 ** 60) memory.push(most);
  return {
    cpu: cpu.length > 0 ? Math.min(...cpu) : null,
    memory: memory.length > 0 ? Math.min(...memory) : null,
  };
}
