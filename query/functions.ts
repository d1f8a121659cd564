import type { AggregateFunction, Operator } from './expression.ts';

/**
 * Every function that expressions may call: the name in fragments, the spellings in SQL, and what operands it takes.
 * The binder (`bind.ts`) chooses the types; `evaluate.ts` says what each one means.
 */
export interface FunctionEntry {
  readonly name: Operator | AggregateFunction;
  readonly kind: 'scalar' | 'aggregate';
  /** How SQL writes it (operators as DuckDB's parser names them). */
  readonly aliases: readonly string[];
  readonly minArgs: number;
  readonly maxArgs: number;
  readonly signature: string;
  readonly doc: string;
}

const MANY = 10_000;

const scalar = (
  name: Operator,
  aliases: readonly string[],
  args: number | readonly [number, number],
  signature: string,
  doc: string,
): FunctionEntry => {
  const [minArgs, maxArgs] = typeof args === 'number' ? [args, args] : args;
  return { name, kind: 'scalar', aliases, minArgs, maxArgs, signature, doc };
};

const aggregate = (
  name: AggregateFunction,
  aliases: readonly string[],
  args: number,
  signature: string,
  doc: string,
): FunctionEntry => ({ name, kind: 'aggregate', aliases, minArgs: args, maxArgs: args, signature, doc });

export const FUNCTIONS: readonly FunctionEntry[] = [
  scalar('and', ['AND'], [1, MANY], 'boolean AND boolean', 'three-valued conjunction'),
  scalar('or', ['OR'], [1, MANY], 'boolean OR boolean', 'three-valued disjunction'),
  scalar('not', ['NOT'], 1, 'NOT boolean', 'three-valued negation'),
  scalar('eq', ['='], 2, 'any = any', 'equal; NaN equals NaN'),
  scalar('ne', ['<>', '!='], 2, 'any <> any', 'not equal'),
  scalar('lt', ['<'], 2, 'any < any', 'less; text by its UTF-8 bytes, NaN above all numbers'),
  scalar('le', ['<='], 2, 'any <= any', 'less or equal'),
  scalar('gt', ['>'], 2, 'any > any', 'greater'),
  scalar('ge', ['>='], 2, 'any >= any', 'greater or equal'),
  scalar('in', ['IN'], [2, MANY], 'any IN (any, …)', 'equal to one of the list'),
  scalar('is_null', ['IS NULL'], 1, 'any IS NULL', 'true for NULL, never NULL'),
  scalar('is_not_null', ['IS NOT NULL'], 1, 'any IS NOT NULL', 'false for NULL, never NULL'),
  scalar('like', ['~~'], 2, 'varchar LIKE pattern', '% matches any run, _ one character; the pattern is a constant'),
  scalar('add', ['+'], 2, 'number + number, date + integer', 'exact sum; overflow is an error'),
  scalar(
    'subtract',
    ['-'],
    2,
    'number - number, date - integer, date - date',
    'exact difference; dates differ in days',
  ),
  scalar('multiply', ['*'], 2, 'number * number', 'exact product; scales of decimals add up'),
  scalar('divide', ['/'], 2, 'number / number', 'always double; x / 0 is inf, -inf or nan'),
  scalar('integer_divide', ['//'], 2, 'integer // integer', 'cut towards zero; x // 0 is NULL'),
  scalar('modulo', ['%'], 2, 'number % number', 'sign of the dividend; x % 0 is NULL, nan for double'),
  scalar('negate', [], 1, '-number', 'negative'),
  aggregate('count_star', [], 0, 'count(*)', 'rows'),
  aggregate('count', [], 1, 'count(any)', 'rows where the argument is not NULL'),
  aggregate('sum', [], 1, 'sum(number)', 'exact for integers and decimals (128 bits); NULL without input'),
  aggregate('avg', ['mean'], 1, 'avg(number)', 'double; NULL without input'),
  aggregate('min', [], 1, 'min(any)', 'least value; NULL without input'),
  aggregate('max', [], 1, 'max(any)', 'greatest value; NULL without input'),
];

const byName = new Map(FUNCTIONS.flatMap((entry) => [entry.name, ...entry.aliases].map((name) => [name, entry])));

/** The entry of a function by its name or an alias, letter case aside; undefined when there is none. */
export function findFunction(name: string): FunctionEntry | undefined {
  return byName.get(name) ?? byName.get(name.toLowerCase());
}
