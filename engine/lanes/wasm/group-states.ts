import type { BoundAggregate, BoundExpression } from '../../../query/expression.ts';
import { stateFields } from '../../../query/partial-states.ts';
import { type DataType, FLOAT64 } from '../../../query/types.ts';
import type { Column } from '../../column.ts';
import type { AdditiveState, GroupBatch, GroupState } from './aggregate-state.ts';
import { NullCounts, Presence, RowCounts } from './count-state.ts';
import { ExtremeState } from './extreme-state.ts';
import type { GroupMemory } from './group-memory.ts';
import { HostState } from './host-state.ts';
import { AnyValueState, ArgExtremeState, EndState, isExtremeKey } from './pick-state.ts';
import { SumState } from './sum-state.ts';
import { VarianceState } from './variance-state.ts';

/** The state columns of one aggregate, for `length` groups of which the first `present` have had a row. */
type EmitStates = (length: number, present: number) => readonly Column[];

/** The states of all aggregates. What several of them need, as the sum of a column for sum and avg, is held once. */
export class GroupStates {
  #group: GroupMemory;
  #states = new Map<string, GroupState>();
  #all: readonly GroupState[];
  /** Those that hold something outside of the pool. */
  #outside: readonly GroupState[];
  #emitters: readonly EmitStates[];

  /** `argumentOf` gives the position of an operand among the vectors of a batch; equal operands have equal positions. */
  constructor(
    group: GroupMemory,
    aggregates: readonly BoundAggregate[],
    argumentOf: (operand: BoundExpression) => number,
  ) {
    this.#group = group;
    this.#emitters = aggregates.map((aggregate) => this.#open(aggregate, aggregate.args.map(argumentOf)));
    this.#all = [...this.#states.values()];
    this.#outside = this.#all.filter((state) => state.bytes !== undefined);
  }

  /** Bytes that are held outside of the group memory's pool. */
  get bytes(): number {
    let bytes = 0;
    for (const state of this.#outside) bytes += state.bytes ?? 0;
    return bytes;
  }

  reserve(capacity: number): void {
    for (const state of this.#all) state.reserve(capacity);
  }

  /** Folds a batch into these states, or into all. */
  update(batch: GroupBatch, states = this.#all): void {
    for (const state of states) state.update(batch);
  }

  /** All states but some. */
  without(states: ReadonlySet<GroupState>): readonly GroupState[] {
    return this.#all.filter((state) => !states.has(state));
  }

  /** The sums of an operand; undefined when no aggregate needs them. */
  sumsOf(argument: number): AdditiveState | undefined {
    return this.#states.get(`sum ${argument}`) as SumState | undefined;
  }

  /** The number of rows of each group; undefined when no aggregate needs it. */
  get rowCounts(): AdditiveState | undefined {
    return this.#states.get('rows') as RowCounts | undefined;
  }

  columns(length: number, present: number): Column[] {
    return this.#emitters.flatMap((emit) => emit(length, present));
  }

  clear(): void {
    for (const state of this.#all) state.clear();
  }

  #open(aggregate: BoundAggregate, args: readonly number[]): EmitStates {
    const group = this.#group;
    const [argument = -1, second] = args;
    const operand = aggregate.args[0]?.type ?? FLOAT64;
    if (aggregate.distinct) return this.#openHost(aggregate, args);
    switch (aggregate.function) {
      case 'count_star': {
        const rows = this.#rowCounts();
        return (length) => [rows.column(length)];
      }
      case 'count':
        return this.#openCount(argument);
      case 'sum':
        return this.#openSum(argument, operand, aggregate.type);
      case 'avg': {
        const sum = this.#openSum(argument, operand, stateFields(aggregate)[0]?.type ?? FLOAT64);
        const count = this.#openCount(argument);
        return (length, present) => [...sum(length, present), ...count(length, present)];
      }
      case 'min':
      case 'bool_and':
        return this.#openExtreme(argument, operand, 'least');
      case 'max':
      case 'bool_or':
        return this.#openExtreme(argument, operand, 'greatest');
      case 'any_value': {
        const state = this.#share(`any ${argument}`, () => new AnyValueState(group, argument, operand));
        return (length) => state.columns(length);
      }
      case 'first':
      case 'last': {
        const end = aggregate.function;
        const key = `${end} ${argument} ${second}`;
        const state = this.#share(key, () => new EndState(group, argument, operand, end, second));
        return (length) => state.columns(length);
      }
      case 'arg_min':
      case 'arg_max': {
        const keyType = aggregate.args[1]?.type ?? FLOAT64;
        if (second === undefined || !isExtremeKey(keyType)) return this.#openHost(aggregate, args);
        const extreme = aggregate.function === 'arg_min' ? 'least' : 'greatest';
        const key = `arg ${extreme} ${argument} ${second}`;
        const open = () => new ArgExtremeState(group, argument, operand, second, keyType, extreme);
        const state = this.#share(key, open);
        return (length) => state.columns(length);
      }
      case 'var_samp':
      case 'var_pop':
      case 'stddev_samp':
      case 'stddev_pop': {
        if (operand.kind !== 'float64') return this.#openHost(aggregate, args);
        const state = this.#share(`variance ${argument}`, () => new VarianceState(group, argument));
        return (length) => state.columns(length);
      }
      default:
        return this.#openHost(aggregate, args);
    }
  }

  #openCount(argument: number): EmitStates {
    const rows = this.#rowCounts();
    const nulls = this.#share(`nulls ${argument}`, () => new NullCounts(this.#group, argument, rows));
    return (length) => [nulls.column(length)];
  }

  #openSum(argument: number, operand: DataType, type: DataType): EmitStates {
    const presence = this.#presence(argument);
    const sum = this.#share(`sum ${argument}`, () => new SumState(this.#group, argument, operand));
    return (length, present) => [sum.column(type, length, presence.validity(length, present))];
  }

  #openExtreme(argument: number, type: DataType, extreme: 'least' | 'greatest'): EmitStates {
    const presence = this.#presence(argument);
    const state = this.#share(`${extreme} ${argument}`, () => new ExtremeState(this.#group, argument, type, extreme));
    return (length, present) => [state.column(length, presence.validity(length, present))];
  }

  #openHost(aggregate: BoundAggregate, args: readonly number[]): EmitStates {
    const state = this.#share(`host ${aggregate.name}`, () => new HostState(this.#group, aggregate, args));
    return (length) => state.columns(length);
  }

  #rowCounts(): RowCounts {
    return this.#share('rows', () => new RowCounts(this.#group));
  }

  #presence(argument: number): Presence {
    return this.#share(`presence ${argument}`, () => new Presence(this.#group, argument));
  }

  /** The state that is known by `key`, which also says of what class it is. */
  #share<S extends GroupState>(key: string, open: () => S): S {
    const known = this.#states.get(key) as S | undefined;
    if (known) return known;
    const state = open();
    this.#states.set(key, state);
    return state;
  }
}
