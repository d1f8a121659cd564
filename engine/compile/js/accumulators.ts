import type { BoundAggregate, BoundExpression } from '../../../query/expression.ts';
import { stateFields } from '../../../query/partial-states.ts';
import type { DataType } from '../../../query/types.ts';
import { keyOfData } from './expression-key.ts';

/** A running state of one group; equal ones are shared, as by sum(x) and avg(x). */
export interface Accumulator {
  readonly kind: 'count' | 'sum' | 'min' | 'max';
  /** Absent where all rows count. */
  readonly arg?: BoundExpression;
}

export interface AccumulatorPlan {
  readonly accumulators: readonly Accumulator[];
  /** For each state column of the aggregates, in order: its type and the accumulator that it shows. */
  readonly states: readonly { readonly type: DataType; readonly accumulator: number }[];
}

/** Decides which accumulators a list of aggregates needs. */
export function planAccumulators(aggregates: readonly BoundAggregate[]): AccumulatorPlan {
  const accumulators: Accumulator[] = [];
  const known = new Map<string, number>();
  const use = (accumulator: Accumulator): number => {
    const key = accumulator.kind + (accumulator.arg ? keyOfData(accumulator.arg) : '');
    const index = known.get(key) ?? accumulators.push(accumulator) - 1;
    known.set(key, index);
    return index;
  };
  const states = aggregates.flatMap((aggregate) => {
    const [arg] = aggregate.args;
    return stateFields(aggregate).map(({ type }, part) => {
      switch (aggregate.function) {
        case 'count_star':
          return { type, accumulator: use({ kind: 'count' }) };
        case 'count':
          return { type, accumulator: use({ kind: 'count', ...(arg && { arg }) }) };
        case 'avg':
          return { type, accumulator: use({ kind: part === 0 ? 'sum' : 'count', ...(arg && { arg }) }) };
        default:
          return { type, accumulator: use({ kind: aggregate.function as 'sum' | 'min' | 'max', ...(arg && { arg }) }) };
      }
    });
  });
  return { accumulators, states };
}
