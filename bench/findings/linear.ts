import { z } from 'zod';
import { caseKey, type Levels } from '../samples/levels.ts';
import type { CaseSummary } from '../samples/summary.ts';
import { formatNumber } from '../samples/table.ts';
import type { Estimate } from '../statistics/bootstrap.ts';
import { fitLine, type Measured } from '../statistics/fit-line.ts';
import type { FindingSubject, FindingType } from './finding.ts';
import { describeVarying } from './varying-levels.ts';

/** What a call costs by itself, and each KiB of it: the factor `x` is a number of bytes. */
export const linearSchema = z.strictObject({
  type: z.literal('linear'),
  x: z.string(),
});

type Linear = z.infer<typeof linearSchema>;

/** The times over x, all other levels equal. */
interface Series {
  readonly levels: Levels;
  readonly measured: Measured[];
}

const LEAST_SIZES = 3;
const KIBIBYTE = 1024;
const NS = 1e6;
const UNITS = [
  { unit: 'ms', ns: 1e6 },
  { unit: 'µs', ns: 1e3 },
];

/**
 * The line time = cost of a call + cost of a byte × bytes, a sentence for each combination of the other levels with
 * three or more x. Bytes cost differently in each cache: how far the line is from the medians is told.
 */
export const linear: FindingType<Linear> = {
  names: ({ x }) => [{ key: 'x', factor: x }],
  tell: ({ x }, experiment, summaries, seed) =>
    seriesOf(x, summaries).map((series) => tellLine(x, experiment, series, seed)),
};

function seriesOf(x: string, summaries: readonly CaseSummary[]): Series[] {
  const found = new Map<string, Series>();
  for (const { metric, levels, values, wrong } of summaries) {
    if (metric !== 'time' || wrong !== undefined) continue;
    const common = { ...levels, [x]: '' };
    const key = caseKey('', common);
    const series = found.get(key) ?? { levels: common, measured: [] };
    found.set(key, series);
    series.measured.push({ x: Number(levels[x]), values: values.map((ms) => ms * NS) });
  }
  return [...found.values()].filter(({ measured }) => measured.length >= LEAST_SIZES);
}

function tellLine(x: string, experiment: FindingSubject, { levels, measured }: Series, seed: number): string {
  const { intercept, slope, worst } = fitLine(measured, seed);
  const varying = describeVarying(levels, experiment);
  const where = varying === '' ? '' : `${varying}: `;
  const off = `the line is off by ${formatNumber(100 * worst.deviation)} % at most, at ${x} ${worst.x}`;
  return `${where}${formatTime(intercept)} a call and ${formatTime(times(slope, KIBIBYTE))} a KiB; ${off}.`;
}

function times({ median, low, high, n }: Estimate, factor: number): Estimate {
  return { median: median * factor, low: low * factor, high: high * factor, n };
}

/** Of nanoseconds: in ns, µs or ms. */
function formatTime(estimate: Estimate): string {
  const { unit, ns } = UNITS.find((choice) => Math.abs(estimate.median) >= choice.ns) ?? { unit: 'ns', ns: 1 };
  const { median, low, high } = times(estimate, 1 / ns);
  return `${formatNumber(median)} ${unit} (${formatNumber(low)} – ${formatNumber(high)})`;
}
