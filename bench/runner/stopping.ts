import type { Stop } from '../experiment/experiment.ts';
import type { ContestRecord } from '../results/run-folder.ts';
import { estimate, relativeWidth } from '../statistics/bootstrap.ts';

/** How far the rounds of a contest have come. */
export interface Progress {
  readonly rounds: number;
  /** Since the first of them. */
  readonly seconds: number;
  /** Of the widest 95 % interval of its cases' medians, over the median. */
  readonly width: number;
}

/** The width that counts: of the widest interval. `times` has a list for each case. */
export function widestInterval(times: readonly (readonly number[])[], seed: number): number {
  return Math.max(0, ...times.map((ofCase) => relativeWidth(estimate(ofCase, seed))));
}

/** Why a contest has had enough rounds; undefined while it needs another. */
export function stopReason(stop: Stop, { rounds, seconds, width }: Progress): ContestRecord['stopped'] | undefined {
  if (rounds < stop.least) return undefined;
  if (width <= stop.width && stop.least < stop.most) return 'width';
  if (rounds >= stop.most) return 'most';
  return seconds >= stop.seconds ? 'time' : undefined;
}
