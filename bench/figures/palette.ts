/** Okabe and Ito's colours, told apart by colour-blind readers and in grey; black and yellow left out. */
const OKABE_ITO = ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#E69F00', '#56B4E9'];
const SHAPES = ['circle', 'square', 'triangle-up', 'diamond', 'cross', 'triangle-down'];

/** Parts of a whole, in the order in which they are stacked. */
export const SPLIT_COLORS = [OKABE_ITO[5], OKABE_ITO[0], OKABE_ITO[2], OKABE_ITO[4], OKABE_ITO[1], OKABE_ITO[3]];
export const REST_COLOR = '#bbbbbb';

/** For levels that no colour is left for, and for those that are no contenders. */
const GREY = { color: '#777777', shape: 'circle' };
const REST = OKABE_ITO.length;

/** What a level is called in a legend, and its place in the palette, the same in every figure. */
const KNOWN: Readonly<Record<string, { label: string; place: number }>> = {
  wasm: { label: 'WASM', place: 0 },
  'wasm-simd': { label: 'WASM SIMD', place: 0 },
  push: { label: 'push (node computes)', place: 0 },
  'wasm-2': { label: 'WASM, 2 workers', place: 5 },
  js: { label: 'JavaScript', place: 1 },
  pull: { label: 'pull (gateway computes)', place: 1 },
  duckdb: { label: 'DuckDB, 1 thread', place: 2 },
  'duckdb-sniff': { label: 'DuckDB, sniffing', place: 2 },
  'duckdb-serial': { label: 'DuckDB, serial reader', place: 2 },
  polars: { label: 'Polars', place: 3 },
  read: { label: 'read only', place: REST },
  'wasm-scalar': { label: 'WASM scalar', place: 3 },
  'in-place': { label: 'data in place', place: 0 },
  copied: { label: 'data copied in', place: 1 },
};

export interface Style {
  readonly label: string;
  readonly color: string;
  readonly shape: string;
}

/** Label, colour and shape of each level; levels without a place of their own take those that are left, then grey. */
export function stylesOf(levels: readonly string[]): Map<string, Style> {
  const taken = new Set(levels.flatMap((level) => (KNOWN[level] ? [KNOWN[level].place] : [])));
  const free = OKABE_ITO.map((_, i) => i).filter((i) => !taken.has(i));
  return new Map(
    levels.map((level) => {
      const place = KNOWN[level]?.place ?? free.shift() ?? REST;
      const look = place === REST ? GREY : { color: OKABE_ITO[place]!, shape: SHAPES[place]! };
      return [level, { label: KNOWN[level]?.label ?? level, ...look }];
    }),
  );
}
