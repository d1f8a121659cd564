import { SluiceError } from '../../query/error.ts';
import type { Levels } from '../samples/levels.ts';
import type { Experiment } from './experiment.ts';
import { suggestion } from './nearest-name.ts';

/**
 * Reads `--cores`: `4` means 1, 2, 4 (doubling, and the number itself), `1,3` exactly those.
 * @throws SluiceError `bad-request`.
 */
export function parseCores(text: string): number[] {
  const numbers = text.split(',').map((part) => (/^[1-9]\d{0,3}$/.test(part.trim()) ? Number(part) : Number.NaN));
  if (numbers.some(Number.isNaN)) {
    throw new SluiceError('bad-request', `--cores ${text}: expected a number from 1 up, or several with commas`);
  }
  if (text.includes(',')) return [...new Set(numbers)].sort((a, b) => a - b);
  return coresUpTo(numbers[0]!);
}

/** 1, 2, 4 … and `limit`. */
export function coresUpTo(limit: number): number[] {
  const cores: number[] = [];
  for (let n = 1; n < limit; n *= 2) cores.push(n);
  return [...cores, limit];
}

/** Reads one `--set FACTOR=LEVELS`. */
export function parseSetting(text: string): { factor: string; levels: string[] } {
  const [, factor, list] = /^([a-z][a-z0-9-]*)=(.+)$/.exec(text) ?? [];
  const levels = list?.split(',').map((level) => level.trim());
  if (!factor || !levels || levels.includes('')) {
    throw new SluiceError('bad-request', `--set ${text}: expected FACTOR=LEVEL or FACTOR=LEVEL,LEVEL`);
  }
  return { factor, levels };
}

/**
 * The levels that this run measures: `--set` before `--cores` before the file. `all` stands for every number of cores
 * of the run, `max` for the largest.
 * @throws SluiceError `unknown-name` when no experiment has a factor that `--set` names.
 */
export function resolveFactors(
  experiments: Experiment[],
  cores: number[],
  settings: { factor: string; levels: string[] }[],
): Experiment[] {
  for (const { factor } of settings) {
    if (!experiments.some((experiment) => factor in experiment.factors)) {
      const known = [...new Set(experiments.flatMap((experiment) => Object.keys(experiment.factors)))];
      throw new SluiceError(
        'unknown-name',
        `--set: no chosen experiment has a factor "${factor}"; ${suggestion(factor, known)}`,
      );
    }
  }
  return experiments.map((experiment) => {
    const factors: Record<string, string[]> = {};
    for (const [factor, levels] of Object.entries(experiment.factors)) {
      const setting = settings.findLast((candidate) => candidate.factor === factor);
      if (setting) factors[factor] = setting.levels;
      else if (levels === 'all') factors[factor] = cores.map(String);
      else if (levels === 'max') factors[factor] = [String(Math.max(...cores))];
      else factors[factor] = levels;
    }
    return { ...experiment, factors };
  });
}

/** Every combination of levels, the first factor varying slowest. */
export function combinations(factors: Experiment['factors']): Levels[] {
  let rows: Levels[] = [{}];
  for (const [factor, levels] of Object.entries(factors)) {
    if (typeof levels === 'string') throw new SluiceError('internal', `factor ${factor}: "${levels}" is not resolved`);
    rows = rows.flatMap((row) => levels.map((level) => ({ ...row, [factor]: level })));
  }
  return rows;
}
