import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { SluiceError } from '../error.ts';
import { MAX_TEXT_LENGTH } from '../expression-limits.ts';
import type { AstSelect } from './duckdb-ast.ts';
import type { SourceText } from './source-text.ts';

let connecting: Promise<DuckDBConnection> | undefined;

/** One database in memory for all queries of the process; it parses and never reads anything. */
function connection(): Promise<DuckDBConnection> {
  connecting ??= DuckDBInstance.create(':memory:', { threads: '1', enable_external_access: 'false' }).then((instance) =>
    instance.connect(),
  );
  return connecting;
}

let asking: Promise<ReadonlySet<string>> | undefined;

/** The words of SQL, in lower case. */
export function keywords(): Promise<ReadonlySet<string>> {
  asking ??= connection()
    .then((duckdb) => duckdb.runAndReadAll('SELECT keyword_name FROM duckdb_keywords()'))
    .then((reader) => new Set(reader.getRows().map(([word]) => String(word))));
  return asking;
}

interface Serialized {
  readonly error: boolean;
  readonly error_type?: string;
  readonly error_message?: string;
  readonly position?: string;
  readonly statements?: readonly { readonly node: AstSelect }[];
}

/**
 * DuckDB's own parser: the statements of a text as its syntax trees.
 * Throws `syntax` with the position, `unsupported` for statements that only DuckDB itself could run.
 */
export async function parseStatements(source: SourceText): Promise<readonly AstSelect[]> {
  const { text } = source;
  if (text.length > MAX_TEXT_LENGTH) {
    throw new SluiceError(
      'unsupported',
      `a query holds at most ${MAX_TEXT_LENGTH} characters, this one ${text.length}`,
    );
  }
  const nul = text.indexOf('\0');
  if (nul >= 0) throw new SluiceError('syntax', 'a query cannot hold the character U+0000', source.position(nul));
  const duckdb = await connection();
  const reader = await duckdb.runAndReadAll('SELECT json_serialize_sql($1::varchar)', [text]);
  const result = readJson(String(reader.getRows()[0]?.[0]));
  if (!result.error) return (result.statements ?? []).map(({ node }) => node);
  const message = result.error_message ?? 'the query cannot be parsed';
  if (result.error_type === 'not implemented') {
    const start = text.search(/\S/);
    throw new SluiceError('unsupported', 'only SELECT statements are supported', source.position(Math.max(start, 0)));
  }
  if (/^(Max expression depth|memory exhausted)/.test(message)) {
    throw new SluiceError('unsupported', 'the query nests too deeply');
  }
  const offset = result.position === undefined ? undefined : source.fromCodePoints(Number(result.position));
  throw new SluiceError('syntax', message, offset === undefined ? undefined : source.position(offset));
}

/** DuckDB writes 64-bit integers and infinite doubles as bare numbers, which JSON.parse would round or refuse. */
function readJson(json: string): Serialized {
  // Inside of a string the quotes would be escaped, so this finds values only.
  const finite = json
    .replace(/"value":(-?)Infinity/g, '"value":"$1Infinity"')
    .replace(/"value":-?NaN/g, '"value":"NaN"');
  return JSON.parse(finite, (_key, value, context?: { source?: string }) => {
    if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
    return context?.source && /^-?\d+$/.test(context.source) ? BigInt(context.source) : value;
  }) as Serialized;
}
