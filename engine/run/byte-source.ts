import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { SluiceError } from '../../query/error.ts';
import type { ByteSource, ObjectLocation } from '../task.ts';
import { isVersionOf, missing } from './locate.ts';

type FileLocation = Extract<ObjectLocation, { kind: 'file' }>;
type HttpLocation = Extract<ObjectLocation, { kind: 'http' }>;

/** A source that can tell whether the object is still the one that was described. */
export interface CheckedSource extends ByteSource {
  /** Throws `bad-data` when the bytes may have changed since the source was opened. */
  check(): void;
}

/** Opens the object's bytes. Throws `not-found`, and `bad-data` when the object is not the one that was described. */
export function openSource(location: ObjectLocation): CheckedSource {
  switch (location.kind) {
    case 'file':
      return openFile(location);
    case 'http':
      return openHttp(location);
    case 'memory':
      return { name: location.name, size: 0, check() {}, read: () => 0, close() {} };
  }
}

function openFile({ name, path, size, version }: FileLocation): CheckedSource {
  const descriptor = openDescriptor(name, path);
  const check = () => {
    if (!isVersionOf(version, fstatSync(descriptor))) throw changed(name);
  };
  try {
    check();
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
  return {
    name,
    size,
    check,
    read(offset, target) {
      const wanted = Math.max(0, Math.min(target.length, size - offset));
      let filled = 0;
      while (filled < wanted) {
        const count = readSync(descriptor, target, filled, wanted - filled, offset + filled);
        if (count === 0) throw changed(name);
        filled += count;
      }
      return filled;
    },
    close() {
      closeSync(descriptor);
    },
  };
}

function openDescriptor(name: string, path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    throw missing(name, path, error as NodeJS.ErrnoException);
  }
}

/** Ranged GET without retries; every answer must carry the version that was described as its ETag. */
function openHttp({ name, url, size, version }: HttpLocation): CheckedSource {
  return {
    name,
    size,
    gap: 512 * 1024,
    /** Every answer was checked when it came. */
    check() {},
    async read(offset, target) {
      const wanted = Math.max(0, Math.min(target.length, size - offset));
      if (wanted === 0) return 0;
      const range = `bytes=${offset}-${offset + wanted - 1}`;
      const response = await request(name, url, range);
      try {
        if (response.status === 404) throw new SluiceError('not-found', `${name}: not found at ${url}`);
        if (response.status === 412 || response.status === 416) throw changed(name);
        if (response.ok && etagOf(response) !== version) throw changed(name);
        if (response.status !== 206)
          throw new SluiceError('unreachable', `${name}: ${url} answered ${response.status} to ${range}, expected 206`);
        return await fill(name, url, response, target.subarray(0, wanted));
      } catch (error) {
        await response.body?.cancel().catch(() => {});
        throw error;
      }
    },
    close() {},
  };
}

async function request(name: string, url: string, range: string): Promise<Response> {
  try {
    return await fetch(url, { headers: { range, 'accept-encoding': 'identity' } });
  } catch (error) {
    throw unreachable(name, url, error);
  }
}

async function fill(name: string, url: string, response: Response, target: Uint8Array): Promise<number> {
  let filled = 0;
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (filled + value.length > target.length)
        throw new SluiceError('unreachable', `${name}: ${url} sent more than the ${target.length} bytes asked for`);
      target.set(value, filled);
      filled += value.length;
    }
  } catch (error) {
    throw error instanceof SluiceError ? error : unreachable(name, url, error);
  } finally {
    reader.releaseLock();
  }
  if (filled < target.length)
    throw new SluiceError('unreachable', `${name}: ${url} sent ${filled} of the ${target.length} bytes asked for`);
  return filled;
}

function etagOf(response: Response): string | undefined {
  return /^(?:W\/)?"(.*)"$/.exec(response.headers.get('etag') ?? '')?.[1];
}

function unreachable(name: string, url: string, error: unknown): SluiceError {
  const { message, cause } = error as Error;
  const why = cause instanceof Error && cause.message ? cause.message : message;
  return new SluiceError('unreachable', `${name}: ${url} does not answer: ${why}`);
}

function changed(name: string): SluiceError {
  return new SluiceError('bad-data', `${name}: changed while being read; run the query again`);
}
