import { parquetHeader } from 'hyparquet/src/column.js';
import type { Column } from '../../../column.ts';
import type { ChunkToRead } from '../column-chunks.ts';
import type { LeafColumn } from '../leaf-column.ts';
import { decompress } from './codec.ts';
import { ColumnSink } from './column-sink.ts';
import { decodeHybrid } from './hybrid.ts';
import { decodePlain, decodeValues, type Values } from './values.ts';

const MAX_PAGE = 1 << 30;

/**
 * Decodes a flat column chunk, `bytes`, of `rows` rows: page headers, levels and values in the order they stand
 * (Parquet README, "Data Pages"). Throws whatever damaged bytes provoke; the caller names the place.
 */
export function decodeChunk(bytes: Uint8Array, { column, chunk }: ChunkToRead, rows: number): Column {
  const sink = new ColumnSink(column, rows);
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
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
    if (header.dictionary_page_header) {
      const { num_values: count } = header.dictionary_page_header;
      const values = decompress(chunk.codec, page, unpacked);
      checkCount(count, MAX_PAGE);
      dictionary = decodePlain(column, values, count);
    } else if (header.data_page_header) {
      const { num_values: count, encoding } = header.data_page_header;
      checkCount(count, sink.missing);
      const body = decompress(chunk.codec, page, unpacked);
      let at = 0;
      let nulls = 0;
      const validity = sink.validity(count);
      if (validity) {
        if (header.data_page_header.definition_level_encoding !== 'RLE' && count > 0)
          throw new Error(`definition levels in ${header.data_page_header.definition_level_encoding} are too old`);
        if (body.length < 4) throw new Error('its definition levels are missing');
        const length = new DataView(body.buffer, body.byteOffset).getUint32(0, true);
        at = 4 + length;
        if (at > body.length) throw new Error(`its definition levels claim ${length} bytes of ${body.length - 4}`);
        nulls = decodeLevels(body, 4, at, validity);
      }
      appendValues(sink, column, encoding, dictionary, body.subarray(at), count, nulls);
    } else if (header.data_page_header_v2) {
      const v2 = header.data_page_header_v2;
      const { num_values: count, encoding } = v2;
      checkCount(count, sink.missing);
      const levelStart = v2.repetition_levels_byte_length;
      const levelEnd = levelStart + v2.definition_levels_byte_length;
      if (!(levelStart >= 0 && levelEnd >= levelStart && levelEnd <= page.length && levelEnd <= unpacked))
        throw new Error(`its levels claim ${levelEnd} bytes of ${page.length}`);
      const validity = sink.validity(count);
      const nulls = validity ? decodeLevels(page, levelStart, levelEnd, validity) : 0;
      const values = page.subarray(levelEnd);
      const body = v2.is_compressed === false ? values : decompress(chunk.codec, values, unpacked - levelEnd);
      appendValues(sink, column, encoding, dictionary, body, count, nulls);
    } else if (header.type !== 'INDEX_PAGE') throw new Error(`a page of unknown type ${header.type}`);
  }
  return sink.finish();
}

function checkCount(count: number, most: number): void {
  if (!(Number.isInteger(count) && count >= 0 && count <= most))
    throw new Error(`a page claims ${count} values where ${most} are possible`);
}

/** Definition levels of a flat column are its validity; gives the number of NULLs. */
function decodeLevels(bytes: Uint8Array, start: number, end: number, validity: Uint8Array): number {
  decodeHybrid(bytes, start, end, 1, validity, 0, validity.length);
  let nulls = validity.length;
  for (let i = 0; i < validity.length; i++) nulls -= validity[i]!;
  return nulls;
}

function appendValues(
  sink: ColumnSink,
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
