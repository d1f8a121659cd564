import { columnFromScalars } from '../../../engine/scalars.ts';
import type { Lane } from '../../../engine/task.ts';
import { SluiceError } from '../../../query/error.ts';
import { INT64 } from '../../../query/types.ts';

let counted = 0;
let running = 0;

/** Rows of a megabyte. */
const MANY = 1 << 17;

/** Lanes that do what the name of the first output column says; each task gives one number, `count` many times. */
export async function openLane(): Promise<Lane> {
  return {
    async run({ fragment }, part, _source, aborted) {
      const name = fragment.output.kind === 'rows' ? fragment.output.columns[0]?.name : undefined;
      if (part.kind !== 'csv-chunk') throw new TypeError('odd');
      let value = part.start;
      let next = part.end;
      let first = part.start;
      // One worker dies, not the other one after it, while the next scan begins.
      if (name === 'exit' && part.start < 500) process.exit(3);
      if (name === 'throw') throw new TypeError('odd');
      if (name === 'count') counted++;
      if (name === 'counted') value = counted;
      if (name === 'alone') {
        running++;
        await new Promise((resolve) => setTimeout(resolve, 2));
        value = running--;
      }
      if (name === 'wait') {
        while (!aborted()) await new Promise((resolve) => setTimeout(resolve, 1));
        throw new SluiceError('cancelled', 'told to stop');
      }
      if (name === 'alternate') {
        const odd = Math.floor(part.start / 500) % 2 === 1;
        // Every other chunk's first row is not the one that it guesses.
        if (odd && part.firstRow !== part.start + 1) throw new SluiceError('bad-data', 'the guess was wrong');
        first = part.firstRow ?? part.start;
        value = Number(odd);
        next += odd ? 0 : 1;
      }
      const length = name === 'count' ? MANY : 1;
      const columns = [columnFromScalars(INT64, new Array(length).fill(BigInt(value)))];
      const batch = { schema: [{ name: 'id', type: INT64 }], length, columns };
      return { batches: [batch], rowsScanned: 1, bytesRead: 0, rowBounds: { first, next } };
    },
  };
}
