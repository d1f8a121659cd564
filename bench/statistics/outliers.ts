import { medianAbsoluteDeviation, median as medianOf } from 'simple-statistics';

/** Which values lie more than 5 scaled median absolute deviations, and more than 10 %, away from the median. */
export function outliers(values: readonly number[]): boolean[] {
  const all = [...values];
  const middle = medianOf(all);
  const limit = Math.max(5 * 1.4826 * medianAbsoluteDeviation(all), 0.1 * Math.abs(middle));
  return all.map((value) => Math.abs(value - middle) > limit);
}
