import type { Batch } from '../../engine/column.ts';
import { scalarAt } from '../../engine/scalars.ts';
import { formatScalar } from '../../query/format-value.ts';
import { type DataType, formatType, type Scalar, type Schema } from '../../query/types.ts';

/** Rows that are held to find the columns' widths; later rows keep to these widths, or break the line of the frame. */
const MEASURED_ROWS = 1000;
const MAX_WIDTH = 60;

/** A table for people: values cut at 60 characters unless there is one column only, numbers to the right, NULL written out. */
export async function* tableText(schema: Schema, batches: AsyncIterable<Batch>): AsyncGenerator<string> {
  const room = schema.length === 1 ? Number.POSITIVE_INFINITY : MAX_WIDTH;
  const right = schema.map(({ type }) => ['int32', 'int64', 'float64', 'decimal'].includes(type.kind));
  let held: string[][] | undefined = [];
  let widths: number[] = [];
  let rows = 0;
  const line = (cells: readonly string[]) =>
    `${cells
      .map((cell, i) => pad(cell, widths[i] ?? 0, right[i]))
      .join('  ')
      .trimEnd()}\n`;
  const start = (): string => {
    const names = schema.map(({ name }) => shown(name, room));
    const types = schema.map(({ type }) => formatType(type));
    const measured = [names, types, ...(held ?? [])];
    widths = schema.map((_, i) => Math.max(...measured.map((cells) => cells[i]?.length ?? 0)));
    const rule = `${widths.map((width) => '─'.repeat(width)).join('  ')}\n`;
    const text = line(names) + line(types) + rule + (held ?? []).map(line).join('');
    held = undefined;
    return text;
  };

  for await (const { length, columns } of batches) {
    let text = '';
    for (let row = 0; row < length; row++) {
      const cells = columns.map((column) => cell(scalarAt(column, row), column.type, room));
      rows++;
      if (!held) text += line(cells);
      else if (held.push(cells) === MEASURED_ROWS) text += start();
    }
    if (text !== '') yield text;
  }
  if (held) yield start();
  yield `(${rows} ${rows === 1 ? 'row' : 'rows'})\n`;
}

function cell(value: Scalar, type: DataType, room: number): string {
  return value === null ? 'NULL' : shown(formatScalar(value, type), room);
}

function shown(text: string, room: number): string {
  const plain = text.replace(/[\x00-\x1f\x7f]/g, (unit) => ({ '\n': '\\n', '\r': '\\r', '\t': '\\t' })[unit] ?? '?');
  return plain.length > room ? `${plain.slice(0, room - 1)}…` : plain;
}

function pad(text: string, width: number, right: boolean | undefined): string {
  return right ? text.padStart(width) : text.padEnd(width);
}
