import type { Batch } from '../engine/column.ts';
import { columnFromScalars } from '../engine/scalars.ts';
import type { ObjectDescription } from '../engine/task.ts';
import type { BoundExpression, Expression, NamedAggregate } from '../query/expression.ts';
import { formatAggregate, formatExpression } from '../query/format-expression.ts';
import type { Fragment } from '../query/fragment.ts';
import type { Residual } from '../query/residual.ts';
import { type Scalar, UTF8 } from '../query/types.ts';

const EXPLAIN = /^\s*explain\s/i;

/** The query of an `EXPLAIN query`, where it stood in the text, so that positions hold; undefined for other texts. */
export function explainedQuery(text: string): string | undefined {
  const prefix = EXPLAIN.exec(text)?.[0];
  return prefix === undefined ? undefined : ' '.repeat(prefix.length) + text.slice(prefix.length);
}

/** One line of text a row: what is pushed to the object, and what is left and why. */
export function explainPlan({ location, format }: ObjectDescription, fragment: Fragment, residual: Residual): Batch {
  const lines = [
    `object     ${location.name}, ${format.kind}, ${location.size} bytes${codingOf(format)}`,
    ...pushedLines(fragment),
    ...leftLines(residual),
  ];
  return { schema: [{ name: 'plan', type: UTF8 }], length: lines.length, columns: [columnFromScalars(UTF8, lines)] };
}

/** Why one worker scans the whole object. */
function codingOf(format: ObjectDescription['format']): string {
  if ((format.kind !== 'csv' && format.kind !== 'ndjson') || !format.coding) return '';
  const { compression, charset } = format.coding;
  return `, ${[compression, charset].filter(Boolean).join(' of ')}: one task reads it from start to end`;
}

function pushedLines({ lane, filter, output }: Fragment): string[] {
  const lines = [`pushed     scan by lane ${lane}`];
  if (filter) lines.push(`           filter ${formatExpression(filter)}`);
  if (output.kind === 'groups') {
    const keys = output.keys.map(({ expression }) => formatExpression(expression));
    if (keys.length > 0) lines.push(`           group by ${keys.join(', ')}`);
    if (output.aggregates.length > 0)
      lines.push(`           partial aggregates ${output.aggregates.map(pushedAggregate).join(', ')}`);
  } else {
    lines.push(`           project ${output.columns.map(({ expression }) => formatExpression(expression)).join(', ')}`);
    const { columns, orderBy, limit } = output;
    if (orderBy) {
      const keys = orderBy.map(
        ({ column, descending }) => `${formatExpression(columns[column]!.expression)}${descending ? ' DESC' : ''}`,
      );
      lines.push(`           first ${limit} rows by ${keys.join(', ')}`);
    } else if (limit !== undefined) lines.push(`           limit ${limit}`);
  }
  return lines;
}

const pushedAggregate = (aggregate: NamedAggregate): string =>
  formatAggregate(aggregate.function, aggregate.args.map(formatExpression), aggregate);

function leftLines({ input, having, orderBy, columns, distinct, limit, offset }: Residual): string[] {
  const lines: string[] = [];
  const left = (what: string, why: string) =>
    lines.push(`${lines.length === 0 ? 'left       ' : '           '}${what}: ${why}`);
  if (having) left(`having ${format(having)}`, 'groups are whole only when all partial ones have merged');
  if (orderBy.length > 0) {
    const keys = orderBy.map(({ expression, descending }) => `${format(expression)}${descending ? ' DESC' : ''}`);
    left(`order by ${keys.join(', ')}`, 'parts of the object come in any order');
  }
  const computed = columns.filter(({ expression }) => expression.kind !== 'column');
  if (computed.length > 0)
    left(
      `compute ${computed.map(({ expression }) => format(expression)).join(', ')}`,
      'of what the scan gave, or constant, or not done in scans',
    );
  if (distinct) left('distinct', 'equal rows may come from different parts of the object');
  if (limit !== undefined || offset > 0)
    left(
      [limit !== undefined && `limit ${limit}`, offset > 0 && `offset ${offset}`].filter(Boolean).join(' '),
      'counts rows of the whole result',
    );
  if (lines.length === 0)
    left('nothing', `${input.length} ${input.length === 1 ? 'column goes' : 'columns go'} straight to the result`);
  return lines;
}

function format(expression: BoundExpression): string {
  return formatExpression(unbound(expression));
}

function unbound(expression: BoundExpression): Expression {
  switch (expression.kind) {
    case 'column':
      return { kind: 'column', name: expression.name };
    case 'literal':
      return { kind: 'literal', type: expression.type, value: plain(expression.value) };
    case 'cast':
      return { kind: 'cast', to: expression.type, arg: unbound(expression.arg), ...(expression.try && { try: true }) };
    case 'call':
      return { kind: 'call', function: expression.operator, args: expression.args.map(unbound) };
    case 'function':
      return { kind: 'call', function: functionName(expression.overload), args: expression.args.map(unbound) };
  }
}

/** An overload is named by its signature. */
const functionName = (overload: string): string => overload.slice(0, overload.indexOf('('));

function plain(value: Scalar): string | number | boolean | null {
  return typeof value === 'bigint' ? value.toString() : value;
}
