import { daysOf } from './calendar.ts';
import type { Dataset } from './dataset.ts';
import { type DrawnColumn, drawBatches } from './drawn-columns.ts';
import type { Random } from './random.ts';

const ROWS_PER_SCALE = 100_000;
const NULLS = { nullsPerMille: 100 };

const FIRST_DAY = daysOf(1900, 1, 1);
const LAST_DAY = daysOf(2099, 12, 31);
const KEYS = ['red', 'green', 'blue', 'blå', '', 'two words', 'a,b', 'RED'];
const TEXT_PIECES = [
  '',
  'a',
  'plain',
  'with space',
  ' leading and trailing ',
  'comma, here',
  '"quoted"',
  'half a " quote',
  'line\nbreak',
  'carriage\r\nreturn',
  'back\\slash',
  'tab\there',
  'per%cent_and_underscore',
  'Grüße',
  'naïve café',
  '数据',
  'Ω≈ç√',
  '🙂🚀',
  "it's",
  'NULL',
  '-12.5',
  '2020-02-30',
];

/** Integers of every size up to 10^digits, half of them negative, small ones and 0 often. */
function integer(random: Random, digits: number): bigint {
  const kept = random.between(0, digits);
  const drawn = (BigInt(random.uint32()) << 32n) | BigInt(random.uint32());
  const magnitude = drawn % 10n ** BigInt(kept);
  return random.below(2) === 0 ? magnitude : -magnitude;
}

function float(random: Random): number {
  switch (random.below(8)) {
    case 0:
      return 0;
    case 1:
      return -0;
    case 2:
      return Number(integer(random, 6));
    case 3:
      return Number(integer(random, 4)) / 4;
    case 4:
      return Number(integer(random, 15)) / 1e18;
    case 5:
      return Number(integer(random, 15)) * 1e6;
    default:
      return (random.uint32() / 0x1_0000_0000 - 0.5) * 1000;
  }
}

function timestamp(random: Random): bigint {
  const seconds = BigInt(random.between(FIRST_DAY, LAST_DAY)) * 86_400n + BigInt(random.below(86_400));
  const precision = random.below(3);
  const micros = precision === 0 ? 0 : precision === 1 ? random.below(1000) * 1000 : random.below(1_000_000);
  return seconds * 1_000_000n + BigInt(micros);
}

function text(random: Random): string {
  const first = random.pick(TEXT_PIECES);
  return random.below(3) === 0 ? first + random.pick(TEXT_PIECES) : first;
}

const RULES: readonly DrawnColumn[] = [
  { name: 'id', type: { kind: 'int64' }, nullsPerMille: 0, draw: (_, row) => BigInt(row) },
  { name: 'k_int', type: { kind: 'int32' }, ...NULLS, draw: (random) => random.between(-3, 12) },
  { name: 'k_text', type: { kind: 'utf8' }, ...NULLS, draw: (random) => random.pick(KEYS) },
  { name: 'i32', type: { kind: 'int32' }, ...NULLS, draw: (random) => Number(integer(random, 9)) },
  { name: 'i64', type: { kind: 'int64' }, ...NULLS, draw: (random) => integer(random, 18) },
  { name: 'f64', type: { kind: 'float64' }, ...NULLS, draw: float },
  {
    name: 'dec',
    type: { kind: 'decimal', precision: 12, scale: 3 },
    ...NULLS,
    draw: (random) => integer(random, 12),
  },
  { name: 'day', type: { kind: 'date' }, ...NULLS, draw: (random) => random.between(FIRST_DAY, LAST_DAY) },
  { name: 'moment', type: { kind: 'timestamp' }, ...NULLS, draw: timestamp },
  { name: 'txt', type: { kind: 'utf8' }, ...NULLS, draw: text },
  { name: 'flag', type: { kind: 'bool' }, ...NULLS, draw: (random) => random.below(2) === 0 },
];

/** What tests need and real tables rarely hold: every type, NULLs, negative numbers, awkward texts, small keys. */
export const edge: Dataset = {
  name: 'edge',
  summary: 'every type with NULLs, negative numbers, empty and awkward texts; 100,000 rows at scale 1',
  columns: RULES.map(({ name, type }) => ({ name, type })),
  rowsPerScale: ROWS_PER_SCALE,
  batches: (generation) => drawBatches(RULES, ROWS_PER_SCALE, generation),
};
