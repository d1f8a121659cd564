import { describe, expect, it } from 'vitest';
import { runCold } from '../../../bench/cold/cold-process.ts';
import { ASK_V8, firstCalls } from '../../../bench/cold/tiers.ts';
import type { CallTimes, WorkRequest } from '../../../bench/cold/work.ts';

const signal = new AbortController().signal;

function callKernel(lane: 'js' | 'wasm', ...flags: string[]): Promise<CallTimes> {
  const request: WorkRequest = { kind: 'kernel', kernel: 'sum', size: 100, lane, calls: 3 };
  return runCold<WorkRequest, CallTimes>('call-times.ts', request, [ASK_V8, ...flags], signal);
}

describe('a cold process', () => {
  it('times each call and tells the result, equal in all lanes', async () => {
    const [js, wasm] = [await callKernel('js'), await callKernel('wasm')];
    expect(js.times).toHaveLength(3);
    expect(js.rows).toEqual(wasm.rows);
    expect(js.tiers).not.toContain(null);
    expect(wasm.tiers).toEqual(['Liftoff', 'Liftoff', 'Liftoff']);
  });

  it('compiles by TurboFan at once where V8 is told to', async () => {
    const { tiers } = await callKernel('wasm', '--no-liftoff');
    expect(tiers).toEqual(['TurboFan', 'TurboFan', 'TurboFan']);
  });

  it('that fails says why', async () => {
    await expect(runCold('call-times.ts', { kind: 'kernel', kernel: 'none' }, [ASK_V8], signal)).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringContaining('call-times.ts'),
    });
  });
});

describe('the first call in the code of a compiler', () => {
  it('is the one behind the call after which the code was there; the first call runs what it compiles', () => {
    expect(firstCalls(['Liftoff', 'Liftoff', 'TurboFan', 'TurboFan'])).toEqual({ Liftoff: 1, TurboFan: 4 });
    expect(firstCalls(['Ignition', 'Sparkplug', 'Ignition', 'Maglev'])).toEqual({
      Ignition: 1,
      Sparkplug: 3,
      Maglev: 5,
    });
    expect(firstCalls(['Sparkplug', 'Sparkplug'])).toEqual({ Sparkplug: 2 });
    expect(firstCalls([null, null])).toEqual({});
  });
});
