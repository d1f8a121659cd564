import { z } from 'zod';
import type { CaseSummary } from '../samples/summary.ts';
import { formatNumber } from '../samples/table.ts';
import type { FindingType } from './finding.ts';
import { describeVarying } from './varying-levels.ts';

/** Whether every sample of a metric lies within ± `bound`. */
export const withinSchema = z.strictObject({
  type: z.literal('within'),
  metric: z.string(),
  bound: z.number().positive(),
});

type Within = z.infer<typeof withinSchema>;

/** Says of every single sample, not of medians, whether it keeps a promise, and which cases broke it. */
export const within: FindingType<Within> = {
  names: () => [],
  tell({ metric, bound }, experiment, summaries) {
    const own = summaries.filter((summary) => summary.metric === metric && summary.wrong === undefined);
    const values = own.flatMap((summary) => summary.values);
    if (values.length === 0) return undefined;
    const [least, most] = [Math.min(...values), Math.max(...values)];
    const unit = own[0]!.unit;
    const range = `from ${formatNumber(least)} to ${formatNumber(most)} ${unit} in ${values.length} samples of ${own.length} ${own.length === 1 ? 'case' : 'cases'}`;
    const isOut = (value: number) => Math.abs(value) > bound;
    if (!values.some(isOut)) return `the ${metric} stays within ±${bound} ${unit}: ${range}.`;
    const broken = own
      .filter((summary) => summary.values.some(isOut))
      .map((summary: CaseSummary) => {
        const out = summary.values.filter(isOut).length;
        return `${describeVarying(summary.levels, experiment)} (${out} of ${summary.n})`;
      });
    return `the ${metric} does not stay within ±${bound} ${unit}: ${range}; beyond in ${broken.join('; ')}.`;
  },
};
