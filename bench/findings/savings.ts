import { z } from 'zod';
import { caseKey, type Levels } from '../samples/levels.ts';
import type { CaseSummary } from '../samples/summary.ts';
import { formatNumber, type Table } from '../samples/table.ts';
import { type Estimate, estimateRatio } from '../statistics/bootstrap.ts';
import type { FindingType } from './finding.ts';
import { describeVarying } from './varying-levels.ts';

const level = z.union([z.string().min(1), z.number()]).transform(String);

/** What one level of a factor saves against another, by several metrics of which less is better. */
export const savingsSchema = z.strictObject({
  type: z.literal('savings'),
  factor: z.string(),
  subject: level,
  baseline: level,
  metrics: z.array(z.string()).min(1),
});

type Savings = z.infer<typeof savingsSchema>;

/** One metric of two cases that differ in the factor alone. */
interface Saving {
  readonly levels: Levels;
  readonly unit: string;
  readonly subject: number;
  readonly baseline: number;
  /** Subject over baseline. */
  readonly ratio: Estimate;
}

/**
 * Bytes, CPU and time per query with and without, and what is saved in percent of the baseline: the form in which the
 * near-data processing of Taurus was reported (Huawei, "Near Data Processing in Taurus Database", ICDE 2022).
 */
export const savings: FindingType<Savings> = {
  names: ({ factor, subject, baseline }) => [
    { key: 'factor', factor },
    { key: 'subject', factor, level: subject },
    { key: 'baseline', factor, level: baseline },
  ],
  tell(finding, _experiment, summaries, seed) {
    const { subject, baseline, metrics } = finding;
    const found = metrics.map((metric) => savingsOf(finding, metric, summaries, seed));
    const parts = found.flatMap((ofMetric, i) => {
      if (ofMetric.length === 0) return [];
      const saved = ofMetric.map(({ ratio }) => percent(ratio.median));
      return `${metrics[i]} ${round(Math.min(...saved))} to ${round(Math.max(...saved))} %`;
    });
    if (parts.length === 0) return undefined;
    const cases = Math.max(...found.map((ofMetric) => ofMetric.length));
    return `${subject} instead of ${baseline} saves (least to most of ${cases} cases): ${parts.join(', ')}.`;
  },
  table(finding, experiment, summaries, seed) {
    const { metrics, subject, baseline } = finding;
    const rows = new Map<string, string[]>();
    const header = [`${subject} instead of ${baseline}`];
    for (const [column, metric] of metrics.entries()) {
      const found = savingsOf(finding, metric, summaries, seed);
      header.push(`${metric}, ${found[0]?.unit ?? ''}`, 'saved, %');
      for (const { levels, subject: after, baseline: before, ratio } of found) {
        const name = describeVarying(levels, experiment);
        const row = rows.get(name) ?? [name, ...metrics.flatMap(() => ['', ''])];
        row[2 * column + 1] = `${formatNumber(before)} → ${formatNumber(after)}`;
        row[2 * column + 2] =
          `${round(percent(ratio.median))} (${round(percent(ratio.high))} – ${round(percent(ratio.low))})`;
        rows.set(name, row);
      }
    }
    return { header, rows: [...rows.values()] } satisfies Table;
  },
};

function savingsOf(
  { factor, subject, baseline }: Savings,
  metric: string,
  summaries: readonly CaseSummary[],
  seed: number,
): Saving[] {
  const own = summaries.filter((summary) => summary.metric === metric && summary.wrong === undefined);
  const key = (levels: Levels) => caseKey('', { ...levels, [factor]: '' });
  const baselines = new Map(
    own.filter(({ levels }) => levels[factor] === baseline).map((summary) => [key(summary.levels), summary]),
  );
  return own.flatMap((summary) => {
    const other = baselines.get(key(summary.levels));
    if (summary.levels[factor] !== subject || !other) return [];
    return {
      levels: { ...summary.levels, [factor]: '' },
      unit: summary.unit,
      subject: summary.median,
      baseline: other.median,
      ratio: estimateRatio(summary.values, other.values, seed),
    };
  });
}

function percent(ratio: number): number {
  return 100 * (1 - ratio);
}

function round(value: number): string {
  return value.toFixed(Math.abs(value) < 10 ? 1 : 0);
}
