import { isMainThread } from 'node:worker_threads';

// Imported by a server before all else. Its standard input is a pipe from the harness, which ends when the harness does,
// however that ends.
if (isMainThread) {
  process.stdin.once('end', () => process.exit()).resume();
  process.stdin.once('error', () => process.exit());
  // The pipe alone is no reason to go on living.
  (process.stdin as unknown as { unref?(): void }).unref?.();
}
