import { SluiceError } from '../../../query/error.ts';
import type { BoundExpression } from '../../../query/expression.ts';
import type { ByteSource } from '../../task.ts';
import {
  BLOOM_BLOCK_SIZE,
  BLOOM_HEADER_SIZE,
  type BloomFilter,
  bloomBlockExcludes,
  bloomBlockOf,
  bloomHashOf,
  parseBloomFilter,
} from './bloom-filter.ts';
import { fetchBytes } from './fetch.ts';
import { leafAt } from './file-columns.ts';
import type { ParquetFooter } from './footer.ts';
import { mayMatch, type Zones } from './prune.ts';
import type { Bound } from './zone-map.ts';

/** A row group, and what its statistics promise. */
export interface BloomCandidate {
  readonly index: number;
  readonly zones: Zones;
}

/** Filters of different chunks often stand together, and are read together: so many at a time, to bound the memory. */
const AT_ONCE = 128;

/**
 * Which of some row groups may hold a row that satisfies all `conjuncts`, by their Bloom filters, in the order of
 * `candidates`; filters are read only for values that a column is compared with for equality and that `zones` does not
 * exclude, and of them only the header and the blocks in question, neighbours together. A filter that makes no sense
 * excludes nothing.
 */
export async function bloomMayMatch(
  source: ByteSource,
  footer: ParquetFooter,
  candidates: readonly BloomCandidate[],
  conjuncts: readonly BoundExpression[],
): Promise<{ readonly mayMatch: readonly boolean[]; readonly bytesRead: number }> {
  const probes = candidates.map(({ index, zones }) => probesOf(footer, index, conjuncts, zones));
  const asked = probes.flatMap((each) => [...each.values()]);
  const absent = new Map<Probe, Set<bigint>>();
  let bytesRead = 0;
  for (let i = 0; i < asked.length; i += AT_ONCE)
    bytesRead += await findAbsent(source, asked.slice(i, i + AT_ONCE), absent);
  return {
    mayMatch: candidates.map(({ zones }, i) => {
      const excludes = (column: number, value: Bound) => {
        const leaf = leafAt(footer, column);
        const hash = leaf && bloomHashOf(leaf, value);
        const probe = probes[i]!.get(column);
        return hash !== undefined && probe !== undefined && (absent.get(probe)?.has(hash) ?? false);
      };
      return probes[i]!.size === 0 || mayMatch(conjuncts, withExclusion(zones, excludes));
    }),
    bytesRead,
  };
}

interface Probe {
  /** Of the filter. */
  readonly offset: number;
  readonly hashes: Set<bigint>;
}

/** Notes the hashes of each probe that its filter excludes; gives the bytes read. */
async function findAbsent(
  source: ByteSource,
  probes: readonly Probe[],
  absent: Map<Probe, Set<bigint>>,
): Promise<number> {
  let bytesRead = 0;
  const read = async (places: readonly { readonly start: number; readonly size: number }[]) => {
    const pieces = places.map(({ start, size }) => [{ start, end: Math.min(start + size, source.size) }]);
    const fetched = await fetchBytes(source, pieces);
    bytesRead += fetched.bytesRead;
    return fetched.chunks;
  };
  const within = probes.filter(({ offset }) => offset < source.size);
  try {
    const headers = await read(within.map(({ offset }) => ({ start: offset, size: BLOOM_HEADER_SIZE })));
    const blocks = within.flatMap((probe, i) => blocksOf(probe, headers[i]!));
    const asked = blocks.filter(({ start }) => start + BLOOM_BLOCK_SIZE <= source.size);
    const bytes = await read(asked);
    for (const [i, { probe, hash }] of asked.entries())
      if (bloomBlockExcludes(bytes[i]!, hash)) absent.set(probe, (absent.get(probe) ?? new Set()).add(hash));
  } catch (error) {
    // An object that ends earlier than it said costs only speed here; a source that fails is an error.
    if (error instanceof SluiceError && error.code !== 'bad-data') throw error;
  }
  return bytesRead;
}

/** Where the block of each hash is; nowhere, if the filter's header makes no sense. */
function blocksOf(probe: Probe, header: Uint8Array): { start: number; size: number; probe: Probe; hash: bigint }[] {
  let filter: BloomFilter;
  try {
    filter = parseBloomFilter(header);
  } catch {
    return [];
  }
  return [...probe.hashes].map((hash) => ({
    start: probe.offset + filter.offset + BLOOM_BLOCK_SIZE * bloomBlockOf(filter, hash),
    size: BLOOM_BLOCK_SIZE,
    probe,
    hash,
  }));
}

/** What would be asked of which column's filter. */
function probesOf(
  footer: ParquetFooter,
  group: number,
  conjuncts: readonly BoundExpression[],
  zones: Zones,
): Map<number, Probe> {
  const probes = new Map<number, Probe>();
  const record = (index: number, value: Bound) => {
    const column = leafAt(footer, index);
    const offset = column && footer.metadata.rowGroups[group]?.chunks[column.chunk]?.bloomFilter;
    const hash = column && offset !== undefined ? bloomHashOf(column, value) : undefined;
    if (offset === undefined || hash === undefined) return false;
    const probe = probes.get(index) ?? { offset, hashes: new Set() };
    probe.hashes.add(hash);
    probes.set(index, probe);
    return false;
  };
  mayMatch(conjuncts, withExclusion(zones, record));
  return probes;
}

function withExclusion(zones: Zones, excludes: (column: number, value: Bound) => boolean): Zones {
  return (column) => {
    const zone = zones(column);
    return zone && { ...zone, excludes: (value) => excludes(column, value) };
  };
}
