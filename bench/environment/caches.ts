import { SystemFiles } from './system-file.ts';

const FOLDER = 'sys/devices/system/cpu/cpu0/cache';

/** Bytes of the first core's data caches, the nearest first, as in L1, L2, L3; empty where the system does not tell. */
export function dataCaches(files = new SystemFiles()): number[] {
  return files
    .list(FOLDER)
    .filter((name) => name.startsWith('index') && files.read(`${FOLDER}/${name}/type`) !== 'Instruction')
    .sort((a, b) => Number(files.read(`${FOLDER}/${a}/level`)) - Number(files.read(`${FOLDER}/${b}/level`)))
    .flatMap((name) => parseBytes(files.read(`${FOLDER}/${name}/size`)) ?? []);
}

/** The level of the smallest cache that holds so many bytes, 0 where none does: they come from memory. */
export function cacheLevelOf(bytes: number, caches: readonly number[]): number | undefined {
  if (caches.length === 0) return undefined;
  return caches.findIndex((size) => bytes <= size) + 1;
}

/** `32K`, `1M` or a number of bytes. */
function parseBytes(text: string | null): number | undefined {
  const [, count, unit] = /^(\d+)([KM]?)$/.exec(text ?? '') ?? [];
  return count === undefined ? undefined : Number(count) * { '': 1, K: 2 ** 10, M: 2 ** 20 }[unit as '' | 'K' | 'M'];
}
