import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { watchMachine } from '../../../bench/runner/disturbance.ts';

function work(ms: number): void {
  const cpu = process.cpuUsage();
  for (let spent = 0; spent < ms; ) {
    const { user, system } = process.cpuUsage(cpu);
    spent = (user + system) / 1000;
  }
}

describe('a watched measurement', () => {
  it('tells the CPU time of this process', () => {
    const watch = watchMachine([], true);
    work(50);
    const { cpu, wall } = watch.stop();
    expect(cpu).toBeGreaterThanOrEqual(50);
    expect(wall).toBeGreaterThan(0);
  });

  it('is disturbed when the process stood still, unless it may wait', async () => {
    const watches = [watchMachine([], false), watchMachine([], true)];
    await sleep(300);
    const [bound] = watches.map((watch) => watch.stop());
    expect(bound!.wall - bound!.cpu!).toBeGreaterThan(0.25 * bound!.wall);
    expect(bound!.disturbed).toBe(true);
  });

  it('has no CPU time when a process of the session cannot be looked at', () => {
    expect(watchMachine([2 ** 30], false).stop().cpu).toBeUndefined();
  });
});
