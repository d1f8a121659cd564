import { SluiceError } from './error.ts';
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
      return `CAST(${formatExpression(expression.arg)} AS ${formatType(expression.to)})`;
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
  if (!entry) throw new SluiceError('unknown-name', `there is no function "${expression.function}"`);
  const args = expression.args.map(formatExpression);
  if (entry.name === 'count_star') return 'count(*)';
  if (entry.kind === 'aggregate') return `${entry.name}(${args.join(', ')})`;
  switch (entry.name) {
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
      return `(${args.join(' LIKE ')})`;
    default:
      return `(${args.join(` ${entry.aliases[0]} `)})`;
  }
}
