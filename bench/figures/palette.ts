/** Okabe and Ito's colours, told apart by colour-blind readers and in grey; black and yellow left out. */
const OKABE_ITO = ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#E69F00', '#56B4E9'];
const SHAPES = ['circle', 'square', 'triangle-up', 'diamond', 'cross', 'triangle-down'];

/** What a level is called in a legend, and its place in the palette, the same in every figure. */
const KNOWN: Readonly<Record<string, { label: string; place: number }>> = {
  wasm: { label: 'WASM', place: 0 },
  'wasm-simd': { label: 'WASM SIMD', place: 0 },
  push: { label: 'push (node computes)', place: 0 },
  js: { label: 'JavaScript', place: 1 },
  pull: { label: 'pull (gateway computes)', place: 1 },
  duckdb: { label: 'DuckDB, 1 thread', place: 2 },
  'wasm-scalar': { label: 'WASM scalar', place: 3 },
  'in-place': { label: 'data in place', place: 0 },
  copied: { label: 'data copied in', place: 1 },
};

export interface Style {
  readonly label: string;
  readonly color: string;
  readonly shape: string;
}

/** Label, colour and shape of each level; levels without a place of their own take those that are left. */
export function stylesOf(levels: readonly string[]): Map<string, Style> {
  const taken = new Set(levels.flatMap((level) => (KNOWN[level] ? [KNOWN[level].place] : [])));
  const free = OKABE_ITO.map((_, i) => i).filter((i) => !taken.has(i));
  return new Map(
    levels.map((level) => {
      const place = KNOWN[level]?.place ?? free.shift() ?? 0;
      return [level, { label: KNOWN[level]?.label ?? level, color: OKABE_ITO[place]!, shape: SHAPES[place]! }];
    }),
  );
}
