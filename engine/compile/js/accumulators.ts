import type { BoundAggregate, BoundExpression } from '../../../query/expression.ts';
import { stateFields } from '../../../query/partial-states.ts';
import { keyOfData } from './expression-key.ts';

/** A running state that generated code updates; equal ones are shared, as by sum(x) and avg(x). */
export interface Accumulator {
  readonly kind: 'count' | 'sum' | 'min' | 'max' | 'any' | 'first' | 'last' | 'variance';
  /** Absent where all rows count. */
  readonly arg?: BoundExpression;
  /** Of first and last: the rows that take part; absent where all do. */
  readonly takesPart?: BoundExpression;
  /** Its first slot: an array over the groups. A variance takes three: count, mean, squares. */
  readonly slot: number;
}

/** An aggregate whose states are those of `engine/operators`: it is given rows in vectors. */
export interface VectorAggregate {
  readonly aggregate: BoundAggregate;
  /** For each operand its place among the plan's vectors. */
  readonly vectors: readonly number[];
}

/** Where the state columns of one aggregate come from. */
export type StateSource =
  | { readonly kind: 'slots'; readonly slots: readonly StateSlot[] }
  | { readonly kind: 'vectors'; readonly index: number };

/** One state column: what a slot holds, or for `seen` whether it holds anything. */
export interface StateSlot {
  readonly accumulator: Accumulator['kind'];
  readonly slot: number;
  readonly seen?: true;
}

export interface AccumulatorPlan {
  readonly accumulators: readonly Accumulator[];
  /** The type of the operand of each slot's accumulator; undefined for counts. */
  readonly slots: readonly Accumulator[];
  readonly vectorAggregates: readonly VectorAggregate[];
  /** What the vectors hold: the operands of those aggregates, each once. */
  readonly vectors: readonly BoundExpression[];
  /** For each aggregate, in order. */
  readonly states: readonly StateSource[];
}

/** Decides which aggregates are computed by generated code, and which accumulators they need. */
export function planAccumulators(aggregates: readonly BoundAggregate[]): AccumulatorPlan {
  const accumulators: Accumulator[] = [];
  const slots: Accumulator[] = [];
  const known = new Map<string, Accumulator>();
  const use = (wanted: Omit<Accumulator, 'slot'>): Accumulator => {
    const key = keyOfData([wanted.kind, wanted.arg ?? null, wanted.takesPart ?? null]);
    let accumulator = known.get(key);
    if (!accumulator) {
      accumulator = { ...wanted, slot: slots.length };
      for (let i = wanted.kind === 'variance' ? 3 : 1; i > 0; i--) slots.push(accumulator);
      accumulators.push(accumulator);
      known.set(key, accumulator);
    }
    return accumulator;
  };
  const vectors: BoundExpression[] = [];
  const places = new Map<string, number>();
  const vectorOf = (arg: BoundExpression): number => {
    const key = keyOfData(arg);
    const place = places.get(key) ?? vectors.push(arg) - 1;
    places.set(key, place);
    return place;
  };
  const vectorAggregates: VectorAggregate[] = [];
  const states = aggregates.map((aggregate): StateSource => {
    const wanted = aggregate.distinct ? undefined : accumulatorsOf(aggregate);
    if (!wanted) {
      vectorAggregates.push({ aggregate, vectors: aggregate.args.map(vectorOf) });
      return { kind: 'vectors', index: vectorAggregates.length - 1 };
    }
    const used = wanted.map(use);
    const sources = stateFields(aggregate).map((_, part): StateSlot => {
      const { kind, slot } = used[Math.min(part, used.length - 1)] as Accumulator;
      if (kind === 'variance') return { accumulator: kind, slot: slot + part };
      return { accumulator: kind, slot, ...((kind === 'first' || kind === 'last') && part === 1 && { seen: true }) };
    });
    return { kind: 'slots', slots: sources };
  });
  return { accumulators, slots, vectorAggregates, vectors, states };
}

/** The accumulators that an aggregate's state columns show, in order; undefined for what vectors do. */
function accumulatorsOf(aggregate: BoundAggregate): readonly Omit<Accumulator, 'slot'>[] | undefined {
  const [arg, takesPart] = aggregate.args;
  const of = (kind: Accumulator['kind']) => ({ kind, ...(arg && { arg }) });
  switch (aggregate.function) {
    case 'count_star':
    case 'count':
      return [of('count')];
    case 'sum':
      return [of('sum')];
    case 'avg':
      return [of('sum'), of('count')];
    case 'min':
    case 'bool_and':
      return [of('min')];
    case 'max':
    case 'bool_or':
      return [of('max')];
    case 'any_value':
      return [of('any')];
    case 'first':
    case 'last':
      return [{ ...of(aggregate.function), ...(takesPart && { takesPart }) }];
    case 'var_samp':
    case 'var_pop':
    case 'stddev_samp':
    case 'stddev_pop':
      return [of('variance')];
    default:
      return undefined;
  }
}
