import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { formatScalar } from '../../query/format-value.ts';
import type { Fragment } from '../../query/fragment.ts';
import type { DataType, Scalar } from '../../query/types.ts';

export const GOLDEN_FILE = fileURLToPath(new URL('./golden.json', import.meta.url));

/** Fragments are kept beside their answers, so that a machine without DuckDB, which parses SQL, can run them. */
export interface Golden {
  /** By the question's name. */
  readonly questions: Readonly<Record<string, { readonly fragment: Fragment; readonly answer: GoldenAnswer }>>;
  /** `SELECT *` of the files of the Parquet conformance suite, by name. */
  readonly parquetFiles: Readonly<Record<string, GoldenAnswer>>;
}

/** The SHA-256 of the sorted rows; few rows stand there themselves. */
export interface GoldenAnswer {
  readonly rows: number;
  readonly sha256: string;
  readonly lines?: readonly string[];
}

const SHOWN_ROWS = 30;
/** Averages and sums of doubles are not the same to the last digit for every order of addition. */
const DIGITS = 9;

export function readGolden(): Golden {
  return JSON.parse(readFileSync(GOLDEN_FILE, 'utf8')) as Golden;
}

/** What is kept of an answer, whatever the order of its rows. */
export function goldenAnswer(rows: readonly (readonly Scalar[])[], types: readonly DataType[]): GoldenAnswer {
  const lines = rows.map((row) => JSON.stringify(row.map((value, i) => cellText(value, types[i]!)))).sort();
  const sha256 = createHash('sha256').update(lines.join('\n')).digest('hex');
  return { rows: lines.length, sha256, ...(lines.length <= SHOWN_ROWS && { lines }) };
}

function cellText(value: Scalar, type: DataType): string | null {
  if (value === null) return null;
  return formatScalar(type.kind === 'float64' ? Number((value as number).toPrecision(DIGITS)) : value, type);
}
