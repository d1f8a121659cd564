import { describe, expect, it } from 'vitest';
import { shareMemory } from '../../../engine/run/memory-shares.ts';
import { ResultWindow } from '../../../engine/run/result-window.ts';
import { columnFromScalars } from '../../../engine/scalars.ts';
import type { TaskResult } from '../../../engine/task.ts';
import { FLOAT64 } from '../../../query/types.ts';

const MIB = 2 ** 20;

function resultOf(rows: number): TaskResult {
  const column = columnFromScalars(FLOAT64, new Array<number>(rows).fill(1));
  return {
    batches: [{ schema: [{ name: 'x', type: FLOAT64 }], length: rows, columns: [column] }],
    rowsScanned: rows,
    bytesRead: 0,
  };
}

describe('memory for buffers', () => {
  it('is divided among workers, merging and results without a rest for anybody else', () => {
    const { lane, groups, results } = shareMemory(256 * MIB, 2);
    expect(2 * lane + groups + results).toBe(256 * MIB);
  });

  it('is refused where workers could do nothing with it', () => {
    expect(() => shareMemory(100 * MIB, 4)).toThrow(
      '100 MiB are too little for 4 workers: give 128 MiB or more, or fewer workers',
    );
  });

  it('holds fewer tasks the larger their results are, and always one', () => {
    const window = new ResultWindow(4, () => 20_000);
    expect(window.tasks).toBe(4);
    window.add([resultOf(1000)]);
    expect(window.tasks).toBe(2);
    window.add([resultOf(5000)]);
    expect(window.tasks).toBe(1);
    window.add([resultOf(1)]);
    expect(window.tasks).toBe(1);
  });
});
