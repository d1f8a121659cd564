import { combinations } from '../../../bench/experiment/factors.ts';
import type { Kind } from '../../../bench/kinds/kind.ts';
import type { Levels } from '../../../bench/samples/levels.ts';

/** Two sizes, two lanes, four rounds. */
export const EXPERIMENT = `
name: fake
version: 1
default: true
kind: fake
question: Is a faster than b, < 2 & > 1?
method: Made-up times.
stop: { least: 4, most: 4 }
warmup: 1
factors: { size: [1, 2], lane: [a, b] }
figure:
  x: { factor: size, title: Size, scale: log2 }
  y: { metric: time, title: Time }
  series: lane
findings: [{ factor: lane, subject: a, baseline: b }]
`;

/** A kind whose times are made up: a takes 1 ms, b takes `slow` ms, a size. */
export function fakeKind(
  behaviour: { slow?: number; answer?: (levels: Levels) => string; fail?: (levels: Levels) => boolean } = {},
) {
  const { slow = 2, answer = () => '42', fail = () => false } = behaviour;
  const measured: Levels[] = [];
  let closed = 0;
  const kind: Kind = {
    factors: ['size', 'lane'],
    contenders: ['lane'],
    answers: ['size'],
    open: async (experiment) => ({
      cases: combinations(experiment.factors),
      skipped: [{ what: 'size 3', why: 'it is too large' }],
      data: [{ file: 'x.csv', rows: 1, bytes: 2, sha256: 'ab' }],
      pids: () => [],
      setUp: async () => {},
      async measure(levels) {
        if (fail(levels)) throw new Error('the server is gone');
        measured.push(levels);
        const ms = Number(levels.size) * (levels.lane === 'a' ? 1 : slow) * (1 + (measured.length % 3) / 100);
        return {
          metrics: [{ metric: 'time', value: ms, unit: 'ms' }],
          answer: { rows: [[answer(levels)]], approximate: [0] },
        };
      },
      close: async () => {
        closed++;
      },
    }),
  };
  return { kind, measured, closed: () => closed };
}
