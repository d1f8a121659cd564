import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { type DatasetFormat, writeDataset } from '../../datasets/write-dataset.ts';
import type { Experiment } from '../experiment/experiment.ts';

const DATA = fileURLToPath(new URL('../../data/', import.meta.url));
const GENERATORS = fileURLToPath(new URL('../../datasets/', import.meta.url));

/** A file of data, as the manifest tells of it. */
export interface DataRecord {
  readonly file: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * Shows a line of progress: a `passing` one only where it can be overwritten, a `lasting` one so that it stays. A
 * `step`, the usual, is overwritten where lines can be.
 */
export type ShowProgress = (line: string, weight?: 'passing' | 'step' | 'lasting') => void;

export interface MakingContext {
  readonly progress: ShowProgress;
  readonly signal: AbortSignal;
}

export type DataRequest = NonNullable<Experiment['data']>;

const recordSchema = z.object({ rows: z.number(), bytes: z.number(), sha256: z.string() });

/** A folder with one object of each format asked for. */
export interface DataFolder {
  readonly path: string;
  readonly records: ReadonlyMap<string, DataRecord>;
}

/**
 * Makes the data, or finds it under `data/` by name, scale, seed and a hash of the generators' source. What is found
 * counts only if its SHA-256 is still the one written down when it was made.
 */
export async function makeData(
  request: DataRequest,
  formats: readonly string[],
  context: MakingContext,
  root: string = DATA,
): Promise<DataFolder> {
  const { name, scale, seed } = request;
  const path = join(root, `${name}-${scale}-${seed}-${await generatorHash()}`);
  await mkdir(path, { recursive: true });
  const records = new Map<string, DataRecord>();
  for (const format of formats) {
    const file = `${name}.${format}`;
    const make = () => writeDataset({ name, scale, seed, format: format as DatasetFormat, path: join(path, file) });
    records.set(format, await makeFile(path, file, make, context));
  }
  return { path, records };
}

/** Lets `make` write `folder`/`file`, unless it is held there with the SHA-256 that it had when it was made. */
export async function makeFile(
  folder: string,
  file: string,
  make: () => Promise<Omit<DataRecord, 'file'>>,
  { signal, progress }: MakingContext,
): Promise<DataRecord> {
  signal.throwIfAborted();
  const notes = `${folder}.${file}.json`;
  const held = await heldData(join(folder, file), notes);
  if (held) return { file, ...held };
  const started = performance.now();
  const { rows, bytes, sha256 } = await make();
  await writeFile(notes, `${JSON.stringify({ rows, bytes, sha256 })}\n`);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  progress(`made ${file}: ${rows} rows, ${(bytes / 1e6).toFixed(1)} MB in ${seconds} s`);
  return { file, rows, bytes, sha256 };
}

async function heldData(path: string, notes: string): Promise<z.infer<typeof recordSchema> | undefined> {
  try {
    const held = recordSchema.parse(JSON.parse(await readFile(notes, 'utf8')));
    if ((await stat(path)).size === held.bytes && (await fileHash(path)) === held.sha256) return held;
    await rm(notes);
  } catch {
    // Nothing usable is held: it is made anew.
  }
  return undefined;
}

/** SHA-256 in hex. */
export async function fileHash(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

async function generatorHash(): Promise<string> {
  const hash = createHash('sha256');
  for (const file of (await readdir(GENERATORS, { recursive: true })).sort()) {
    if (file.endsWith('.ts')) hash.update(file).update(await readFile(join(GENERATORS, file)));
  }
  return hash.digest('hex').slice(0, 12);
}
