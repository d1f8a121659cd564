import { SluiceError } from '../../../query/error.ts';
import type { DataType } from '../../../query/types.ts';
import type { Column } from '../../column.ts';
import { VECTOR_SIZE } from '../../task.ts';
import type { GroupMemory } from './group-memory.ts';

/**
 * A column of `length` texts out of linear memory. `locate` writes the addresses and lengths (u32 arrays) of `count`
 * texts from `first` on. Throws `bad-data` beyond 2 GiB.
 */
export function textColumn(
  { memory, kernels, scratch }: GroupMemory,
  type: DataType,
  length: number,
  locate: (first: number, count: number, starts: number, lengths: number) => void,
): Extract<Column, { kind: 'utf8' }> {
  const starts = scratch;
  const lengths = starts + 4 * VECTOR_SIZE;
  const ends = lengths + 4 * VECTOR_SIZE;
  const offsets = new Int32Array(length + 1);
  let bytes = new Uint8Array(1024);
  let total = 0;
  for (let first = 0; first < length; first += VECTOR_SIZE) {
    const count = Math.min(VECTOR_SIZE, length - first);
    locate(first, count, starts, lengths);
    const more = Number(kernels.totalLength(lengths, count));
    if (total + more > 0x7fffffff) throw new SluiceError('bad-data', 'the texts of one batch exceed 2 GiB');
    const mark = memory.mark();
    const run = memory.allocate(more);
    kernels.concatenateUtf8(starts, lengths, count, run, ends);
    if (total + more > bytes.length) {
      const larger = new Uint8Array(Math.max(total + more, Math.min(2 * bytes.length, 0x7fffffff)));
      larger.set(bytes.subarray(0, total));
      bytes = larger;
    }
    bytes.set(memory.u8.subarray(run, run + more), total);
    memory.release(mark);
    const relative = memory.i32.subarray(ends >> 2, (ends >> 2) + count);
    for (let i = 0; i < count; i++) offsets[first + i + 1] = total + (relative[i] as number);
    total += more;
  }
  return { kind: 'utf8', type, length, offsets, bytes: bytes.slice(0, total) };
}
