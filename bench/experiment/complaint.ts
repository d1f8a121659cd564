import { z } from 'zod';
import { SluiceError } from '../../query/error.ts';
import { suggestion } from './nearest-name.ts';

/** What is wrong with data from outside, and where in it. */
export interface Complaint {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** What a schema found wrong with `data`, in words: what was expected, and which name was probably meant. */
export function complaintsOf(error: z.ZodError, data: unknown, schema: z.ZodType): Complaint[] {
  const known = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  return error.issues.flatMap((issue): Complaint[] => {
    const { path } = issue;
    const found = at(data, path);
    if (issue.code === 'unrecognized_keys') {
      const names = schemasAt(known, path, data).flatMap(({ properties }) => Object.keys(properties ?? {}));
      return issue.keys.map((key) => ({
        path: [...path, key],
        message: `there is no such key; ${suggestion(key, [...new Set(names)])}`,
      }));
    }
    const options =
      issue.code === 'invalid_value'
        ? issue.values.map(String)
        : issue.code === 'invalid_union' && 'options' in issue
          ? (issue.options as unknown[]).filter((option) => typeof option === 'string')
          : undefined;
    if (options && found !== undefined)
      return [{ path, message: `found ${JSON.stringify(found)}; ${suggestion(String(found), options as string[])}` }];
    const expected = issue.message.replace(/^Invalid input: /, '').replace(/, received .*$/, '');
    return [{ path, message: found === undefined ? `is missing: ${expected}` : `${expected}, found ${brief(found)}` }];
  });
}

/** Complaints as one error: a line each, `where` and the key before it. */
export function refuse(complaints: readonly Complaint[], where: (complaint: Complaint) => string): SluiceError {
  const lines = complaints.map((complaint) => {
    const key = complaint.path.map(String).join('.');
    return `${where(complaint)}: ${key === '' ? '' : `${key}: `}${complaint.message}`;
  });
  return new SluiceError('bad-request', lines.join('\n'));
}

/** The same of data that has no lines: settings, a manifest. */
export function schemaError(error: z.ZodError, where: string): SluiceError {
  const complaints = error.issues.map(({ path, message }) => ({ path, message }));
  return refuse(complaints, () => where);
}

function at(data: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], data);
}

function brief(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** The part of JSON Schema that experiments use. */
interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly const?: unknown;
  readonly default?: unknown;
}

/** What may stand at a path; of the members of a union, those that the data does not name by another `type`. */
function schemasAt(schema: JsonSchema, path: readonly PropertyKey[], data: unknown): JsonSchema[] {
  const members = schema.anyOf ?? schema.oneOf;
  if (members) {
    const type = (data as { type?: unknown } | undefined)?.type;
    const possible = members.filter(({ properties }) => {
      const named = properties?.type;
      return named?.const === undefined || named.const === (type ?? named.default);
    });
    return possible.flatMap((member) => schemasAt(member, path, data));
  }
  const [key, ...rest] = path;
  if (key === undefined) return [schema];
  const { properties, additionalProperties, items } = schema;
  const next = properties?.[String(key)] ?? (typeof additionalProperties === 'object' ? additionalProperties : items);
  return next ? schemasAt(next, rest, at(data, [key])) : [];
}
