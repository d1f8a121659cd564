import { SluiceError } from '../../../query/error.ts';
import type { BoundExpression } from '../../../query/expression.ts';
import type { ByteSource } from '../../task.ts';
import {
  BLOOM_BLOCK_SIZE,
  BLOOM_HEADER_SIZE,
  bloomBlockExcludes,
  bloomBlockOf,
  bloomHashOf,
  parseBloomFilter,
} from './bloom-filter.ts';
import { leafAt } from './file-columns.ts';
import { type ParquetFooter, readFully } from './footer.ts';
import { mayMatch, type Zones } from './prune.ts';
import type { Bound } from './zone-map.ts';

/**
 * Whether some row of a row group may satisfy all `conjuncts`, by its Bloom filters; they are read only for values that
 * a column is compared with for equality and that `zones` does not exclude, and of them only the blocks in question.
 * A filter that makes no sense excludes nothing.
 */
export async function bloomMayMatch(
  source: ByteSource,
  footer: ParquetFooter,
  group: number,
  conjuncts: readonly BoundExpression[],
  zones: Zones,
): Promise<{ readonly mayMatch: boolean; readonly bytesRead: number }> {
  const probes = probesOf(footer, group, conjuncts, zones);
  if (probes.size === 0) return { mayMatch: true, bytesRead: 0 };
  let bytesRead = 0;
  const read = async (offset: number, size: number) => {
    const bytes = new Uint8Array(Math.min(size, source.size - offset));
    await readFully(source, offset, bytes);
    bytesRead += bytes.length;
    return bytes;
  };
  const excluded = new Map<number, ReadonlySet<bigint>>();
  const probe = async (column: number, { offset, hashes }: Probe) => {
    const filter = parseBloomFilter(await read(offset, BLOOM_HEADER_SIZE));
    const absent = [...hashes].map(async (hash) => {
      const start = offset + filter.offset + BLOOM_BLOCK_SIZE * bloomBlockOf(filter, hash);
      return bloomBlockExcludes(await read(start, BLOOM_BLOCK_SIZE), hash) ? [hash] : [];
    });
    excluded.set(column, new Set((await Promise.all(absent)).flat()));
  };
  await Promise.all([...probes].map(([column, each]) => probe(column, each).catch(passOver)));
  const asked = withExclusion(zones, (column, value) => {
    const leaf = leafAt(footer, column);
    const hash = leaf && bloomHashOf(leaf, value);
    return hash !== undefined && (excluded.get(column)?.has(hash) ?? false);
  });
  return { mayMatch: mayMatch(conjuncts, asked), bytesRead };
}

/** A filter that is broken, or ends beyond the object, costs only speed; a source that fails is an error. */
function passOver(error: unknown): void {
  if (error instanceof SluiceError && error.code !== 'bad-data') throw error;
}

interface Probe {
  /** Of the filter. */
  readonly offset: number;
  readonly hashes: Set<bigint>;
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
