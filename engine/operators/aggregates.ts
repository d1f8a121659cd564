import { SluiceError } from '../../query/error.ts';
import type { BoundAggregate } from '../../query/expression.ts';
import { sumType } from '../../query/partial-states.ts';
import { type DataType, FLOAT64 } from '../../query/types.ts';
import type { Column } from '../column.ts';
import type { AggregateState } from './aggregate-state.ts';
import { AverageState, finishAverage } from './average-state.ts';
import { CountState } from './count.ts';
import { ArgExtremeState, ExtremeState } from './extreme.ts';
import { AnyValueState, FirstState } from './first.ts';
import { openSum } from './sum.ts';
import { finishVariance, VarianceState } from './variance.ts';

/** Empty states of an aggregate. */
export function openAggregate(aggregate: BoundAggregate): AggregateState {
  const { name, args } = aggregate;
  const operand = typeOf(aggregate, 0);
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
    default:
      throw new SluiceError('unsupported', `${aggregate.function} of ${args.length} operands is not computed yet`);
  }
}

/**
 * The final values of `length` groups from their partial states (the columns that `stateFields` describes), typed as
 * the aggregate. Throws `bad-value` where a result is out of range, `bad-data` for a state that nobody wrote.
 */
export function finishAggregate(aggregate: BoundAggregate, states: readonly Column[], length: number): Column {
  switch (aggregate.function) {
    case 'avg': {
      const operand = typeOf(aggregate, 0);
      return finishAverage(states, length, operand.kind === 'decimal' ? operand.scale : 0);
    }
    case 'var_samp':
    case 'var_pop':
    case 'stddev_samp':
    case 'stddev_pop':
      return finishVariance(aggregate.function, states, length);
    default:
      return states[0]!;
  }
}

function typeOf({ args }: BoundAggregate, index: number): DataType {
  return args[index]?.type ?? FLOAT64;
}
