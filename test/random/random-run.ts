import { Random } from '../../datasets/random.ts';
import { LANE_NAMES, type LaneName } from '../../query/fragment.ts';
import { queryText } from '../differential/query-generator.ts';
import { FORMATS, type Format, RandomCheck } from './random-check.ts';
import { type RandomQuery, randomQuery, testQuery } from './random-query.ts';
import { shrink, shrinkRows } from './shrink.ts';

export interface RandomRun {
  readonly seed: number;
  readonly queries: number;
  readonly lanes?: readonly LaneName[];
  readonly formats?: readonly Format[];
  /** Stop after so many failures. */
  readonly mostFailures?: number;
  readonly onProgress?: (done: number) => void;
}

export interface RandomFailure {
  readonly disagreement: string;
  readonly original: string;
  /** The smallest query found that still fails, as a command. */
  readonly command: string;
}

/** Sizes of the tables that a run goes through: no row, one, one batch, several. */
const SIZES = [300, 0, 1, 2049, 17, 5000];
const QUERIES_PER_TABLE = 60;

/** Random queries over random tables against DuckDB; the same seed gives the same ones. */
export async function runRandom(run: RandomRun): Promise<RandomFailure[]> {
  const { seed, queries, lanes = LANE_NAMES, formats = FORMATS, mostFailures = 5, onProgress } = run;
  const failures: RandomFailure[] = [];
  for (let done = 0, table = 0; done < queries && failures.length < mostFailures; table++) {
    const choice = { seed: (seed + table) >>> 0, from: 0, to: SIZES[table % SIZES.length]! };
    const check = await RandomCheck.open(choice);
    try {
      const random = new Random(choice.seed, 1 << 30);
      const names = await check.functionNames();
      for (let i = 0; i < QUERIES_PER_TABLE && done < queries && failures.length < mostFailures; i++, done++) {
        const query = randomQuery(random, names);
        const format = formats[i % formats.length]!;
        const disagreement = await check.disagreement(testQuery(query), format, lanes);
        onProgress?.(done + 1);
        if (disagreement) failures.push(await smallest(check, query, { ...choice, format, lanes, disagreement }));
      }
    } finally {
      await check.close();
    }
  }
  return failures;
}

interface Found {
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  readonly format: Format;
  readonly lanes: readonly LaneName[];
  readonly disagreement: string;
}

async function smallest(check: RandomCheck, query: RandomQuery, found: Found): Promise<RandomFailure> {
  const { seed, format, lanes } = found;
  const fails = (on: RandomCheck) => async (candidate: RandomQuery) =>
    (await on.disagreement(testQuery(candidate), format, lanes)) !== undefined;
  const simple = await shrink(query, fails(check));
  const [from, to] = await shrinkRows(found.from, found.to, async (low, high) => {
    const part = await RandomCheck.open({ seed, from: low, to: high });
    try {
      return await fails(part)(simple);
    } finally {
      await part.close();
    }
  });
  const disagreement = (await check.disagreement(testQuery(simple), format, lanes)) ?? found.disagreement;
  const sql = queryText(testQuery(simple)).replaceAll(`'`, `'\\''`);
  return {
    disagreement,
    original: queryText(testQuery(query)),
    command: `npm run test:random -- --seed ${seed} --rows ${from}..${to} --format ${format} --query '${sql}'`,
  };
}
