import { parquetHeader } from 'hyparquet/src/column.js';
import type { ChunkToRead } from '../column-chunks.ts';
import type { LeafColumn } from '../leaf-column.ts';
import type { Levels } from '../schema-tree.ts';
import { decompress } from './codec.ts';
import { decodeHybrid } from './hybrid.ts';
import { decodeLevels, decodeLevelsV1 } from './levels.ts';
import { decodePlain, decodeValues, type Values } from './values.ts';

const MAX_PAGE = 1 << 30;

/** Takes the pages of a column chunk in the order in which they stand. */
export interface PageSink {
  readonly levels: Levels;
  /** Values, NULLs among them, still to come. */
  readonly missing: number;
  /** Where the levels of the next `count` values are written; asked where the highest level is not 0. */
  definitionLevels(count: number): Uint8Array;
  repetitionLevels(count: number): Uint8Array;
  /**
   * Takes a page of `count` values, `nulls` of them NULL: the others are `values`, or those that `codes` points to.
   * Throws a plain Error on a code beyond the dictionary, and where values are too few.
   */
  append(values: Values, codes: Int32Array | undefined, count: number, nulls: number): void;
}

/**
 * Decodes the pages of a column chunk, `bytes`, until the sink misses nothing: page headers, levels and values in the
 * order they stand (Parquet README, "Data Pages"). Throws whatever damaged bytes provoke; the caller names the place.
 */
export function decodePages(bytes: Uint8Array, { column, chunk }: ChunkToRead, sink: PageSink): void {
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
  const { definition, repetition } = sink.levels;
  let dictionary: Values | undefined;
  while (sink.missing > 0) {
    const header = parquetHeader(reader);
    const size = header.compressed_page_size;
    const unpacked = header.uncompressed_page_size;
    if (!(size >= 0 && size <= bytes.length - reader.offset))
      throw new Error(`a page claims ${size} bytes where ${bytes.length - reader.offset} are left`);
    if (!(unpacked >= 0 && unpacked <= MAX_PAGE)) throw new Error(`a page claims ${unpacked} bytes`);
    const page = bytes.subarray(reader.offset, reader.offset + size);
    reader.offset += size;
    if (header.type === 'DICTIONARY_PAGE' && header.dictionary_page_header) {
      const { num_values: count } = header.dictionary_page_header;
      const values = decompress(chunk.codec, page, unpacked);
      checkCount(count, MAX_PAGE);
      dictionary = decodePlain(column, values, count);
    } else if (header.type === 'DATA_PAGE' && header.data_page_header) {
      const v1 = header.data_page_header;
      const { num_values: count, encoding } = v1;
      checkCount(count, sink.missing);
      const body = decompress(chunk.codec, page, unpacked);
      let at = 0;
      if (repetition > 0)
        at = decodeLevelsV1(v1.repetition_level_encoding, body, at, repetition, sink.repetitionLevels(count));
      let nulls = 0;
      if (definition > 0) {
        const levels = sink.definitionLevels(count);
        at = decodeLevelsV1(v1.definition_level_encoding, body, at, definition, levels);
        nulls = levelsBelow(levels, definition);
      }
      appendValues(sink, column, encoding, dictionary, body.subarray(at), count, nulls);
    } else if (header.type === 'DATA_PAGE_V2' && header.data_page_header_v2) {
      const v2 = header.data_page_header_v2;
      const { num_values: count, encoding } = v2;
      checkCount(count, sink.missing);
      const levelStart = v2.repetition_levels_byte_length;
      const levelEnd = levelStart + v2.definition_levels_byte_length;
      if (!(levelStart >= 0 && levelEnd >= levelStart && levelEnd <= page.length && levelEnd <= unpacked))
        throw new Error(`its levels claim ${levelEnd} bytes of ${page.length}`);
      if (repetition > 0) decodeLevels(page, 0, levelStart, repetition, sink.repetitionLevels(count));
      let nulls = 0;
      if (definition > 0) {
        const levels = sink.definitionLevels(count);
        decodeLevels(page, levelStart, levelEnd, definition, levels);
        nulls = levelsBelow(levels, definition);
      }
      const values = page.subarray(levelEnd);
      const body = v2.is_compressed === false ? values : decompress(chunk.codec, values, unpacked - levelEnd);
      appendValues(sink, column, encoding, dictionary, body, count, nulls);
    } else if (header.type !== 'INDEX_PAGE') throw new Error(`a page of unknown type ${header.type}`);
  }
}

function checkCount(count: number, most: number): void {
  if (!(Number.isInteger(count) && count >= 0 && count <= most))
    throw new Error(`a page claims ${count} values where ${most} are possible`);
}

function levelsBelow(levels: Uint8Array, highest: number): number {
  let below = 0;
  for (let i = 0; i < levels.length; i++) below += levels[i]! < highest ? 1 : 0;
  return below;
}

function appendValues(
  sink: PageSink,
  column: LeafColumn,
  encoding: string | undefined,
  dictionary: Values | undefined,
  body: Uint8Array,
  count: number,
  nulls: number,
): void {
  const present = count - nulls;
  if (present === 0) {
    sink.append(decodePlain(column, body, 0), undefined, count, nulls);
  } else if (encoding === 'RLE_DICTIONARY' || encoding === 'PLAIN_DICTIONARY') {
    if (!dictionary) throw new Error('its dictionary is missing');
    if (body.length === 0) throw new Error('its dictionary codes are missing');
    const codes = new Int32Array(present);
    decodeHybrid(body, 1, body.length, body[0]!, codes, 0, present);
    sink.append(dictionary, codes, count, nulls);
  } else if (encoding === 'RLE' && column.physical === 'BOOLEAN') {
    const values = new Uint8Array(present);
    decodeHybrid(body, 4, body.length, 1, values, 0, present);
    sink.append({ kind: 'fixed', values }, undefined, count, nulls);
  } else sink.append(decodeValues(column, encoding, body, present), undefined, count, nulls);
}
