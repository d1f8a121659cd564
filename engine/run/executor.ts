import type { Fragment } from '../../query/fragment.ts';
import type { ObjectDescription, ObjectLocation } from '../task.ts';
import type { Scan } from './scan.ts';

/** Runs scans on a pool of worker threads, one pool for all scans of a process. */
export class Executor {
  readonly threads: number;

  constructor(options: { readonly threads: number }) {
    this.threads = options.threads;
  }

  /** What a scan must know of a local object. Throws `bad-data`, `not-found`, `unsupported`. */
  async describe(location: ObjectLocation): Promise<ObjectDescription> {
    throw new Error(`not yet: ${location.name}`);
  }

  /** Binds the fragment (throws its errors at once) and gives the scan; nothing runs before `batches` is iterated. */
  scan(description: ObjectDescription, fragment: Fragment, signal?: AbortSignal): Scan {
    throw new Error(`not yet: ${description.location.name} ${fragment.object} ${signal}`);
  }

  /** Ends the workers; scans that still run fail with `cancelled`. */
  async close(): Promise<void> {}
}
