import { daysOf } from './calendar.ts';
import {
  allocateValues,
  type Batch,
  type ColumnSpec,
  type FixedVector,
  type Utf8Vector,
  type Vector,
} from './column.ts';
import type { Dataset } from './dataset.ts';
import { Random } from './random.ts';

const BATCH_ROWS = 2048;
const ROWS_PER_SCALE = 100_000;
const NULLS_PER_MILLE = 100;

type Value = boolean | number | bigint | string;

/** A column and the rule that draws its values; a `nullable` one is NULL in about a tenth of its rows. */
interface Rule extends ColumnSpec {
  readonly nullable: boolean;
  readonly draw: (random: Random, row: number) => Value;
}

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

const RULES: readonly Rule[] = [
  { name: 'id', type: { kind: 'int64' }, nullable: false, draw: (_, row) => BigInt(row) },
  { name: 'k_int', type: { kind: 'int32' }, nullable: true, draw: (random) => random.between(-3, 12) },
  { name: 'k_text', type: { kind: 'utf8' }, nullable: true, draw: (random) => random.pick(KEYS) },
  { name: 'i32', type: { kind: 'int32' }, nullable: true, draw: (random) => Number(integer(random, 9)) },
  { name: 'i64', type: { kind: 'int64' }, nullable: true, draw: (random) => integer(random, 18) },
  { name: 'f64', type: { kind: 'float64' }, nullable: true, draw: float },
  {
    name: 'dec',
    type: { kind: 'decimal', precision: 12, scale: 3 },
    nullable: true,
    draw: (random) => integer(random, 12),
  },
  { name: 'day', type: { kind: 'date' }, nullable: true, draw: (random) => random.between(FIRST_DAY, LAST_DAY) },
  { name: 'moment', type: { kind: 'timestamp' }, nullable: true, draw: timestamp },
  { name: 'txt', type: { kind: 'utf8' }, nullable: true, draw: text },
  { name: 'flag', type: { kind: 'bool' }, nullable: true, draw: (random) => random.below(2) === 0 },
];

const encoder = new TextEncoder();

function fixedVector(rule: Rule, drawn: readonly (Value | null)[], validity: Uint8Array): FixedVector {
  const values = allocateValues(rule.type, drawn.length);
  for (const [row, value] of drawn.entries()) {
    if (value === null) continue;
    // `draw` gives bigints for 64-bit columns and numbers (or booleans) for the others, as `values` wants them.
    if (values instanceof BigInt64Array) values[row] = value as bigint;
    else values[row] = Number(value);
  }
  return { kind: 'fixed', values, ...(rule.nullable && { validity }) };
}

function utf8Vector(rule: Rule, drawn: readonly (Value | null)[], validity: Uint8Array): Utf8Vector {
  const texts = drawn.map((value) => encoder.encode(value === null ? '' : String(value)));
  const offsets = new Int32Array(drawn.length + 1);
  for (const [row, bytes] of texts.entries()) offsets[row + 1] = offsets[row]! + bytes.length;
  const bytes = new Uint8Array(offsets[drawn.length]!);
  for (const [row, value] of texts.entries()) bytes.set(value, offsets[row]);
  return { kind: 'utf8', offsets, bytes, ...(rule.nullable && { validity }) };
}

function drawVector(rule: Rule, random: Random, firstRow: number, rows: number): Vector {
  const validity = new Uint8Array(rows);
  const drawn: (Value | null)[] = [];
  for (let row = 0; row < rows; row++) {
    const value = rule.draw(random, firstRow + row);
    const valid = !rule.nullable || random.below(1000) >= NULLS_PER_MILLE;
    validity[row] = valid ? 1 : 0;
    drawn.push(valid ? value : null);
  }
  return rule.type.kind === 'utf8' ? utf8Vector(rule, drawn, validity) : fixedVector(rule, drawn, validity);
}

/** What tests need and real tables rarely hold: every type, NULLs, negative numbers, awkward texts, small keys. */
export const edge: Dataset = {
  name: 'edge',
  summary: 'every type with NULLs, negative numbers, empty and awkward texts; 100,000 rows at scale 1',
  columns: RULES.map(({ name, type }) => ({ name, type })),
  rowsPerScale: ROWS_PER_SCALE,
  *batches({ scale, seed }) {
    const total = Math.max(1, Math.round(scale * ROWS_PER_SCALE));
    // One stream a column: a new column leaves the others as they are.
    const randoms = RULES.map((_, index) => new Random(seed, index));
    for (let first = 0; first < total; first += BATCH_ROWS) {
      const rows = Math.min(BATCH_ROWS, total - first);
      const vectors = RULES.map((rule, index) => drawVector(rule, randoms[index]!, first, rows));
      yield { rows, vectors } satisfies Batch;
    }
  },
};
