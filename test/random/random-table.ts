import { Random } from '../../datasets/random.ts';
import { formatScalar } from '../../query/format-value.ts';
import {
  BOOL,
  DATE,
  type DataType,
  decimal,
  FLOAT64,
  formatType,
  INT32,
  INT64,
  type Scalar,
  TIMESTAMP,
  UTF8,
} from '../../query/types.ts';

/** A column of random values. Those of `wild` columns reach their type's ends, so that arithmetic on them overflows. */
export interface RandomColumn {
  readonly name: string;
  readonly type: DataType;
  readonly wild: boolean;
  readonly value: (random: Random) => Scalar;
}

const WORDS = [
  '',
  'a',
  'b',
  'ab',
  'A',
  'aB',
  'x%',
  '_',
  'red',
  'Red',
  'blå',
  'BLÅ',
  '数据',
  '🙂',
  'e\u0301',
  'ß',
  ' a ',
  '12',
  '-7.5',
  '1992-02-29',
  'true',
  "it's",
  '"q"',
  'a,b',
  'l\nm',
  'NULL',
];
const ALPHABET = [...'abcxyzABC012 %_.,-\\éßñ数🙂'];
const DAYS = [0, -1, 11016, 11382, -141428, -141429, 2932896, 2932532, -719162, 19000, 19001, 18321];
const MICROS_PER_DAY = 86_400_000_000n;

const text = (random: Random, most: number) =>
  Array.from({ length: random.below(most + 1) }, () => random.pick(ALPHABET)).join('');
const int64 = (random: Random) => BigInt.asIntN(64, (BigInt(random.uint32()) << 32n) | BigInt(random.uint32()));
const digits = (random: Random, count: number) => {
  const magnitude = BigInt(Array.from({ length: random.between(1, count) }, () => random.below(10)).join(''));
  return random.below(2) === 0 ? magnitude : -magnitude;
};
const day = (random: Random) => (random.below(4) === 0 ? random.pick(DAYS) : random.between(-3000, 20000));

const column = (name: string, type: DataType, value: RandomColumn['value'], wild = false): RandomColumn => ({
  name,
  type,
  wild,
  value,
});

/** What every random table has besides its row number `id`. */
export const COLUMNS: readonly RandomColumn[] = [
  column('b', BOOL, (random) => random.below(2) === 1),
  column('i', INT32, (random) => random.between(-9, 20)),
  column('big_i', INT32, (random) => random.pick([0, 1, -1, 2147483647, -2147483648, random.uint32() | 0]), true),
  column('l', INT64, (random) => BigInt(random.between(-100, 5000))),
  column(
    'big_l',
    INT64,
    (random) => random.pick([0n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n, int64(random)]),
    true,
  ),
  column('f', FLOAT64, (random) => random.between(-4000, 4000) / 8),
  column(
    'wild_f',
    FLOAT64,
    // No -0: DuckDB's Parquet writer makes one value of the two zeros in a dictionary.
    (random) => random.pick([0, Number.NaN, Infinity, -Infinity, 1e300, -1e-300, 0.1, 123456789.125, 2 ** 53]),
    true,
  ),
  column('d', decimal(9, 2), (random) => BigInt(random.between(-99999, 99999))),
  column('e', decimal(18, 4), (random) => digits(random, 12)),
  column('big_e', decimal(18, 0), (random) => digits(random, 18), true),
  column('w', decimal(38, 6), (random) => digits(random, 20)),
  column('big_w', decimal(38, 10), (random) => digits(random, 38), true),
  column('day', DATE, day),
  column('ts', TIMESTAMP, (random) => {
    const within = random.below(3) === 0 ? 0n : (BigInt(random.uint32()) * 20_000_000n) % MICROS_PER_DAY;
    return (
      BigInt(day(random)) * MICROS_PER_DAY + within + (random.below(4) === 0 ? BigInt(random.below(1_000_000)) : 0n)
    );
  }),
  column('s', UTF8, (random) => random.pick(WORDS)),
  column('t', UTF8, (random) => text(random, random.below(8) === 0 ? 60 : 9)),
];

export const SCHEMA = [{ name: 'id', type: INT32 }, ...COLUMNS.map(({ name, type }) => ({ name, type }))];

/** Rows [from, to) of the table of a seed; each is the same whatever the others are. */
export function tableRows(seed: number, from: number, to: number): Scalar[][] {
  const shape = new Random(seed, 0);
  // Of a column: how many of 16 values are NULL, and how many different values there are at most.
  const shapes = COLUMNS.map(() => ({
    nulls: shape.pick([0, 0, 0, 1, 4, 8, 15, 16]),
    variety: shape.pick([1, 3, 40, 1 << 20, 1 << 20]),
  }));
  return Array.from({ length: to - from }, (_, index) => {
    const row = from + index;
    const random = new Random(seed, row + 1);
    return [
      row,
      ...COLUMNS.map(({ value }, place) => {
        const { nulls, variety } = shapes[place]!;
        const choice = random.below(variety);
        if (random.below(16) < nulls) return null;
        return value(new Random(seed ^ 0x5bd1e995, choice * 32 + place));
      }),
    ];
  });
}

/** RFC 4180: NULL is an empty field, an empty text is `""`. */
export function toCsv(rows: readonly (readonly Scalar[])[]): string {
  const field = (value: Scalar, type: DataType): string => {
    if (value === null) return '';
    const plain = formatScalar(value, type);
    return plain === '' || /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
  };
  const lines = rows.map((row) => row.map((value, index) => field(value, SCHEMA[index]!.type)).join(','));
  return [SCHEMA.map(({ name }) => name).join(','), ...lines, ''].join('\n');
}

/** The sidecar that gives the schema of a CSV or NDJSON file. */
export function sidecar(): string {
  return JSON.stringify({ columns: SCHEMA.map(({ name, type }) => ({ name, type: formatType(type) })) });
}
