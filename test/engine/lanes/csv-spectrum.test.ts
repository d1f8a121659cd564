import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Executor } from '../../../engine/run/executor.ts';
import { locateFile } from '../../../engine/run/locate.ts';
import { scalarAt } from '../../../engine/scalars.ts';
import { LANE_NAMES, type LaneName } from '../../../query/fragment.ts';

type Record = { readonly [name: string]: string };

const require = createRequire(import.meta.url);
const spectrum = dirname(require.resolve('csv-spectrum/package.json'));
const folder = mkdtempSync(join(tmpdir(), 'sluice-spectrum-'));
const executor = new Executor({ threads: 2, chunkSize: 16 });
afterAll(async () => {
  await executor.close();
  rmSync(folder, { recursive: true });
});

/** The rows of a file, all columns as text; JSON does not tell NULL from the empty text. */
async function recordsOf(file: string, names: readonly string[], lane: LaneName): Promise<Record[]> {
  const path = join(folder, basename(file));
  copyFileSync(file, path);
  const columns = names.map((name) => ({ name, type: 'varchar' }));
  writeFileSync(`${path}.schema.json`, JSON.stringify({ columns }));
  const output = names.map((name) => ({ name, expression: { kind: 'column', name } as const }));
  const object = await executor.describe(await locateFile(path));
  const { batches } = executor.scan(object, {
    version: 1,
    object: 'x',
    lane,
    output: { kind: 'rows', columns: output },
  });
  const records: Record[] = [];
  for await (const batch of batches)
    for (let row = 0; row < batch.length; row++)
      records.push(
        Object.fromEntries(names.map((name, i) => [name, String(scalarAt(batch.columns[i]!, row) ?? '')])) as Record,
      );
  return records;
}

const cases = readdirSync(join(spectrum, 'csvs')).map((file) => basename(file, '.csv'));

describe.each(LANE_NAMES)('csv-spectrum on the %s lane', (lane) => {
  test.each(cases)('%s', async (name) => {
    const expected = JSON.parse(readFileSync(join(spectrum, 'json', `${name}.json`), 'utf8')) as Record | Record[];
    const records = [expected].flat();
    // Its JSON has another telephone number than its CSV.
    if (name === 'location_coordinates') Object.assign(records[0]!, { 'Contact Phone Number': '2095257564' });
    expect(await recordsOf(join(spectrum, 'csvs', `${name}.csv`), Object.keys(records[0]!), lane)).toEqual(records);
  });
});
