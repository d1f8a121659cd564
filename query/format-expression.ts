import type { Expression } from './expression.ts';
import { formatScalar } from './format-value.ts';
import { findFunction } from './functions.ts';
import { literalScalar } from './literal.ts';
import { formatType } from './types.ts';

/** An expression as SQL, for people: names of partial columns, what was pushed. */
export function formatExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'column':
      return /^[\p{L}_][\p{L}\p{N}_]*$/u.test(expression.name)
        ? expression.name
        : `"${expression.name.replaceAll('"', '""')}"`;
    case 'literal':
      return formatLiteral(expression);
    case 'cast':
      return `${expression.try ? 'TRY_CAST' : 'CAST'}(${formatExpression(expression.arg)} AS ${formatType(expression.to)})`;
    case 'call':
      return formatCall(expression);
  }
}

function formatLiteral(literal: Extract<Expression, { kind: 'literal' }>): string {
  const scalar = literalScalar(literal);
  if (scalar === null) return 'NULL';
  const text = formatScalar(scalar, literal.type);
  switch (literal.type.kind) {
    case 'utf8':
      return `'${text.replaceAll("'", "''")}'`;
    case 'date':
    case 'timestamp':
      return `${literal.type.kind.toUpperCase()} '${text}'`;
    default:
      return text;
  }
}

function formatCall(expression: Extract<Expression, { kind: 'call' }>): string {
  const entry = findFunction(expression.function);
  const name = entry?.name ?? expression.function;
  const args = expression.args.map(formatExpression);
  if (entry?.kind === 'aggregate') return formatAggregate(name, args, expression);
  if (entry?.kind !== 'scalar') return `${name}(${args.join(', ')})`;
  switch (name) {
    case 'not':
      return `(NOT ${args[0]})`;
    case 'negate':
      return `(-${args[0]})`;
    case 'is_null':
    case 'is_not_null':
      return `(${args[0]} ${entry.aliases[0]})`;
    case 'in':
      return `(${args[0]} IN (${args.slice(1).join(', ')}))`;
    case 'like':
    case 'ilike': {
      const suffix = args[2] === undefined || args[2] === "''" ? '' : ` ESCAPE ${args[2]}`;
      return `(${args[0]} ${name.toUpperCase()} ${args[1]}${suffix})`;
    }
    case 'case':
      return formatCase(args);
    case 'coalesce':
      return `COALESCE(${args.join(', ')})`;
    default:
      return `(${args.join(` ${entry.aliases[0]} `)})`;
  }
}

function formatCase(args: readonly string[]): string {
  const branches: string[] = [];
  for (let i = 0; i + 1 < args.length; i += 2) branches.push(`WHEN ${args[i]} THEN ${args[i + 1]}`);
  if (args.length % 2 === 1) branches.push(`ELSE ${args.at(-1)}`);
  return `CASE ${branches.join(' ')} END`;
}

/** An aggregate as SQL: `sum(DISTINCT x) FILTER (WHERE y)`. */
export function formatAggregate(
  name: string,
  args: readonly string[],
  { distinct, filter }: { readonly distinct?: boolean; readonly filter?: Expression },
): string {
  const operands = name === 'count_star' ? 'count(*)' : `${name}(${distinct ? 'DISTINCT ' : ''}${args.join(', ')})`;
  return filter ? `${operands} FILTER (WHERE ${formatExpression(filter)})` : operands;
}
