import { z } from 'zod';
import { SluiceError } from '../../../query/error.ts';
import { type Field, parseType, type Schema } from '../../../query/types.ts';

const SIDECAR = z.object({
  columns: z.array(z.object({ name: z.string().min(1), type: z.string() })).min(1),
});

/** Reads `NAME.schema.json`: `{"columns": [{"name", "type"}, …]}`, types as in SQL. `name` is the sidecar's own. Throws `bad-data`. */
export function parseSidecar(name: string, text: string): Schema {
  const checked = SIDECAR.safeParse(parseJson(name, text));
  if (!checked.success) {
    const issue = checked.error.issues[0];
    const path = (issue?.path ?? []).map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`));
    throw new SluiceError(
      'bad-data',
      `${name}: at ${path.join('').replace(/^\./, '') || 'the top'}: ${issue?.message}`,
    );
  }
  const seen = new Set<string>();
  return checked.data.columns.map((column, index): Field => {
    if (seen.has(column.name.toLowerCase()))
      throw new SluiceError('bad-data', `${name}: at columns[${index}].name: "${column.name}" stands there twice`);
    seen.add(column.name.toLowerCase());
    return { name: column.name, type: readType(name, index, column.type) };
  });
}

function parseJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SluiceError('bad-data', `${name}: is not JSON: ${(error as Error).message}`);
  }
}

function readType(name: string, index: number, text: string): Field['type'] {
  try {
    return parseType(text);
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    throw new SluiceError('bad-data', `${name}: at columns[${index}].type: ${error.message}`);
  }
}
