import { describe, expect, it } from 'vitest';
import { Link, type LinkClock } from '../../storage-node/link.ts';

const { signal } = new AbortController();

/** Timers that fire `late` ms after their time, in a time that passes only by them. */
class FakeTime implements LinkClock {
  ms = 1e6;
  late = 0;
  now = () => this.ms;
  sleep = async (ms: number) => {
    this.ms += ms + this.late;
  };
}

/** 10^6 bits a second, over so many bytes that are sent piece by piece; `between` is called after each. */
async function rateOf(link: Link, time: FakeTime, bytes: number, between = () => {}): Promise<number> {
  const transfer = link.transfer();
  const start = time.ms;
  for (let sent = 0; sent < bytes; sent += link.piece) {
    await transfer.take(link.piece, signal);
    between();
  }
  transfer.close();
  return (bytes * 8) / 1000 / (time.ms - start);
}

describe('a link', () => {
  it.each([1, 10, 100, 1000])('lets through %f Mbit/s, from the first byte on', async (mbit) => {
    const time = new FakeTime();
    const rate = await rateOf(new Link(mbit, 0, time), time, mbit * 125_000);
    expect(Math.abs(rate / mbit - 1)).toBeLessThan(0.02);
  });

  it('makes up for timers that fire late', async () => {
    const time = new FakeTime();
    time.late = 3;
    const link = new Link(100, 0, time);
    expect(Math.abs((await rateOf(link, time, 12_500_000)) / 100 - 1)).toBeLessThan(0.02);
    expect(link.rates).toMatchObject({ told: 1, behind: 0 });
  });

  it('sends while more is made', async () => {
    const time = new FakeTime();
    const rate = await rateOf(new Link(100, 0, time), time, 12_500_000, () => {
      time.ms += 3;
    });
    expect(Math.abs(rate / 100 - 1)).toBeLessThan(0.02);
  });

  it('sends no burst after a pause', async () => {
    const time = new FakeTime();
    const link = new Link(100, 0, time);
    await rateOf(link, time, 125_000);
    time.ms += 60_000;
    expect(await rateOf(link, time, 125_000)).toBeLessThan(102);
  });

  it('tells that it fell behind where less is made than it could send', async () => {
    const time = new FakeTime();
    const link = new Link(100, 0, time);
    const rate = await rateOf(link, time, 12_500_000, () => {
      time.ms += 8;
    });
    expect(rate).toBeLessThan(60);
    expect(link.rates).toMatchObject({ told: 1, behind: 1 });
    expect(link.rates.lastMbit).toBeCloseTo(rate, 0);
  });

  it('lets the first byte of each answer wait for the delay, the others follow at the rate', async () => {
    const time = new FakeTime();
    const link = new Link(8, 40, time);
    const start = time.ms;
    const transfer = link.transfer();
    await transfer.take(10_000, signal);
    expect(time.ms - start).toBeCloseTo(50, 5);
    await transfer.take(10_000, signal);
    expect(time.ms - start).toBeCloseTo(60, 5);
    transfer.close();
  });

  it('is shared: two answers at once take as long as one after the other', async () => {
    const time = new FakeTime();
    const link = new Link(8, 0, time);
    const start = time.ms;
    const [one, two] = [link.transfer(), link.transfer()];
    for (let i = 0; i < 50; i++) {
      await one.take(1000, signal);
      await two.take(1000, signal);
    }
    expect(time.ms - start).toBeGreaterThan(99);
  });

  it('rejects with the reason of a signal that aborts', async () => {
    const gone = new AbortController();
    const waiting = new Link(0.001).transfer().take(1000, gone.signal);
    gone.abort(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
  });
});
