import { LRUCache } from 'lru-cache';
import { SluiceError } from '../../../query/error.ts';
import type { ByteSource, ObjectDescription, ObjectLocation } from '../../task.ts';
import { type FileColumns, fileColumns, schemaOf } from './file-columns.ts';
import { type ParquetMetadata, parseMetadata } from './metadata.ts';

/** What the end of a Parquet object tells. */
export interface ParquetFooter extends FileColumns {
  readonly metadata: ParquetMetadata;
}

const TAIL_SIZE = 64 * 1024;
const MAX_FOOTER = 256 * 1024 * 1024;

/** Footers that were read, by object and version; a footer costs milliseconds to parse. */
const footers = new LRUCache<string, ParquetFooter>({ max: 64 });

/**
 * Reads the footer, and nothing else, of the version `version` of an object. `bytesRead` is 0 where it was cached.
 * Throws `bad-data` where the object is no Parquet file, is truncated, damaged or encrypted.
 */
export async function readFooter(
  source: ByteSource,
  version: string,
): Promise<{ footer: ParquetFooter; bytesRead: number }> {
  const key = `${source.name}\n${source.size}\n${version}`;
  const known = footers.get(key);
  if (known) return { footer: known, bytesRead: 0 };
  const { bytes, bytesRead } = await readFooterBytes(source);
  const dataEnd = source.size - bytes.length - 8;
  let footer: ParquetFooter;
  try {
    const metadata = parseMetadata(bytes, dataEnd);
    footer = { metadata, ...fileColumns(metadata) };
  } catch (error) {
    throw damaged(source, `the footer at byte ${dataEnd} is damaged: ${(error as Error).message}`);
  }
  footers.set(key, footer);
  return { footer, bytesRead };
}

/** Format, schema and row groups of a Parquet object. Throws as `readFooter`. */
export async function describeParquet(location: ObjectLocation, source: ByteSource): Promise<ObjectDescription> {
  const { footer } = await readFooter(source, location.version);
  return {
    location,
    format: {
      kind: 'parquet',
      groupRows: footer.metadata.rowGroups.map((group) => group.rows),
      unsupported: footer.unsupported,
    },
    schema: schemaOf(footer),
  };
}

/** The Thrift bytes between the data and the footer's length. */
async function readFooterBytes(source: ByteSource): Promise<{ bytes: Uint8Array; bytesRead: number }> {
  const { size } = source;
  if (size < 12) throw damaged(source, `${size} bytes are too few for a Parquet file`);
  let tail = new Uint8Array(Math.min(size, TAIL_SIZE));
  await readFully(source, size - tail.length, tail);
  const end = tail.length - 8;
  const magic = String.fromCharCode(...tail.subarray(end + 4));
  if (magic === 'PARE') throw damaged(source, 'its footer is encrypted, which Sluice cannot read');
  if (magic !== 'PAR1')
    throw damaged(source, `it does not end with "PAR1" (byte ${size - 4}): no Parquet file, or a truncated one`);
  const length = new DataView(tail.buffer).getUint32(end, true);
  if (length === 0 || length > size - 12 || length > MAX_FOOTER)
    throw damaged(source, `the footer's length at byte ${size - 8} is ${length}, at most ${size - 12} is possible`);
  let bytesRead = tail.length;
  if (length > end) {
    tail = new Uint8Array(length + 8);
    await readFully(source, size - tail.length, tail);
    bytesRead += tail.length;
  }
  return { bytes: tail.subarray(tail.length - 8 - length, tail.length - 8), bytesRead };
}

/** Fills `target` from `offset` on. Throws `bad-data` where the object ends before. */
export async function readFully(source: ByteSource, offset: number, target: Uint8Array): Promise<void> {
  let done = 0;
  while (done < target.length) {
    const got = await source.read(offset + done, target.subarray(done));
    if (got <= 0)
      throw damaged(source, `it ends at byte ${offset + done} where ${target.length - done} more bytes are expected`);
    done += got;
  }
}

function damaged(source: ByteSource, what: string): SluiceError {
  return new SluiceError('bad-data', `"${source.name}": ${what}`);
}
