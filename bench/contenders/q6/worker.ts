import { closeSync, openSync, readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import type { ByteRange } from './row-ranges.ts';
import type { ScanResult } from './scan-result.ts';

// A thread of the scan of Q6 in WebAssembly: it scans the ranges that it is told, piece by piece, in a memory of its own.

export interface ScanTask {
  readonly path: string;
  readonly range: ByteRange;
}

/** Bytes that are read at a time. The same in bench/engines/native/q6.c. */
const PIECE = 1 << 20;
const PAGE = 1 << 16;
/** Where the result goes; the kernel's constants lie below. */
const RESULT = PAGE - 64;
/** Where a piece is read to. It begins a page; see openFileRead. */
const START = PAGE;

const memory = new WebAssembly.Memory({ initial: PIECE / PAGE + 2 });
const { scan } = new WebAssembly.Instance(workerData as WebAssembly.Module, { env: { memory } }).exports as {
  scan(from: number, to: number, result: number): number;
};
const piece = new Uint8Array(memory.buffer, START, PIECE);
const result = new DataView(memory.buffer, RESULT);

function scanRange({ path, range: { from, to } }: ScanTask): ScanResult {
  let revenue = 0n;
  let count = 0n;
  const file = openSync(path, 'r');
  try {
    for (let at = from; at < to; ) {
      const size = readSync(file, piece, 0, Math.min(PIECE, to - at), at);
      const next = scan(START, START + size, RESULT);
      if (next === 0) return { refused: at + result.getUint32(16, true) - START };
      // No row ends in the piece: it is too long, or the range does not end with a row.
      if (next === START) return { refused: at };
      revenue += result.getBigInt64(0, true);
      count += result.getBigInt64(8, true);
      at += next - START;
    }
  } finally {
    closeSync(file);
  }
  return { revenue, count };
}

parentPort!.on('message', (task: ScanTask) => parentPort!.postMessage(scanRange(task)));
parentPort!.postMessage('ready');
