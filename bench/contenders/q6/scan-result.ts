import { SluiceError } from '../../../query/error.ts';

/** Of some rows: the revenue in units of 0.0001, and how many rows pass. Or the offset of a row that is refused, or shortly before it. */
export type ScanResult = { readonly revenue: bigint; readonly count: bigint } | { readonly refused: number };

/**
 * The row of the result, as Sluice writes it.
 * @throws SluiceError `unsupported` when a row was refused.
 */
export function resultRow(path: string, results: readonly ScanResult[]): string[] {
  let revenue = 0n;
  let count = 0n;
  for (const result of results) {
    if ('refused' in result)
      throw new SluiceError(
        'unsupported',
        `${path}: at byte ${result.refused}: the scan of Q6 takes whole lines of lineitem with quotes behind l_shipdate only, non-negative decimals with two places, and dates as YYYY-MM-DD`,
      );
    revenue += result.revenue;
    count += result.count;
  }
  const decimal = `${revenue / 10_000n}.${(revenue % 10_000n).toString().padStart(4, '0')}`;
  return [count === 0n ? '' : decimal, count.toString()];
}
