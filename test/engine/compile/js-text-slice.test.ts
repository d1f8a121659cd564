import { expect, test } from 'vitest';
import { CaseChange, TextRoom } from '../../../engine/compile/js/text-room.ts';
import { characterCount, TextSlice } from '../../../engine/compile/js/text-slice.ts';
import * as strings from '../../../query/characters.ts';
import { lowerCase, upperCase } from '../../../query/letter-case.ts';

const TEXTS = ['', 'a', 'Sluice [`{@', 'äöü', 'a€b', '😀', 'x😀ß😀y', 'ΑΣ ǆ', `${'long '.repeat(60)}é`];
const PLACES = [0, 1, 2, 3, 5, 300, 0xffff_ffff, -1, -2, -4, -300, -0x1_0000_0000];

/** UTF-8 with other bytes on both sides. */
function embedded(text: string): [bytes: Uint8Array, start: number, end: number] {
  const bytes = new TextEncoder().encode(`é${text}€`);
  return [bytes, 2, bytes.length - 3];
}

test('parts of a text in bytes are those of the string', () => {
  const slice = new TextSlice();
  const found = (bytes: Uint8Array) => new TextDecoder().decode(bytes.subarray(slice.start, slice.end));
  for (const text of TEXTS) {
    const range = embedded(text);
    expect(characterCount(...range)).toBe(strings.characterCount(text));
    for (const place of PLACES) {
      slice.left(...range, place);
      expect(found(range[0])).toBe(strings.left(text, BigInt(place)));
      slice.right(...range, place);
      expect(found(range[0])).toBe(strings.right(text, BigInt(place)));
      for (const length of PLACES) {
        slice.substring(...range, place, length);
        expect(found(range[0])).toBe(strings.substring(text, BigInt(place), BigInt(length)));
      }
    }
  }
});

test('a place that no text has is refused', () => {
  const slice = new TextSlice();
  expect(() => slice.suffix(...embedded('abc'), 2 ** 32)).toThrow('out of the range');
  expect(() => slice.substring(...embedded('abc'), 1, -(2 ** 32) - 1)).toThrow('out of the range');
  expect(() => slice.left(...embedded('abc'), 2 ** 32)).toThrow('out of the range');
});

test('letter case changes in bytes as in strings, whatever the room held before', () => {
  const room = new TextRoom();
  for (const ofString of [upperCase, lowerCase]) {
    const change = new CaseChange(ofString);
    for (const text of [...TEXTS, ...TEXTS.toReversed()]) {
      const length = change.write(room, ...embedded(text));
      expect(new TextDecoder().decode(room.bytes.subarray(0, length))).toBe(ofString(text));
    }
  }
});
