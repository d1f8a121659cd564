import { readdirSync, readFileSync } from 'node:fs';

const FOLDER = '/sys/devices/system/cpu/cpu0/cache/';

/** Bytes of the first core's data caches, level 1 first; empty where the system does not tell. */
export function readCaches(folder: string = FOLDER): number[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^index\d+$/.test(name))
      .map((name) => (file: string) => readFileSync(`${folder}/${name}/${file}`, 'utf8').trim())
      .filter((read) => read('type') !== 'Instruction')
      .sort((a, b) => Number(a('level')) - Number(b('level')))
      .map((read) => parseBytes(read('size')));
  } catch {
    return [];
  }
}

/** The level of the smallest cache that holds so many bytes, one more than the last where none does. */
export function cacheLevelOf(bytes: number, caches: readonly number[]): number | undefined {
  if (caches.length === 0) return undefined;
  const level = caches.findIndex((size) => bytes <= size);
  return (level < 0 ? caches.length : level) + 1;
}

/** `32K`, `1M` or a number of bytes. */
function parseBytes(text: string): number {
  const unit = { K: 2 ** 10, M: 2 ** 20 }[text.slice(-1)];
  return unit === undefined ? Number(text) : Number(text.slice(0, -1)) * unit;
}
