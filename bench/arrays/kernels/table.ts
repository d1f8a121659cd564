import type { ArrayKernel } from './array-kernel.ts';
import { dot } from './dot.ts';
import { filterSum } from './filter-sum.ts';
import { groupBy } from './group-by.ts';
import { histogram } from './histogram.ts';
import { minMax } from './min-max.ts';
import { prefixSum } from './prefix-sum.ts';
import { sort } from './sort.ts';
import { stringSearch } from './string-search.ts';
import { sum } from './sum.ts';

export const ARRAY_KERNELS: readonly ArrayKernel[] = [
  sum,
  filterSum,
  dot,
  minMax,
  histogram,
  groupBy,
  prefixSum,
  sort,
  stringSearch,
];

/** @param name One of those above. */
export function kernelNamed(name: string): ArrayKernel {
  return ARRAY_KERNELS.find((kernel) => kernel.name === name)!;
}
