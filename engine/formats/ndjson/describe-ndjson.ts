import { SluiceError } from '../../../query/error.ts';
import { type Schema, UTF8 } from '../../../query/types.ts';
import type { ByteSource, NdjsonFormat } from '../../task.ts';
import { narrowestType, type SampleField } from '../csv/column-types.ts';
import { readHead } from '../head.ts';
import { JsonScanner, JsonSyntaxError } from './json-scanner.ts';

/** Bytes at the start of an object that decide its columns. */
const SAMPLE_SIZE = 1024 * 1024;
const LF = 10;

/**
 * The columns of NDJSON: those of the sidecar, or the keys of the first lines in the order in which they come, each of
 * the narrowest type that all its values there fit. Throws `bad-data` when the first lines are not JSON objects.
 */
export async function describeNdjson(
  source: ByteSource,
  sidecar?: Schema,
): Promise<{ readonly format: NdjsonFormat; readonly schema: Schema }> {
  const { bytes: sample, complete } = await readHead(source, SAMPLE_SIZE);
  const dataStart = sample[0] === 0xef && sample[1] === 0xbb && sample[2] === 0xbf ? 3 : 0;
  const format: NdjsonFormat = { kind: 'ndjson', dataStart };
  if (sidecar) return { format, schema: sidecar };
  const end = complete ? sample.length : sample.lastIndexOf(LF) + 1;
  if (end === 0 && !complete)
    throw new SluiceError(
      'bad-data',
      `${source.name}: no line ends within the first ${sample.length} bytes; is it NDJSON?`,
    );
  const columns = sampleColumns(source.name, sample.subarray(dataStart, end), dataStart);
  if (columns.size === 0)
    throw new SluiceError('bad-data', `${source.name}: holds no keys, expected a JSON object a line`);
  return {
    format,
    schema: [...columns].map(([name, { fields, text }]) => ({ name, type: text ? UTF8 : narrowestType(fields) })),
  };
}

/** What a key's values in the sample are: `text` once one of them can only be text. */
interface SampledColumn {
  readonly fields: SampleField[];
  text: boolean;
}

function sampleColumns(object: string, sample: Buffer, dataStart: number): Map<string, SampledColumn> {
  const columns = new Map<string, SampledColumn>();
  const scanner = new JsonScanner();
  const names: string[] = [];
  const keyName = (start: number, end: number): number =>
    names.push(JSON.parse(sample.subarray(start - 1, end + 1).toString())) - 1;
  for (let line = 0; line < sample.length; ) {
    const newline = sample.indexOf(LF, line);
    const stop = newline < 0 ? sample.length : newline;
    scanner.begin(sample, line, stop);
    if (!scanner.done) {
      try {
        scanner.object(keyName, (key) => addValue(columns, names[key]!, sample, scanner));
        if (!scanner.done) throw new JsonSyntaxError('there is more behind the object');
      } catch (error) {
        throw new SluiceError('bad-data', `${object}: row at byte ${dataStart + line}: ${(error as Error).message}`);
      }
    }
    line = stop + 1;
  }
  return columns;
}

function addValue(columns: Map<string, SampledColumn>, name: string, sample: Buffer, { token }: JsonScanner): void {
  const column = columns.get(name) ?? { fields: [], text: false };
  columns.set(name, column);
  if (token.kind === 'null') return;
  const quoted = token.kind === 'string';
  const text = sample.subarray(token.start + Number(quoted), token.end - Number(quoted)).toString('latin1');
  // A quoted number is text, a date in quotes is a date.
  if (token.kind === 'nested' || token.escaped || (quoted && !/^\d{4}-\d\d-\d\d/.test(text))) column.text = true;
  else column.fields.push({ text, quoted });
}
