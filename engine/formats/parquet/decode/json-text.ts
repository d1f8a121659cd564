import { isUtf8 } from 'node:buffer';
import { formatDate, formatTimestamp } from '../../../../query/calendar.ts';
import { castToText, formatDecimal } from '../../../../query/format-value.ts';
import { FLOAT64, INT64 } from '../../../../query/types.ts';
import { isWide } from '../../../column.ts';
import { wideAt } from '../../../scalars.ts';
import { type LeafColumn, leafColumn } from '../leaf-column.ts';
import type { TimeUnit } from '../metadata.ts';
import type { SchemaTree } from '../schema-tree.ts';
import type { ByteStrings, FixedValues, Values } from './values.ts';

/** How the values of a leaf are decoded, and what each is in JSON: the text that DuckDB's to_json gives of it. */
export interface JsonLeaf {
  readonly column: LeafColumn;
  readonly text: (values: Values, index: number) => string;
  /** As the key of a map. */
  readonly key: (values: Values, index: number) => string;
}

/** Throws a plain Error for a leaf that Sluice does not read. */
export function jsonLeaf(tree: SchemaTree): JsonLeaf {
  const column = leafColumn(tree);
  if (typeof column === 'string') throw new Error(`${column} is not read`);
  const { annotation } = tree.node;
  const asKey = (text: JsonLeaf['text']) => (values: Values, index: number) => `"${text(values, index)}"`;
  const numbers = (text: JsonLeaf['text']): JsonLeaf => ({ column, text, key: asKey(text) });
  const texts = (text: JsonLeaf['text'], conversion = column.conversion): JsonLeaf => ({
    column: { ...column, conversion },
    text,
    key: text,
  });
  if (annotation?.kind === 'timestamp') {
    const { unit, utc } = annotation;
    const text = (values: Values, i: number) =>
      `"${timestampText(fixedOf(values)[i] as bigint, unit)}${utc ? '+00' : ''}"`;
    return { column: { ...column, type: INT64, conversion: { kind: 'none' } }, text, key: text };
  }
  const { type, conversion } = column;
  switch (type.kind) {
    case 'bool':
      return numbers((values, i) => (fixedOf(values)[i] ? 'true' : 'false'));
    case 'float64':
      return {
        column,
        text: (values, i) => doubleText(fixedOf(values)[i] as number),
        key: (values, i) => `"${castToText(fixedOf(values)[i] as number, FLOAT64)}"`,
      };
    case 'decimal': {
      const { scale } = type;
      if (!isWide(type)) return numbers((values, i) => formatDecimal(fixedOf(values)[i] as bigint, scale));
      return numbers((values, i) => formatDecimal(wideAt(fixedOf(values) as BigInt64Array, i), scale));
    }
    case 'date':
      return texts((values, i) => `"${formatDate(fixedOf(values)[i] as number)}"`);
    case 'timestamp':
      return texts((values, i) => `"${formatTimestamp(fixedOf(values)[i] as bigint)}"`);
    case 'utf8':
      // Bytes appear in JSON as DuckDB prints them, not as digits.
      if (conversion.kind === 'hex') return texts((values, i) => blobText(bytesOf(values, i)), { kind: 'text' });
      if (annotation?.kind === 'json')
        return { ...texts(stringText), text: (values, i) => checkedJson(utf8Of(bytesOf(values, i))) };
      return texts(stringText);
    default:
      return numbers((values, i) => String(fixedOf(values)[i]));
  }
}

function fixedOf(values: Values): FixedValues {
  if (values.kind !== 'fixed') throw new TypeError('strings where numbers are expected');
  return values.values;
}

function bytesOf(values: Values, index: number): Uint8Array {
  if (values.kind !== 'strings') throw new TypeError('numbers where strings are expected');
  const { bytes, starts, ends }: ByteStrings = values.strings;
  return bytes.subarray(starts[index], ends[index]);
}

function stringText(values: Values, index: number): string {
  return JSON.stringify(utf8Of(bytesOf(values, index)));
}

function utf8Of(bytes: Uint8Array): string {
  if (!isUtf8(bytes)) throw new Error('a string is not UTF-8');
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
}

/** JSON within JSON is not quoted. */
function checkedJson(text: string): string {
  try {
    JSON.parse(text);
  } catch {
    throw new Error('a value of a JSON column is not JSON');
  }
  return text;
}

/** As DuckDB casts a BLOB to text, in quotes: what is not printable, and quotes and backslashes, as \xHH. */
function blobText(bytes: Uint8Array): string {
  let text = '"';
  for (const byte of bytes) {
    const printable = byte >= 32 && byte < 127 && byte !== 0x22 && byte !== 0x27 && byte !== 0x5c;
    text += printable ? String.fromCharCode(byte) : `\\\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return `${text}"`;
}

/** NaN and infinities are no JSON, but this is what DuckDB writes. */
function doubleText(value: number): string {
  if (Object.is(value, -0)) return '-0.0';
  return Number.isInteger(value) && Math.abs(value) < 1e21 ? `${value}.0` : String(value);
}

/** A stored timestamp. Nanoseconds keep their nine digits. */
function timestampText(value: bigint, unit: TimeUnit): string {
  if (unit === 'ms') return formatTimestamp(BigInt.asIntN(64, value * 1000n));
  if (unit === 'us') return formatTimestamp(value);
  const nanos = ((value % 1000n) + 1000n) % 1000n;
  const text = formatTimestamp((value - nanos) / 1000n);
  if (nanos === 0n) return text;
  const [whole = '', fraction = ''] = text.split('.');
  return `${whole}.${fraction.padEnd(6, '0')}${String(nanos).padStart(3, '0').replace(/0+$/, '')}`;
}
