import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { SluiceError } from '../../query/error.ts';
import { caseName, extraFactors, type Levels } from './levels.ts';
import { csvField } from './table.ts';

/** One raw measurement: one metric of one round of one case. */
export interface Sample {
  readonly experiment: string;
  readonly levels: Levels;
  /** Counts from 0; warm-up rounds leave no samples. */
  readonly round: number;
  readonly metric: string;
  readonly value: number;
  readonly unit: string;
  /** Something else ran meanwhile, or the value lies far off: see disturbance.ts. */
  readonly disturbed: boolean;
}

const FIXED = ['experiment', 'case', 'lane', 'cores', 'format', 'round', 'metric', 'value', 'unit', 'disturbed'];

/** The text of samples.csv (RFC 4180). `factors` are the columns behind the fixed ones, in their order. */
export function formatSamples(samples: Iterable<Sample>, factors: readonly string[], header = true): string {
  const lines = header ? [[...FIXED, ...factors].map(csvField).join(',')] : [];
  for (const { experiment, levels, round, metric, value, unit, disturbed } of samples) {
    const fixed = [experiment, caseName(levels), levels.lane ?? '', levels.cores ?? '', levels.format ?? ''];
    const measured = [String(round), metric, String(value), unit, String(disturbed)];
    lines.push([...fixed, ...measured, ...factors.map((factor) => levels[factor] ?? '')].map(csvField).join(','));
  }
  return lines.map((line) => `${line}\n`).join('');
}

/**
 * Reads the text of samples.csv; `name` is for errors.
 * @throws SluiceError `bad-data` naming the line.
 */
export function parseSamples(text: string, name: string): { samples: Sample[]; factors: string[] } {
  let rows: string[][];
  try {
    rows = parse(text) as string[][];
  } catch (error) {
    throw new SluiceError('bad-data', `${name}: ${(error as Error).message}`);
  }
  const header = rows[0] ?? [];
  if (FIXED.some((column, i) => header[i] !== column)) {
    throw new SluiceError('bad-data', `${name}: line 1: expected the columns ${FIXED.join(',')} first`);
  }
  const factors = header.slice(FIXED.length);
  const samples = rows.slice(1).map((row, i): Sample => {
    const [experiment = '', , lane = '', cores = '', format = '', round, metric = '', value, unit = '', flag] = row;
    if (!/^\d+$/.test(round!) || value === '' || !Number.isFinite(Number(value)) || !/^(true|false)$/.test(flag!)) {
      throw new SluiceError('bad-data', `${name}: line ${i + 2}: expected a round, a number and true or false`);
    }
    const levels: Record<string, string> = {};
    for (const [factor, level] of [
      ['lane', lane],
      ['cores', cores],
      ['format', format],
    ] as const) {
      if (level !== '') levels[factor] = level;
    }
    factors.forEach((factor, f) => {
      const level = row[FIXED.length + f]!;
      if (level !== '') levels[factor] = level;
    });
    return { experiment, levels, round: Number(round), metric, value: Number(value), unit, disturbed: flag === 'true' };
  });
  return { samples, factors };
}

/**
 * The samples.csv of a run. Lines are appended a contest at a time, so that a case is in the file with all of its
 * rounds or not at all, and `--resume` can go on behind the last one.
 */
export class SamplesFile {
  readonly path: string;
  readonly samples: Sample[];
  readonly #factors: readonly string[];

  private constructor(path: string, samples: Sample[], factors: readonly string[]) {
    this.path = path;
    this.samples = samples;
    this.#factors = factors;
  }

  /** Opens the file for `factors`; what it holds is kept and gets columns for factors that are new to it. */
  static async open(path: string, factors: Iterable<string>): Promise<SamplesFile> {
    const text = await readFile(path, 'utf8').catch(() => '');
    const held = text === '' ? { samples: [], factors: [] } : parseSamples(text, path);
    const columns = extraFactors([...held.factors, ...factors]);
    await writeFile(path, formatSamples(held.samples, columns));
    return new SamplesFile(path, held.samples, columns);
  }

  async append(samples: Sample[]): Promise<void> {
    await appendFile(this.path, formatSamples(samples, this.#factors, false));
    this.samples.push(...samples);
  }
}
