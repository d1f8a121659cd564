import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SluiceError } from '../../query/error.ts';
import { LANE_NAMES, type LaneName } from '../../query/fragment.ts';
import { type Answer, identical } from '../differential/answer.ts';
import { Subject } from '../differential/subject.ts';
import { damaged, randomOf } from './damage.ts';
import { corpus, type SoundFile } from './parquet-corpus.ts';

/** A damaged file that one of the lanes does not take as it should. */
export interface Failure {
  readonly seed: number;
  readonly file: string;
  readonly query: string;
  readonly what: string;
  readonly bytes: Uint8Array;
}

/** A query that takes longer hangs. */
const LONGEST_MS = 20_000;
/** Bytes of the process. */
const MOST_MEMORY = 4 * 2 ** 30;

/**
 * Damages real files and queries them with both lanes, in worker threads. Right is an answer, the same in both lanes
 * where both have one, or an error in good order: never a trap, a dead worker, a hang, or memory beyond the bound.
 */
export class ParquetCheck {
  readonly #folder: string;
  readonly #files: readonly SoundFile[];
  #subject = new Subject(new Map(), 1);
  #victims = 0;

  private constructor(folder: string, files: readonly SoundFile[]) {
    this.#folder = folder;
    this.#files = files;
  }

  static async open(): Promise<ParquetCheck> {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-fuzz-'));
    return new ParquetCheck(folder, await corpus(folder));
  }

  /** One damaged file; undefined where all is as it should be. */
  async check(seed: number): Promise<Failure | undefined> {
    const random = randomOf(seed);
    const pick = () => this.#files[random(this.#files.length)]!;
    const file = pick();
    const bytes = damaged(file.bytes, pick().bytes, random);
    const path = join(this.#folder, `victim-${this.#victims++}.parquet`);
    writeFileSync(path, bytes);
    try {
      for (const query of queriesOf(path, file.name)) {
        const what = await this.#disagreement(query);
        if (what) return { seed, file: file.name, query, what, bytes };
      }
    } finally {
      rmSync(path);
    }
    return undefined;
  }

  async close(): Promise<void> {
    await this.#subject.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #disagreement(query: string): Promise<string | undefined> {
    const answers: Answer[] = [];
    for (const lane of LANE_NAMES) {
      const outcome = await this.#outcome(query, lane);
      if (outcome instanceof SluiceError) {
        if (outcome.code === 'internal') return `${lane}: ${outcome.message}`;
      } else if (outcome instanceof Error) {
        await this.#subject.close();
        this.#subject = new Subject(new Map(), 1);
        return `${lane}: ${outcome.stack}`;
      } else answers.push(outcome);
      const { rss } = process.memoryUsage();
      if (rss > MOST_MEMORY) return `${lane}: the process takes ${rss} bytes`;
    }
    const [first, second] = answers;
    return first && second && !identical(first, second) ? 'the lanes give different answers' : undefined;
  }

  async #outcome(query: string, lane: LaneName): Promise<Answer | Error> {
    const timeout = Promise.withResolvers<Error>();
    const timer = setTimeout(() => timeout.resolve(new Error(`no answer within ${LONGEST_MS} ms`)), LONGEST_MS);
    try {
      return await Promise.race([this.#subject.answer(query, lane), timeout.promise]);
    } catch (error) {
      return error as Error;
    } finally {
      clearTimeout(timer);
    }
  }
}

/** All columns; and where they are known a filter, groups, and members of structs. */
function queriesOf(path: string, name: string): string[] {
  const all = `SELECT * FROM '${path}'`;
  if (!/^(duckdb|parquet-wasm)-/.test(name)) return [all];
  const few = `SELECT few, count(*), min(word), max(n), max(x) FROM '${path}' WHERE few < 5 AND n > 100000 GROUP BY few ORDER BY few`;
  const word = `SELECT n, x FROM '${path}' WHERE word = 'text 7' OR word IS NULL`;
  return name.startsWith('duckdb')
    ? [all, few, word, `SELECT pair.a, pair.b.c, flag FROM '${path}' WHERE flag`]
    : [all, few, word];
}
