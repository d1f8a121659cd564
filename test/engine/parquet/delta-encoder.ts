import { plainValues } from './plain-encoder.ts';

function unsigned(value: bigint): number[] {
  const bytes: number[] = [];
  for (; value > 127n; value >>= 7n) bytes.push(Number(value & 127n) | 128);
  return [...bytes, Number(value)];
}

/** Zigzag of a number of 64 bits. */
const zigzag = (value: bigint): number[] => unsigned(BigInt.asUintN(64, (value << 1n) ^ (value >> 63n)));

function packed(values: readonly bigint[], width: number): number[] {
  let bits = 0n;
  for (const [i, value] of values.entries()) bits |= value << BigInt(i * width);
  return Array.from({ length: (values.length * width) / 8 }, (_, i) => Number((bits >> BigInt(8 * i)) & 255n));
}

const bitLength = (value: bigint): number => (value === 0n ? 0 : value.toString(2).length);

/** How a block is cut: values, and parts of equal size with a bit width each. */
export interface DeltaShape {
  readonly values: number;
  readonly parts: number;
}

/** DELTA_BINARY_PACKED; deltas are of 64 bits and wrap around. */
export function deltaPacked(values: readonly bigint[], shape: DeltaShape = { values: 128, parts: 4 }): Buffer {
  const bytes = [shape.values, shape.parts, values.length].flatMap((number) => unsigned(BigInt(number)));
  bytes.push(...zigzag(values[0] ?? 0n));
  const deltas = values.slice(1).map((value, i) => BigInt.asIntN(64, value - values[i]!));
  const size = shape.values / shape.parts;
  for (let at = 0; at < deltas.length; at += shape.values) {
    const block = deltas.slice(at, at + shape.values);
    const [least = 0n] = block.toSorted((a, b) => (a < b ? -1 : 1));
    const parts: bigint[][] = [];
    for (let i = 0; i < block.length; i += size) {
      const part = block.slice(i, i + size).map((delta) => BigInt.asUintN(64, delta - least));
      parts.push([...part, ...Array(size - part.length).fill(0n)]);
    }
    const widths = parts.map((part) => Math.max(...part.map(bitLength)));
    // What the width of a part says that has no values does not matter.
    bytes.push(...zigzag(least), ...widths, ...Array(shape.parts - widths.length).fill(77));
    for (const [i, part] of parts.entries()) bytes.push(...packed(part, widths[i]!));
  }
  return Buffer.from(bytes);
}

/** DELTA_LENGTH_BYTE_ARRAY. */
export function deltaLengthTexts(texts: readonly Uint8Array[]): Buffer {
  return Buffer.concat([deltaPacked(texts.map(({ length }) => BigInt(length))), ...texts]);
}

/** DELTA_BYTE_ARRAY. */
export function deltaTexts(texts: readonly Uint8Array[]): Buffer {
  const prefixes = texts.map((text, i) => {
    const before = texts[i - 1] ?? new Uint8Array();
    let length = 0;
    while (length < text.length && length < before.length && text[length] === before[length]) length++;
    return length;
  });
  const rests = texts.map((text, i) => text.subarray(prefixes[i]!));
  return Buffer.concat([deltaPacked(prefixes.map(BigInt)), deltaLengthTexts(rests)]);
}

/** BYTE_STREAM_SPLIT of values that PLAIN writes in `width` bytes. */
export function splitStreams(plain: Uint8Array, width: number): Buffer {
  const count = plain.length / width;
  return Buffer.from(Array.from(plain, (_, i) => plain[(i % count) * width + Math.floor(i / count)]!));
}

/** RLE of booleans: runs from 20 on as such, all else packed. */
export function booleanRuns(values: readonly boolean[]): Buffer {
  const bytes: number[] = [];
  for (let at = 0; at < values.length; ) {
    let run = 1;
    while (values[at + run] === values[at]) run++;
    if (run >= 20) {
      bytes.push(...unsigned(BigInt(run) << 1n), Number(values[at]));
      at += run;
    } else {
      bytes.push(3, ...plainValues('BOOLEAN', values.slice(at, at + 8)));
      at += 8;
    }
  }
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return Buffer.concat([length, Buffer.from(bytes)]);
}
