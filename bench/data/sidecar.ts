import { readFile } from 'node:fs/promises';
import { z } from 'zod';

const sidecarSchema = z.object({ columns: z.array(z.object({ name: z.string(), type: z.string() })) });

export type SidecarColumn = z.infer<typeof sidecarSchema>['columns'][number];

/** Names and SQL types of the columns of a CSV or NDJSON file, from its sidecar `PATH.schema.json`. */
export async function readSidecar(path: string): Promise<SidecarColumn[]> {
  return sidecarSchema.parse(JSON.parse(await readFile(`${path}.schema.json`, 'utf8'))).columns;
}
