import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeObject } from '../../engine/run/describe-object.ts';
import { locateFile } from '../../engine/run/locate.ts';
import type { Fragment } from '../../query/fragment.ts';
import { planFragment } from '../../query/plan.ts';
import { parseSql } from '../../query/sql/parse-sql.ts';
import { PARQUET_SUITE } from '../conformance/suite.ts';
import { Reference } from '../differential/reference.ts';
import { goldenPath, writeGoldenData } from './golden-data.ts';
import { GOLDEN_FILE, type Golden, type GoldenAnswer, goldenAnswer, readGolden } from './golden-file.ts';
import { QUESTIONS, type Question } from './questions.ts';
import { allColumns, runFragment } from './run-fragment.ts';

// Whether golden.json is what DuckDB answers. With SLUICE_RECORD=1 it is written anew from that.

const folder = mkdtempSync(join(tmpdir(), 'sluice-golden-record-'));
let duckdb: Reference;
beforeAll(async () => {
  await writeGoldenData(folder);
  duckdb = await Reference.open();
});
afterAll(() => {
  duckdb.close();
  rmSync(folder, { recursive: true, force: true });
});

async function ask({ dataset, sql }: Question): Promise<{ fragment: Fragment; answer: GoldenAnswer }> {
  const path = goldenPath(folder, dataset, 'parquet');
  const { schema } = await describeObject(await locateFile(path));
  const { fragment } = planFragment(await parseSql(sql), schema, 'wasm');
  const text = sql.replace(/FROM t\b/, `FROM read_parquet('${path}')`);
  const { rows, types } = await duckdb.answer({ table: 't', select: [], rest: '', order: 'any', text });
  return { fragment, answer: goldenAnswer(rows, types) };
}

async function recordFiles(): Promise<Golden['parquetFiles']> {
  const answers: Record<string, GoldenAnswer> = {};
  const names = readdirSync(join(PARQUET_SUITE, 'data')).filter((name) => name.endsWith('.parquet'));
  for (const name of names.sort()) {
    const path = join(folder, name);
    symlinkSync(join(PARQUET_SUITE, 'data', name), path);
    // What is refused is the conformance tests' business.
    const answer = await allColumns(path)
      .then((fragment) => runFragment(path, fragment, 'wasm'))
      .catch(() => undefined);
    if (answer) answers[`data/${name}`] = answer;
  }
  return answers;
}

test('golden.json holds what DuckDB answers', async () => {
  const questions: Record<string, Golden['questions'][string]> = {};
  for (const question of QUESTIONS) questions[question.name] = await ask(question);
  if (process.env.SLUICE_RECORD && existsSync(PARQUET_SUITE))
    writeFileSync(GOLDEN_FILE, `${JSON.stringify({ questions, parquetFiles: await recordFiles() }, null, 1)}\n`);
  expect(readGolden().questions).toEqual(JSON.parse(JSON.stringify(questions)));
});
