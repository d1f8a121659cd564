import { describe, expect, it } from 'vitest';
import { CpuBudget, type CpuClock, CpuPacer } from '../../../engine/run/cpu-budget.ts';

/** Time that only passes when somebody works or sleeps. */
class FakeTime implements CpuClock {
  ms = 1e6;
  cpu = 0;
  /** Of the one worker. */
  workerCpu = 0;
  readonly sleeps: number[] = [];

  now = () => this.ms;
  processTime = () => this.cpu;
  threadTime = () => this.workerCpu;

  sleep = (ms: number) => {
    this.sleeps.push(ms);
    this.ms += ms + 0.1;
  };

  /** The worker computes, and `others` threads at the same time. */
  work(ms: number, others = 0): void {
    this.ms += ms;
    this.workerCpu += ms;
    this.cpu += ms * (1 + others);
  }

  idle(ms: number): void {
    this.ms += ms;
  }
}

const never = () => false;

function open(duty: number, cores = 1) {
  const time = new FakeTime();
  const budget = new CpuBudget(duty, cores, time);
  const pacer = new CpuPacer(budget.shared, time, time.sleep);
  return { time, budget, pacer };
}

/** The share of so many cores that the process uses while the worker works 3 ms at a time, for 5 s. */
function shareOf({ time, pacer }: ReturnType<typeof open>, cores = 1, others = 0): number {
  pacer.pause(never);
  const [start, used] = [time.ms, time.cpu];
  while (time.ms < start + 5000) {
    time.work(3, others);
    pacer.pause(never);
  }
  return (time.cpu - used) / (time.ms - start) / cores;
}

describe('a CPU budget', () => {
  it.each([0.05, 0.25, 0.5])('lets a worker use %f of its time, within a point', (duty) => {
    expect(Math.abs(shareOf(open(duty)) - duty)).toBeLessThan(0.01);
  });

  it('never sleeps for more than 10 ms at a time', () => {
    const parts = open(0.01);
    shareOf(parts);
    expect(Math.max(...parts.time.sleeps)).toBeLessThanOrEqual(10);
  });

  it('spends most of a small duty on work, though each sleep costs CPU time', () => {
    const { time, pacer } = open(0.05);
    const start = time.ms;
    let useful = 0;
    pacer.pause(never);
    const used = time.cpu;
    while (time.ms < start + 5000) {
      time.work(0.2);
      useful += 0.2;
      const before = time.sleeps.length;
      pacer.pause(never);
      time.work(0.1 * (time.sleeps.length - before));
    }
    expect(useful / (time.cpu - used)).toBeGreaterThan(0.75);
  });

  it('makes workers pay for what other threads of the process use', () => {
    expect(Math.abs(shareOf(open(0.25), 1, 0.6) - 0.25)).toBeLessThan(0.01);
  });

  it('keeps one worker to its share of one core where others leave theirs', () => {
    const parts = open(0.25, 4);
    expect(shareOf(parts)).toBeCloseTo(0.25, 2);
  });

  it('does not save up what nobody has used', () => {
    const { time, pacer } = open(0.5);
    pacer.pause(never);
    time.idle(60_000);
    pacer.begin();
    time.work(1000);
    pacer.pause(never);
    expect(time.sleeps.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThan(980);
  });

  it('makes up for time in which others had the core', () => {
    const { time, pacer } = open(0.5);
    pacer.pause(never);
    time.work(50);
    time.idle(100);
    time.work(50);
    pacer.pause(never);
    expect(time.sleeps).toEqual([]);
  });

  it('does not count what was used before the first work', () => {
    const { time, pacer } = open(0.05);
    time.work(600);
    pacer.pause(never);
    expect(time.sleeps).toEqual([]);
  });

  it('ends a sleep when the work is not wanted any more', () => {
    const { time, pacer } = open(0.05);
    pacer.pause(never);
    time.work(1000);
    pacer.pause(() => time.sleeps.length === 3);
    expect(time.sleeps.length).toBe(3);
  });

  it('tells how long its workers have slept', () => {
    const { time, pacer, budget } = open(0.5);
    pacer.pause(never);
    time.work(200);
    pacer.pause(never);
    expect(budget.sleptMs).toBeCloseTo(
      time.sleeps.reduce((sum, ms) => sum + ms + 0.1, 0),
      0,
    );
  });

  it('lets the main thread wait until the process is out of debt, or nobody waits for it', async () => {
    const { time, budget } = open(0.5);
    const gone = new AbortController();
    await budget.pause(gone.signal);
    time.work(600_000);
    const paused = budget.pause(gone.signal);
    gone.abort(new Error('gone'));
    await expect(paused).rejects.toThrow('gone');
    time.idle(600_000);
    await budget.pause(new AbortController().signal);
  });

  it('lets many wait at once, though each look at the debt makes some', async () => {
    let cpu = 0;
    const budget = new CpuBudget(0.05, 1, {
      now: () => performance.now(),
      processTime: () => (cpu += 0.2),
      threadTime: () => 0,
    });
    const { signal } = new AbortController();
    await budget.pause(signal);
    cpu += 5;
    await Promise.all(Array.from({ length: 50 }, () => budget.pause(signal)));
  });
});
