import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, expect, test } from 'vitest';
import { logs } from '../../../datasets/logs.ts';
import { encodeNdjson } from '../../../datasets/ndjson.ts';
import { openLane } from '../../../engine/lanes/lane-registry.ts';
import { openSource } from '../../../engine/run/byte-source.ts';
import { locateFile } from '../../../engine/run/locate.ts';
import { scalarAt } from '../../../engine/scalars.ts';
import { bindFragment } from '../../../query/bind.ts';
import { castToText } from '../../../query/format-value.ts';
import { LANE_NAMES } from '../../../query/fragment.ts';
import { formatType } from '../../../query/types.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-ndjson-'));
afterAll(() => rmSync(folder, { recursive: true }));

const path = join(folder, 'logs.ndjson');
const batches = logs.batches({ scale: 0.02, seed: 1 });
writeFileSync(path, Buffer.concat(Array.from(encodeNdjson(logs.columns, batches), ({ bytes }) => Buffer.from(bytes))));
const schema = logs.columns.map(({ name, type }) => ({ name, type }));

async function byDuckDb(): Promise<unknown[][]> {
  const types = new Map<string, string>();
  for (const { name, type } of schema) {
    const [key, member] = name.split('.') as [string, string?];
    if (member === undefined) types.set(key, formatType(type));
    else types.set(key, `${types.has(key) ? `${types.get(key)}, ` : ''}${member} ${formatType(type)}`);
  }
  const columns = [...types].map(([key, type]) => `${key}: '${type.includes(' ') ? `STRUCT(${type})` : type}'`);
  const values = schema.map(({ name }) => `CAST(${name} AS varchar)`);
  const connection = await (await DuckDBInstance.create()).connect();
  const query = `SELECT ${values.join(', ')} FROM read_ndjson('${path}', columns = {${columns.join(', ')}})`;
  return (await connection.runAndReadAll(query)).getRows() as unknown[][];
}

const theirs = await byDuckDb();

// Few columns at a time, so that the others are passed over.
test.each(LANE_NAMES)('the %s lane reads records of a web service as DuckDB does', async (name) => {
  const lane = await openLane(name);
  const location = await locateFile(path);
  expect(theirs).toHaveLength(3000);
  for (const chosen of [schema, ...[0, 1, 2].map((rest) => schema.filter((_, i) => i % 3 === rest))]) {
    const columns = chosen.map((field) => ({
      name: field.name,
      expression: { kind: 'column', name: field.name } as const,
    }));
    const fragment = { version: 1, object: 'logs.ndjson', lane: name, output: { kind: 'rows', columns } } as const;
    const object = { location, format: { kind: 'ndjson', dataStart: 0 } as const, schema };
    const plan = { lane: name, fragment: bindFragment(fragment, schema), object };
    const part = { kind: 'ndjson-chunk', start: 0, end: location.size } as const;
    const result = await lane.run(plan, part, openSource(location), () => false);
    const ours = result.batches.flatMap(({ columns: vectors, length }) =>
      Array.from({ length }, (_, row) =>
        vectors.map((vector, i) => {
          const value = scalarAt(vector, row);
          return value === null ? null : castToText(value, chosen[i]!.type);
        }),
      ),
    );
    const places = chosen.map((field) => schema.indexOf(field));
    expect(ours).toEqual(theirs.map((row) => places.map((place) => row[place])));
  }
});
