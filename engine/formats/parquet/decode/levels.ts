import { decodeHybrid } from './hybrid.ts';

/**
 * Decodes the levels of a V1 page, all of `target`, from `start` on, and gives where they end. `encoding` by its name in
 * hyparquet. Throws a plain Error where the bytes do not suffice or a level is above `highest`.
 */
export function decodeLevelsV1(
  encoding: string | undefined,
  page: Uint8Array,
  start: number,
  highest: number,
  target: Uint8Array,
): number {
  if (encoding === 'BIT_PACKED') return unpackLevels(page, start, highest, target);
  if (encoding !== 'RLE') throw new Error(`its levels are in ${encoding}`);
  if (page.length - start < 4) throw new Error('its levels are missing');
  const length = new DataView(page.buffer, page.byteOffset).getUint32(start, true);
  const end = start + 4 + length;
  if (end > page.length) throw new Error(`its levels claim ${length} bytes of ${page.length - start - 4}`);
  decodeLevels(page, start + 4, end, highest, target);
  return end;
}

/** Decodes levels, all of `target`, in the RLE / bit-packed hybrid from page[start, end). Throws as `decodeLevelsV1`. */
export function decodeLevels(page: Uint8Array, start: number, end: number, highest: number, target: Uint8Array): void {
  decodeHybrid(page, start, end, bitWidth(highest), target, 0, target.length);
  checkLevels(target, highest);
}

/** The deprecated encoding BIT_PACKED: without a length, and from the highest bit of a byte down. */
function unpackLevels(page: Uint8Array, start: number, highest: number, target: Uint8Array): number {
  const width = bitWidth(highest);
  const end = start + Math.ceil((target.length * width) / 8);
  if (end > page.length) throw new Error(`its levels take ${end - start} bytes of ${page.length - start}`);
  let bit = 8 * start;
  for (let i = 0; i < target.length; i++) {
    let level = 0;
    for (let k = 0; k < width; k++, bit++) level = (level << 1) | ((page[bit >>> 3]! >> (7 - (bit & 7))) & 1);
    target[i] = level;
  }
  checkLevels(target, highest);
  return end;
}

function checkLevels(levels: Uint8Array, highest: number): void {
  // All that the width can hold are possible.
  if (((highest + 1) & highest) === 0) return;
  for (let i = 0; i < levels.length; i++)
    if (levels[i]! > highest) throw new Error(`a level is ${levels[i]}, at most ${highest} is possible`);
}

function bitWidth(highest: number): number {
  return 32 - Math.clz32(highest);
}
