import type { Dataset } from './dataset.ts';
import { type DrawnColumn, drawBatches } from './drawn-columns.ts';
import { pseudoText } from './pseudo-text.ts';
import { Random } from './random.ts';

const ROWS_PER_SCALE = 115_000;
const SHORTEST = 100;
const LONGEST = 2000;
const POOL_LENGTH = 1 << 20;
const AUTHORS = ['ada', 'bell', 'curie', 'darwin', 'euler', 'franklin', 'gauss', 'hypatia'];

let pool: string | undefined;

/** A slice of pseudo text, nearly always with commas; every fifth has a pair of quotes and a line break. */
function body(random: Random): string {
  pool ??= new TextDecoder().decode(pseudoText(new Random(1), POOL_LENGTH));
  const start = random.below(POOL_LENGTH - LONGEST);
  const text = pool.slice(start, start + random.between(SHORTEST, LONGEST));
  if (random.below(5) > 0) return text;
  const middle = text.length >> 1;
  return `${text.slice(0, 10)}"${text.slice(10, middle)}"\n${text.slice(middle)}`;
}

const COLUMNS: readonly DrawnColumn[] = [
  { name: 'id', type: { kind: 'int32' }, nullsPerMille: 0, draw: (_, row) => row },
  { name: 'author', type: { kind: 'utf8' }, nullsPerMille: 0, draw: (random) => random.pick(AUTHORS) },
  { name: 'body', type: { kind: 'utf8' }, nullsPerMille: 0, draw: body },
  { name: 'score', type: { kind: 'int32' }, nullsPerMille: 0, draw: (random) => random.below(100) },
];

/** Long texts between two numbers. */
export const texts: Dataset = {
  name: 'texts',
  summary: 'texts of 100 to 2,000 bytes, with quotes and line breaks in some; 4 columns, 115,000 rows at scale 1',
  columns: COLUMNS.map(({ name, type }) => ({ name, type })),
  rowsPerScale: ROWS_PER_SCALE,
  batches: (generation) => drawBatches(COLUMNS, ROWS_PER_SCALE, generation),
};
