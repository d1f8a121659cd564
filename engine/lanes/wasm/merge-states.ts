import type { BoundAggregate } from '../../../query/expression.ts';
import { stateFields } from '../../../query/partial-states.ts';
import type { Batch, Column } from '../../column.ts';
import type { AggregateState, GroupNumbers } from '../../operators/aggregate-state.ts';
import { openAggregate } from '../../operators/aggregates.ts';
import type { GroupBatch, GroupState } from './aggregate-state.ts';
import { CountSums } from './count-state.ts';
import type { GroupMemory } from './group-memory.ts';
import { GroupStates } from './group-states.ts';

/** What kernels merge; `GroupStates` is one. */
interface KernelMerge extends GroupState {
  columns(length: number, present: number): readonly Column[];
}

/**
 * The merged states of all aggregates. Most states merge as aggregates over them do: sums of sums and of counts, the
 * least of the least, the first of the first. JavaScript merges the others, see `AggregateState.merge`.
 */
export class MergeStates {
  /** Positions, in a partial batch, of the columns that kernels read. */
  readonly kernelColumns: readonly number[];
  readonly #kernels: readonly KernelMerge[];
  readonly #hosts: readonly HostMerge[];
  /** Both, in the order of their columns. */
  readonly #all: readonly (KernelMerge | HostMerge)[];

  /** `first` is the position, in a partial batch, of the first aggregate's states. */
  constructor(group: GroupMemory, aggregates: readonly BoundAggregate[], first: number) {
    const kernels: KernelMerge[] = [];
    const hosts: HostMerge[] = [];
    const all: (KernelMerge | HostMerge)[] = [];
    const columns: number[] = [];
    let at = first;
    for (const aggregate of aggregates) {
      const width = stateFields(aggregate).length;
      const merges = openKernelMerges(group, aggregate, at);
      if (merges) {
        kernels.push(...merges);
        all.push(...merges);
        for (let column = at; column < at + width; column++) columns.push(column);
      } else {
        const host = new HostMerge(aggregate, at, width);
        hosts.push(host);
        all.push(host);
      }
      at += width;
    }
    this.kernelColumns = columns;
    this.#kernels = kernels;
    this.#hosts = hosts;
    this.#all = all;
  }

  /** Bytes that are held outside of the group memory's pool. */
  get hostBytes(): number {
    return this.#all.reduce((bytes, part) => bytes + (part.bytes ?? 0), 0);
  }

  /** Whether `mergeOnHost` has anything to do. */
  get needsHost(): boolean {
    return this.#hosts.length > 0;
  }

  reserve(capacity: number): void {
    for (const part of this.#kernels) part.reserve(capacity);
  }

  /** Merges rows of a partial batch; its columns stand in the vectors of the same positions. Throws `bad-value`, `bad-data`. */
  update(batch: GroupBatch): void {
    for (const part of this.#kernels) part.update(batch);
  }

  /** Merges all rows of a partial batch where no kernel can. Throws as `AggregateState.merge`. */
  mergeOnHost(batch: Batch, groups: GroupNumbers): void {
    for (const part of this.#hosts) part.merge(batch, groups);
  }

  /** The state columns of `length` groups, of which the first `present` have had a row. */
  columns(length: number, present: number): Column[] {
    return this.#all.flatMap((part) => part.columns(length, present));
  }

  clear(): void {
    for (const part of this.#all) part.clear();
  }
}

/** The kernels that merge an aggregate's states, which stand from column `at` on; undefined where there are none. */
function openKernelMerges(group: GroupMemory, aggregate: BoundAggregate, at: number): KernelMerge[] | undefined {
  const fields = stateFields(aggregate);
  const over = (change: Partial<BoundAggregate>, width: number): KernelMerge => {
    const args = fields.slice(0, width).map((field, i) => ({ kind: 'column' as const, index: at + i, ...field }));
    const merging = { ...aggregate, ...change, args };
    return new GroupStates(group, [merging], (operand) => (operand.kind === 'column' ? operand.index : -1));
  };
  if (aggregate.distinct) return undefined;
  switch (aggregate.function) {
    case 'count_star':
    case 'count':
      return [new CountSums(group, at)];
    case 'avg':
      return [over({ function: 'sum', type: fields[0]!.type }, 1), new CountSums(group, at + 1)];
    case 'sum':
    case 'min':
    case 'max':
    case 'bool_and':
    case 'bool_or':
    case 'any_value':
    case 'first':
    case 'last':
    case 'arg_min':
    case 'arg_max':
      return [over({}, fields.length)];
    default:
      return undefined;
  }
}

/** States that JavaScript merges. */
class HostMerge {
  readonly #aggregate: BoundAggregate;
  readonly #from: number;
  readonly #to: number;
  #state: AggregateState;

  constructor(aggregate: BoundAggregate, at: number, width: number) {
    this.#aggregate = aggregate;
    this.#from = at;
    this.#to = at + width;
    this.#state = openAggregate(aggregate);
  }

  get bytes(): number {
    return this.#state.bytes;
  }

  merge({ columns, length }: Batch, groups: GroupNumbers): void {
    this.#state.merge(columns.slice(this.#from, this.#to), groups, length);
  }

  columns(length: number): Column[] {
    return this.#state.partial(length);
  }

  clear(): void {
    this.#state = openAggregate(this.#aggregate);
  }
}
