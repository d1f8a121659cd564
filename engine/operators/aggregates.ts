import type { BoundAggregate } from '../../query/expression.ts';
import { sumType } from '../../query/partial-states.ts';
import { type DataType, FLOAT64 } from '../../query/types.ts';
import type { Column } from '../column.ts';
import type { AggregateState } from './aggregate-state.ts';
import { AverageState, finishAverage, finishMeanTimestamp } from './average-state.ts';
import { CountState } from './count.ts';
import { DistinctState, readMembers } from './distinct.ts';
import { ArgExtremeState, ExtremeState } from './extreme.ts';
import { AnyValueState, FirstState } from './first.ts';
import { finishHyperLogLog, HyperLogLogState } from './hyper-log-log.ts';
import { finishQuantile, QuantileState } from './quantile.ts';
import { finishStringAgg, StringAggState } from './string-agg.ts';
import { openSum } from './sum.ts';
import { finishTDigest, TDigestState } from './t-digest.ts';
import { finishVariance, VarianceState } from './variance.ts';

/** Bytes that one aggregate may hold for an exact answer from all its values: quantiles, DISTINCT, string_agg. */
const VALUE_LIMIT = 512 * 1024 * 1024;

/** Empty states of an aggregate. `valueLimit` bounds, in bytes, what it holds where it has to keep all values. */
export function openAggregate(aggregate: BoundAggregate, valueLimit = VALUE_LIMIT): AggregateState {
  const { name, parameters } = aggregate;
  const operand = typeOf(aggregate, 0);
  if (aggregate.distinct) return new DistinctState(aggregate, valueLimit);
  switch (aggregate.function) {
    case 'count_star':
    case 'count':
      return new CountState();
    case 'sum':
      return openSum(name, aggregate.type);
    case 'avg':
      return new AverageState(name, sumType(operand));
    case 'min':
    case 'bool_and':
      return new ExtremeState(operand, -1);
    case 'max':
    case 'bool_or':
      return new ExtremeState(operand, 1);
    case 'first':
    case 'last':
      return new FirstState(operand, aggregate.function);
    case 'any_value':
      return new AnyValueState(operand);
    case 'arg_min':
      return new ArgExtremeState(operand, typeOf(aggregate, 1), -1);
    case 'arg_max':
      return new ArgExtremeState(operand, typeOf(aggregate, 1), 1);
    case 'var_samp':
    case 'var_pop':
    case 'stddev_samp':
    case 'stddev_pop':
      return new VarianceState();
    case 'median':
    case 'quantile_cont':
    case 'quantile_disc':
      return new QuantileState(name, operand, valueLimit);
    case 'approx_quantile':
      return new TDigestState(name, operand);
    case 'approx_count_distinct':
      return new HyperLogLogState(name);
    case 'string_agg':
      return new StringAggState(name, String(parameters[0] ?? ','), valueLimit);
  }
}

/**
 * The final values of `length` groups from their partial states (the columns that `stateFields` describes), typed as
 * the aggregate. Throws `bad-value` where a result is out of range, `bad-data` for a state that nobody wrote.
 */
export function finishAggregate(aggregate: BoundAggregate, states: readonly Column[], length: number): Column {
  if (aggregate.distinct) return finishDistinct(aggregate, states, length);
  switch (aggregate.function) {
    case 'avg': {
      if (aggregate.type.kind === 'timestamp') return finishMeanTimestamp(states, length);
      const operand = typeOf(aggregate, 0);
      return finishAverage(states, length, operand.kind === 'decimal' ? operand.scale : 0);
    }
    case 'var_samp':
    case 'var_pop':
    case 'stddev_samp':
    case 'stddev_pop':
      return finishVariance(aggregate.function, states, length);
    case 'median':
    case 'quantile_cont':
    case 'quantile_disc':
      return finishQuantile(aggregate, states, length);
    case 'approx_quantile':
      return finishTDigest(aggregate, states, length);
    case 'approx_count_distinct':
      return finishHyperLogLog(states, length);
    case 'string_agg':
      return finishStringAgg(states, length);
    default:
      return states[0]!;
  }
}

/** The aggregate over the members of the sets. */
function finishDistinct(aggregate: BoundAggregate, [states]: readonly Column[], length: number): Column {
  const plain = { ...aggregate, distinct: false };
  const { columns, groups } = readMembers(aggregate.args, states, length);
  const state = openAggregate(plain);
  state.update(columns, groups, groups.length);
  return finishAggregate(plain, state.partial(length), length);
}

function typeOf({ args }: BoundAggregate, index: number): DataType {
  return args[index]?.type ?? FLOAT64;
}
