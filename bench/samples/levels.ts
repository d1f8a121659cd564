/** The levels of one measurement, by factor. `lane`, `cores` and `format` have columns of their own in samples.csv. */
export interface Levels {
  readonly [factor: string]: string;
}

/** The factor that tells the machines of a merged run apart. Figures have a column for each of its levels. */
export const MACHINE = 'machine';

const OWN_COLUMNS = ['lane', 'cores', 'format'];

/** The factors that go behind the fixed columns of samples.csv. */
export function extraFactors(factors: Iterable<string>): string[] {
  return [...new Set(factors)].filter((factor) => !OWN_COLUMNS.includes(factor));
}

/** The name of a case: the levels of its own factors, joined. Lane, cores and format stand in columns of their own. */
export function caseName(levels: Levels): string {
  return extraFactors(Object.keys(levels))
    .map((factor) => levels[factor])
    .join('/');
}

/** A case in words: `q6, wasm, csv, 2 cores`. Factors whose level is empty are left out. */
export function describeLevels(levels: Levels): string {
  const { lane = '', format = '', cores = '' } = levels;
  const own = extraFactors(Object.keys(levels)).map((factor) => levels[factor]!);
  return [
    own.filter((level) => level !== '').join(' '),
    lane,
    format,
    cores && `${cores} ${cores === '1' ? 'core' : 'cores'}`,
  ]
    .filter((part) => part !== '')
    .join(', ');
}

/** What tells cases of a run apart, over all experiments. */
export function caseKey(experiment: string, levels: Levels): string {
  const named = Object.entries(levels).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([experiment, ...named]);
}
