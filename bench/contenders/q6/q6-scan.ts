import { SluiceError } from '../../../query/error.ts';
import { type Contender, timed } from '../contender.ts';
import { type ByteRange, rowRanges } from './row-ranges.ts';
import { resultRow, type ScanResult } from './scan-result.ts';

/** Scans ranges of a file, each in a thread of its own. */
export interface RangeScanner {
  readonly pids?: readonly number[];
  scan(path: string, ranges: readonly ByteRange[]): Promise<readonly ScanResult[]>;
  close(): Promise<void>;
}

/** Q6 over CSV by a program written for it, which answers nothing else. */
export function q6Contender(scanner: RangeScanner, threads: number): Contender {
  return {
    pids: scanner.pids ?? [],
    async ask({ query, path }) {
      if (query !== 'q6') throw new SluiceError('unsupported', `the scan of Q6 does not answer ${query}`);
      const { ms, result } = await timed(async () =>
        resultRow(path, await scanner.scan(path, await rowRanges(path, threads))),
      );
      return { ms, rows: [result] };
    },
    close: () => scanner.close(),
  };
}
