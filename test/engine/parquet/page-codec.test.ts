import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CODECS } from '../../../engine/formats/parquet/metadata.ts';
import { instantiateKernels } from '../../../engine/lanes/wasm/kernels.ts';
import { EngineMemory } from '../../../engine/lanes/wasm/memory.ts';
import { PageCodec } from '../../../engine/lanes/wasm/page-codec.ts';
import { lz4Compress, lz4HadoopCompress } from './lz4-encoder.ts';
import { snappyCompress } from './snappy-encoder.ts';

const memory = new EngineMemory();
const codec = new PageCodec(memory, instantiateKernels(memory));
const GUARD = 0xa5;
const SLOP = 64;

/** The page, where the codec wrote nothing outside of its bounds. */
function decompress(name: (typeof CODECS)[number], packed: Uint8Array, unpacked: number): Buffer {
  const mark = memory.mark();
  const source = memory.allocate(packed.length);
  const before = memory.allocate(64);
  const target = before + 64;
  memory.allocate(unpacked + 256);
  memory.u8.fill(0xff, source, before);
  memory.u8.fill(GUARD, before, target + unpacked + 256);
  memory.u8.set(packed, source);
  try {
    codec.decompress(CODECS.indexOf(name), source, packed.length, target, unpacked);
    return Buffer.from(memory.u8.slice(target, target + unpacked));
  } finally {
    expect(Buffer.from(memory.u8.subarray(before, target)).every((byte) => byte === GUARD)).toBe(true);
    const behind = target + unpacked + SLOP;
    expect(Buffer.from(memory.u8.subarray(behind, behind + 128)).every((byte) => byte === GUARD)).toBe(true);
    expect(Buffer.compare(memory.u8.subarray(source, source + packed.length), packed)).toBe(0);
    memory.release(mark);
  }
}

/** Bytes with repetitions at all distances. */
const page = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 100 }),
      fc
        .tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 60 }))
        .map(([pattern, times]) => Buffer.concat(Array.from({ length: times }, () => pattern))),
    ),
    { maxLength: 12 },
  )
  .map((parts) => Buffer.concat([...parts, ...parts.slice(0, 3)]));

const CODERS = {
  UNCOMPRESSED: (bytes: Uint8Array) => bytes,
  SNAPPY: snappyCompress,
  LZ4_RAW: lz4Compress,
  LZ4: lz4HadoopCompress,
  GZIP: (bytes: Uint8Array) => gzipSync(bytes),
  BROTLI: (bytes: Uint8Array) => brotliCompressSync(bytes),
  ZSTD: (bytes: Uint8Array) => zstdCompressSync(bytes),
};

for (const [name, compress] of Object.entries(CODERS)) {
  const named = name as keyof typeof CODERS;
  test(`what ${name} packed is unpacked to the same bytes`, () => {
    fc.assert(fc.property(page, (bytes) => decompress(named, compress(bytes), bytes.length).equals(bytes)));
  });

  test(`a page of ${name} that is not of the announced size is an error`, () => {
    const bytes = Buffer.from('forty bytes, more or less, forty bytes, ..');
    const packed = compress(bytes);
    for (const size of [1, bytes.length - 1, bytes.length + 1, 4000])
      expect(() => decompress(named, packed, size)).toThrow(/./);
  });

  test(`damaged bytes of ${name} are an error or a page, and nothing else is written`, () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 });
    fc.assert(
      fc.property(page, damage, fc.nat(), (bytes, flips, cut) => {
        const packed = Buffer.from(compress(bytes));
        for (const [at, value] of flips) if (packed.length > 0) packed[at % packed.length] = value;
        const kept = cut % 3 === 0 ? packed.subarray(0, cut % (packed.length + 1)) : packed;
        try {
          decompress(named, kept, bytes.length);
        } catch (error) {
          if (error instanceof WebAssembly.RuntimeError || (error as Error).name === 'AssertionError') throw error;
        }
      }),
    );
  });
}

test('snappy repeats patterns of each length, whatever the length of the copy, near the end and far from it', () => {
  const far = Buffer.alloc(250, 'far ');
  for (let offset = 1; offset < 40; offset++) {
    const pattern = Buffer.from(Array.from({ length: offset }, (_, i) => i + 1));
    for (const length of [4, 11, 16, 17, 60, 64]) {
      const copy = length < 12 ? [1 | ((length - 4) << 2), offset] : [2 | ((length - 1) << 2), offset, 0];
      const elements = [(offset - 1) << 2, ...pattern, ...copy];
      const expected = Buffer.from(Array.from({ length: offset + length }, (_, i) => (i % offset) + 1));
      const near = Buffer.from([expected.length, ...elements]);
      expect(decompress('SNAPPY', near, expected.length).equals(expected), `${offset} ${length}`).toBe(true);
      const size = expected.length + far.length;
      const packed = Buffer.from([(size & 127) | 128, size >> 7, ...elements, 60 << 2, far.length - 1, ...far]);
      expect(decompress('SNAPPY', packed, size).equals(Buffer.concat([expected, far])), `${offset} ${length}`).toBe(
        true,
      );
    }
  }
});

test('a copy in snappy from before the page, or from nowhere, is an error wherever it stands', () => {
  const tail = Buffer.alloc(250, 'tail');
  for (const literal of [1, 3, 4, 5, 20])
    for (const copy of [
      [1, literal + 1],
      [2 | (7 << 2), literal + 1, 0],
      [2 | (7 << 2), 0xff, 0xff],
      [1, 0],
      [2 | (40 << 2), 0, 0],
      [3, literal + 1, 0, 0, 0],
    ]) {
      const length = (copy[0]! & 3) === 1 ? 4 : (copy[0]! >> 2) + 1;
      const size = literal + length + tail.length;
      const elements = [(literal - 1) << 2, ...tail.subarray(0, literal), ...copy, 60 << 2, tail.length - 1, ...tail];
      const packed = Buffer.from([(size & 127) | 128, size >> 7, ...elements]);
      expect(() => decompress('SNAPPY', packed, size), `${literal} ${copy}`).toThrow('damaged');
    }
});

test('members of GZIP and frames of ZSTD that follow one another make one page', () => {
  const halves = [Buffer.from('the first half, '), Buffer.from('and the second')];
  const whole = Buffer.concat(halves);
  for (const name of ['GZIP', 'ZSTD'] as const)
    expect(decompress(name, Buffer.concat(halves.map(CODERS[name])), whole.length).equals(whole)).toBe(true);
});

test('LZ4 without the frames of Hadoop is read too', () => {
  fc.assert(fc.property(page, (bytes) => decompress('LZ4', lz4Compress(bytes), bytes.length).equals(bytes)));
});

test('an unknown codec is no damage, but a feature that is not read', () => {
  expect(() => decompress('LZO', Buffer.from([1]), 1)).toThrow('codec LZO');
});
