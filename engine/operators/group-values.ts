import type { Column } from '../column.ts';
import type { GroupNumbers } from './aggregate-state.ts';

/**
 * At most one value a group, NULL until set. Values come from a column that `read` has named.
 * `compare` orders as `compareScalars`: NaN is above all numbers, -0 equals 0, text by bytes.
 */
export abstract class GroupValues {
  abstract readonly bytes: number;
  /** Names the column that `put` and `compare` take rows from. */
  abstract read(column: Column): void;
  abstract has(group: number): boolean;
  /** Sets the group's value to that of a row, which may be NULL. */
  abstract put(group: number, row: number): void;
  /** Below, at or above 0 as the value of a row is below, equal to or above the group's. Neither may be NULL. */
  abstract compare(row: number, group: number): number;
  /** The values of groups 0 .. length - 1. */
  abstract column(length: number): Column;

  /**
   * Takes the rows of a column: a group's value becomes that of a row where this is greater (sign 1) or less (sign -1).
   * Of equal ones the first stays; NULLs do not count.
   */
  keepExtremes(column: Column, groups: GroupNumbers, length: number, sign: -1 | 1): void {
    const { validity } = column;
    this.read(column);
    for (let row = 0; row < length; row++) {
      if (validity && validity[row] === 0) continue;
      const group = groups ? groups[row]! : 0;
      if (!this.has(group) || sign * this.compare(row, group) > 0) this.put(group, row);
    }
  }
}
