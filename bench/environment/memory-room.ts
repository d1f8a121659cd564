import { freemem } from 'node:os';

/** How much of the free memory the data of an experiment may take. */
const MOST_OF_FREE = 0.75;

/** Why data of so many bytes cannot be held, in words; undefined when it can. A limit of the container counts. */
export function lackOfMemory(bytes: number): string | undefined {
  const free = Math.min(freemem(), process.availableMemory());
  if (bytes <= free * MOST_OF_FREE) return undefined;
  return `needs ${Math.ceil(bytes / 2 ** 20)} MiB, more than ${MOST_OF_FREE * 100} % of the free memory`;
}
