import type { Column } from '../column.ts';

/** The group of each row, counted from 0; undefined where all rows belong to group 0. */
export type GroupNumbers = Int32Array | Uint32Array | undefined;

/**
 * The states of one aggregate for all groups: it takes rows (`update`), partial states (`merge`), and gives partial
 * states. Groups need no announcement; a group that no row has reached has the state of no rows.
 */
export interface AggregateState {
  /** Approximate memory held. */
  readonly bytes: number;
  /**
   * Takes the first `length` rows: `args` are the columns of the aggregate's operands, in order. Columns are only read
   * during the call. Throws `bad-value` when a sum leaves its type or a state its memory bound.
   */
  update(args: readonly Column[], groups: GroupNumbers, length: number): void;
  /**
   * Takes `length` partial states: the columns that `stateFields` describes. Throws as `update`, and `bad-data` when a
   * state is not one that `partial` can have written.
   */
  merge(states: readonly Column[], groups: GroupNumbers, length: number): void;
  /** The states of groups 0 .. length - 1 in the columns that `stateFields` describes. Changes nothing. */
  partial(length: number): Column[];
}

/** One more than the greatest group number: how many groups must have room before a loop over the rows. */
export function groupsIn(groups: GroupNumbers, length: number): number {
  if (!groups) return 1;
  let greatest = -1;
  for (let row = 0; row < length; row++) if (groups[row]! > greatest) greatest = groups[row]!;
  return greatest + 1;
}
