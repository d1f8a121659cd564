import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SluiceError } from '../../query/error.ts';
import { LANE_NAMES, type LaneName } from '../../query/fragment.ts';
import type { Scalar } from '../../query/types.ts';
import { difference, type Expectation } from '../differential/answer.ts';
import { queryText, type TestQuery } from '../differential/query-generator.ts';
import { Reference } from '../differential/reference.ts';
import { Subject } from '../differential/subject.ts';
import { SCHEMA, sidecar, tableRows, toCsv } from './random-table.ts';

export interface TableChoice {
  readonly seed: number;
  /** Rows [from, to). */
  readonly from: number;
  readonly to: number;
}

export const FORMATS = ['csv', 'parquet', 'ndjson'] as const;
export type Format = (typeof FORMATS)[number];

/** The random table in each format, DuckDB with the same rows, and what both say to a query. */
export class RandomCheck {
  readonly #folder: string;
  readonly #reference: Reference;
  readonly #subjects: ReadonlyMap<Format, Subject>;

  private constructor(folder: string, reference: Reference, subjects: ReadonlyMap<Format, Subject>) {
    this.#folder = folder;
    this.#reference = reference;
    this.#subjects = subjects;
  }

  static open({ seed, from, to }: TableChoice): Promise<RandomCheck> {
    return RandomCheck.over(tableRows(seed, from, to));
  }

  /** Over rows of `SCHEMA`. */
  static async over(rows: readonly (readonly Scalar[])[]): Promise<RandomCheck> {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-random-'));
    const csv = join(folder, 'random.csv');
    writeFileSync(csv, toCsv(rows));
    writeFileSync(`${csv}.schema.json`, sidecar());
    const reference = await Reference.open();
    await reference.loadCsv('random', csv, SCHEMA);
    await reference.writeParquet('random', join(folder, 'random.parquet'));
    await reference.writeNdjson('random', join(folder, 'random.ndjson'));
    writeFileSync(join(folder, 'random.ndjson.schema.json'), sidecar());
    const subjects = new Map(
      FORMATS.map((format) => [format, new Subject(new Map([['random', join(folder, `random.${format}`)]]), 1)]),
    );
    return new RandomCheck(folder, reference, subjects);
  }

  /** The names of DuckDB's scalar functions. */
  functionNames(): Promise<ReadonlySet<string>> {
    return this.#reference.functionNames();
  }

  /** Says where a lane and DuckDB disagree, or gives undefined. */
  async disagreement(
    query: TestQuery,
    format: Format,
    lanes: readonly LaneName[] = LANE_NAMES,
  ): Promise<string | undefined> {
    const expected = await outcome(this.#reference.answer(query));
    for (const lane of lanes) {
      const actual = await outcome(this.#subjects.get(format)!.answer(queryText(query), lane));
      const found = compare(actual, expected, query);
      if (found) return `${lane} lane, ${format}: ${found}`;
    }
    return undefined;
  }

  async close(): Promise<void> {
    for (const subject of this.#subjects.values()) await subject.close();
    this.#reference.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

type Outcome<T> = { readonly answer: T } | { readonly error: Error };

async function outcome<T>(answer: Promise<T>): Promise<Outcome<T>> {
  try {
    return { answer: await answer };
  } catch (error) {
    return { error: error as Error };
  }
}

/** Refusals agree with each other. Which row an error comes from is nobody's business, but that there is one is. */
function compare(
  actual: Outcome<Awaited<ReturnType<Subject['answer']>>>,
  expected: Outcome<Expectation>,
  query: TestQuery,
): string | undefined {
  if ('error' in actual) {
    const { error } = actual;
    if (!(error instanceof SluiceError) || error.code === 'internal') return `${error.stack}`;
    // A constant that fails is refused before anyone knows that there are no rows.
    if (error.code === 'bad-value' && 'answer' in expected && expected.answer.rows.length === 0) return undefined;
    return 'error' in expected ? undefined : `refused (${error.code}: ${error.message}), DuckDB answers`;
  }
  if ('answer' in expected) return difference(actual.answer, expected.answer, query.order);
  return skipsRows(query) ? undefined : `answers, DuckDB refuses (${expected.error.message.split('\n')[0]})`;
}

/** DuckDB may compute a failing expression for rows that a filter, a CASE or a limit would have spared. */
function skipsRows(query: TestQuery): boolean {
  return /WHERE|CASE|coalesce|FILTER|LIMIT|HAVING/.test(queryText(query));
}
