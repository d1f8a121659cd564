import { expect, test } from 'vitest';
import { openLane } from '../../../engine/lanes/lane-registry.ts';
import { openSource } from '../../../engine/run/byte-source.ts';
import { finalizeGroups, mergePartials } from '../../../engine/run/merge.ts';
import { planTasks } from '../../../engine/run/plan-tasks.ts';
import { columnFromScalars, scalarAt } from '../../../engine/scalars.ts';
import type { ObjectDescription } from '../../../engine/task.ts';
import { bindFragment } from '../../../query/bind.ts';
import { lowerCase, upperCase } from '../../../query/letter-case.ts';
import { matchesLike } from '../../../query/like-pattern.ts';
import { planFragment } from '../../../query/plan.ts';
import { parseSql } from '../../../query/sql/parse-sql.ts';
import { INT32, type Scalar, type Schema, UTF8 } from '../../../query/types.ts';
import { Dice } from './lane-expressions.ts';

const SCHEMA: Schema = [
  { name: 'n', type: INT32 },
  { name: 't', type: UTF8 },
];
const ROWS = 4500;
const PATTERNS = ['%ab%', '%a%', '%abab%', '%%b%a%', '%ba%a', '%ab%_', '%ab%é%', '%é%', '%\u{1f600}%', '%abaabaab%ab%'];

/** Short texts of few letters, so that patterns often match and even more often would across two rows. */
function randomTexts(dice: Dice, nulls: number, foreign: number): (string | null)[] {
  const letter = () =>
    dice.chance(foreign) ? dice.pick(['é', 'ß', 'ÿ', '\u{1f600}', '\0']) : dice.pick(['a', 'b', 'B']);
  return Array.from({ length: ROWS }, () => {
    if (dice.chance(nulls)) return null;
    const length = dice.below(dice.chance(0.1) ? 40 : 6);
    return Array.from({ length }, letter).join('');
  });
}

async function run(texts: readonly (string | null)[], sql: string): Promise<Scalar[][]> {
  const object: ObjectDescription = {
    location: { kind: 'memory', name: 'texts', size: 0, version: '1' },
    format: { kind: 'columns', rows: ROWS },
    schema: SCHEMA,
  };
  const { fragment } = planFragment(await parseSql(sql), SCHEMA, 'wasm');
  const plan = { object, fragment: bindFragment(fragment, SCHEMA), lane: 'wasm' as const };
  const lane = await openLane('wasm');
  const numbers = columnFromScalars(
    INT32,
    texts.map((_, row) => row),
  );
  lane.hold('texts', [numbers, columnFromScalars(UTF8, texts)]);
  const batches = [];
  for (const part of (await planTasks(plan)).parts)
    batches.push(...(await lane.run(plan, part, openSource(object.location), () => false)).batches);
  const { output } = plan.fragment;
  const whole = output.kind === 'groups' ? [finalizeGroups(output, mergePartials(output, batches))] : batches;
  return whole.flatMap((batch) =>
    Array.from({ length: batch.length }, (_, row) => batch.columns.map((column) => scalarAt(column, row))),
  );
}

const KINDS = [
  { kind: 'ASCII', nulls: 0, foreign: 0 },
  { kind: 'ASCII with NULLs', nulls: 0.2, foreign: 0 },
  { kind: 'any characters', nulls: 0, foreign: 0.1 },
  { kind: 'any characters with NULLs', nulls: 0.1, foreign: 0.5 },
  { kind: 'NULLs', nulls: 1, foreign: 0 },
];

test.each(KINDS)('vectors of $kind are searched as single texts are', async ({ nulls, foreign }) => {
  const texts = randomTexts(new Dice(1), nulls, foreign);
  for (const pattern of PATTERNS) {
    const rows = texts.flatMap((text, row) => (text !== null && matchesLike(text, pattern, '') ? [row] : []));
    const where = `FROM texts WHERE t LIKE '${pattern}'`;
    expect(await run(texts, `SELECT n ${where}`), pattern).toEqual(rows.map((row) => [row]));
    // A filter before leaves texts that do not stand one behind the other.
    const some = rows.filter((row) => row % 3 !== 0);
    expect(await run(texts, `SELECT n ${where} AND n % 3 <> 0`), pattern).toEqual(some.map((row) => [row]));
  }
});

test.each(KINDS)('vectors of $kind change their letter case as single texts do', async ({ nulls, foreign }) => {
  const texts = randomTexts(new Dice(2), nulls, foreign);
  const expected = texts.map((text, row) =>
    text === null ? [null, null, null] : [upperCase(text), lowerCase(text), `${row}${lowerCase(text)}`],
  );
  expect(await run(texts, 'SELECT upper(t), lower(t), n || lower(t) FROM texts')).toEqual(expected);
  const some = expected.filter((_, row) => row % 3 !== 0);
  expect(await run(texts, 'SELECT upper(t), lower(t), n || lower(t) FROM texts WHERE n % 3 <> 0')).toEqual(some);
});

test.each(KINDS)('the least and greatest of $kind go by all bytes', async ({ nulls, foreign }) => {
  const texts = randomTexts(new Dice(3), nulls, foreign);
  const groups = Array.from({ length: 7 }, (_, group) => {
    const bytes = texts.flatMap((text, row) => (text !== null && row % 7 === group ? [Buffer.from(text)] : []));
    bytes.sort(Buffer.compare);
    return [group, bytes[0]?.toString() ?? null, bytes.at(-1)?.toString() ?? null];
  });
  const rows = await run(texts, 'SELECT n % 7, min(t), max(t) FROM texts GROUP BY n % 7');
  expect(rows.sort(([a], [b]) => Number(a) - Number(b))).toEqual(groups);
});
