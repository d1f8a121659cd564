/** Okabe and Ito's colours, told apart by colour-blind readers and in grey; yellow, too pale for thin lines, left out. */
const OKABE_ITO = ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#E69F00', '#56B4E9', '#000000'];
const SHAPES = ['circle', 'square', 'triangle-up', 'diamond', 'cross', 'triangle-down', 'triangle-right'];

/** Parts of a whole, in the order in which they are stacked. */
export const SPLIT_COLORS = [OKABE_ITO[5], OKABE_ITO[0], OKABE_ITO[2], OKABE_ITO[4], OKABE_ITO[1], OKABE_ITO[3]];
export const REST_COLOR = '#bbbbbb';

/** For those that are no contenders. */
const GREY = { color: '#777777', shape: 'circle' };
const REST = -1;

/** What a level is called in a legend, and its place in the palette, the same in every figure. */
const KNOWN: Readonly<Record<string, { label: string; place: number }>> = {
  wasm: { label: 'WASM', place: 0 },
  'wasm-simd': { label: 'WASM SIMD', place: 4 },
  'wasm-scalar': { label: 'WASM scalar', place: 5 },
  'wasm-memory64': { label: 'WASM memory64', place: 3 },
  'wasm-shared': { label: 'WASM shared memory', place: 0 },
  'wasm-liftoff': { label: 'WASM, Liftoff only', place: 2 },
  'wasm-turbofan': { label: 'WASM, TurboFan only', place: 3 },
  'wasm-2': { label: 'WASM, 2 workers', place: 5 },
  js: { label: 'JavaScript', place: 1 },
  native: { label: 'native', place: 6 },
  duckdb: { label: 'DuckDB', place: 2 },
  'duckdb-sniff': { label: 'DuckDB, sniffing', place: 2 },
  'duckdb-serial': { label: 'DuckDB, serial reader', place: 2 },
  polars: { label: 'Polars', place: 3 },
  push: { label: 'push (node computes)', place: 0 },
  pull: { label: 'pull (gateway computes)', place: 1 },
  read: { label: 'read only', place: REST },
  'in-place': { label: 'data in place', place: 0 },
  call: { label: 'empty call', place: REST },
  copied: { label: 'data copied in', place: 1 },
};

export interface Style {
  readonly label: string;
  readonly color: string;
  readonly shape: string;
}

/** What the levels of a factor count, one and several. */
const COUNTED: Readonly<Record<string, readonly [string, string]>> = {
  cores: ['core', 'cores'],
  workers: ['worker', 'workers'],
  rows: ['row', 'rows'],
  link: ['Mbit/s', 'Mbit/s'],
};

/** What a level is called: by its own name, but a bare number with what it counts, or with its factor. */
export function levelLabel(level: string, factor: string | undefined): string {
  const known = KNOWN[level];
  if (known) return known.label;
  if (factor === undefined || !/^\d+(\.\d+)?$/.test(level)) return level;
  const number = Number(level).toLocaleString('en-US', { maximumFractionDigits: 6 });
  const counted = COUNTED[factor];
  // The blank keeps number and word in one line.
  return counted ? `${number}\u00a0${counted[level === '1' ? 0 : 1]}` : `${factor}\u00a0${number}`;
}

/**
 * Label, colour and shape of each level. Levels without a place of their own take those that are left; when all are
 * taken, colours come again with other shapes.
 */
export function stylesOf(levels: readonly string[], factor?: string): Map<string, Style> {
  const taken = new Set(levels.flatMap((level) => (KNOWN[level] ? [KNOWN[level].place] : [])));
  const free = OKABE_ITO.map((_, i) => i).filter((i) => !taken.has(i));
  let more = OKABE_ITO.length;
  return new Map(
    levels.map((level) => {
      const place = KNOWN[level]?.place ?? free.shift() ?? more++;
      return [level, { label: levelLabel(level, factor), ...(place === REST ? GREY : look(place)) }];
    }),
  );
}

function look(place: number): { color: string; shape: string } {
  const turns = Math.floor(place / OKABE_ITO.length);
  return { color: OKABE_ITO[place % OKABE_ITO.length]!, shape: SHAPES[(place + turns) % SHAPES.length]! };
}
