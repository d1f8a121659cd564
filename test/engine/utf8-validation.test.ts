import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { instantiateKernels } from '../../engine/lanes/wasm/kernels.ts';
import { EngineMemory } from '../../engine/lanes/wasm/memory.ts';

const memory = new EngineMemory();
const kernels = instantiateKernels(memory);
const area = memory.allocate(1024) + 64;
const copy = memory.allocate(4096);

/** Places bytes among others that would go on with any character. */
function place(bytes: Uint8Array): void {
  memory.u8.fill(0x80, area - 64, area + bytes.length + 64);
  memory.u8.set(bytes, area);
}

const replaced = (bytes: Uint8Array): string => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);

const byte = fc.constantFrom(0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1);
const otherByte = fc.constantFrom(0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff);
const character = fc.constantFrom(
  'a',
  'bcdefghij',
  'ä',
  '\u07ff',
  '\u0800',
  '€',
  '\ud7ff',
  '\ue000',
  '\uffff',
  '😀',
  '\u{10ffff}',
);
const bytesOf = fc
  .array(
    fc.oneof(
      { weight: 12, arbitrary: character.map((text) => Buffer.from(text)) },
      { weight: 1, arbitrary: fc.oneof(byte, otherByte).map((value) => Buffer.from([value])) },
    ),
    { maxLength: 40 },
  )
  .map((parts) => Buffer.concat(parts));

test('Validation finds the first byte that is no UTF-8, wherever it stands.', () => {
  fc.assert(
    fc.property(bytesOf, (bytes) => {
      place(bytes);
      const until = kernels.utf8ValidUntil(area, area + bytes.length) - area;
      expect(until === bytes.length).toBe(isUtf8(bytes));
      expect(isUtf8(bytes.subarray(0, until))).toBe(true);
      if (until < bytes.length) {
        const rest = replaced(bytes.subarray(until));
        expect(rest[0]).toBe('\ufffd');
        expect(replaced(bytes.subarray(0, until)) + rest).toBe(replaced(bytes));
      }
    }),
    { numRuns: 5000 },
  );
});

test('In a long text of ASCII, the one byte that is no UTF-8 is found, and a character is not.', () => {
  for (let length = 60; length <= 200; length += 7)
    for (let at = 0; at < length; at++) {
      const bytes = Buffer.alloc(length, 'x');
      bytes[at] = 0xc3;
      place(bytes);
      expect(kernels.utf8ValidUntil(area, area + length) - area).toBe(at);
      if (at + 1 < length) memory.u8[area + at + 1] = 0xa4;
      expect(kernels.utf8ValidUntil(area, area + length) - area).toBe(at + 1 < length ? length : at);
    }
});

test('All characters are valid, and all sequences of up to three bytes as Node has it.', () => {
  for (let code = 0; code <= 0x10ffff; code += code < 0x900 ? 1 : 37) {
    if (code >= 0xd800 && code < 0xe000) continue;
    const bytes = Buffer.from(String.fromCodePoint(code));
    place(bytes);
    expect(kernels.utf8ValidUntil(area, area + bytes.length)).toBe(area + bytes.length);
  }
  let differences = 0;
  for (let word = 0; word < 1 << 16; word++) {
    const bytes = new Uint8Array([word >> 8, word & 255, 0x80]);
    for (let length = 1; length <= 3; length++) {
      memory.u8.set(bytes, area);
      const isValid = kernels.utf8ValidUntil(area, area + length) === area + length;
      if (isValid !== isUtf8(bytes.subarray(0, length))) differences++;
    }
  }
  expect(differences).toBe(0);
});

test('Replacement puts U+FFFD where the decoder of the platform does.', () => {
  fc.assert(
    fc.property(bytesOf, (bytes) => {
      place(bytes);
      const stop = kernels.utf8Replace(area, area + bytes.length, copy);
      expect(Buffer.from(memory.u8.slice(copy, stop)).toString()).toBe(replaced(bytes));
    }),
    { numRuns: 3000 },
  );
});

test('Among many texts the first one that is no UTF-8 is found.', () => {
  const texts = ['', 'plain', 'sixteen bytes!!!', 'ä'.repeat(20), '€', '😀'].map((text) => Buffer.from(text));
  const all = [...texts, Buffer.from([0x61, 0xc3]), ...texts, Buffer.from([0xff])];
  const [addresses, lengths] = [memory.allocate(4 * all.length), memory.allocate(4 * all.length)];
  place(Buffer.concat(all));
  let at = area;
  all.forEach((text, i) => {
    memory.u32[(addresses >> 2) + i] = at;
    memory.u32[(lengths >> 2) + i] = text.length;
    at += text.length;
  });
  const first = kernels.utf8FirstInvalidText(addresses, lengths, 0, all.length);
  expect(first).toBe(texts.length);
  expect(kernels.utf8FirstInvalidText(addresses, lengths, first + 1, all.length)).toBe(all.length - 1);
  expect(kernels.utf8FirstInvalidText(addresses, lengths, 0, texts.length)).toBe(texts.length);
});
