import { CONDITIONAL_FUNCTIONS } from './conditional-functions.ts';
import { SluiceError } from './error.ts';
import type { AggregateFunction, Operator } from './expression.ts';
import type { LibraryFunction, Overload } from './function-entry.ts';
import { MATH_FUNCTIONS } from './math-functions.ts';
import { TEXT_FUNCTIONS } from './text-functions.ts';
import { TIME_FUNCTIONS } from './time-functions.ts';

/**
 * An operator or aggregate: the name in fragments, the spellings in SQL, and what operands it takes. The binder
 * (`bind.ts`) chooses the types; `evaluate.ts` says what each operator means.
 */
export interface CoreFunction {
  readonly name: Operator | AggregateFunction;
  readonly kind: 'scalar' | 'aggregate';
  /** How SQL writes it (operators as DuckDB's parser names them). */
  readonly aliases: readonly string[];
  readonly minArgs: number;
  readonly maxArgs: number;
  readonly signature: string;
  readonly doc: string;
}

const MANY = 20_000;

const scalar = (
  name: Operator,
  aliases: readonly string[],
  args: number | readonly [number, number],
  signature: string,
  doc: string,
): CoreFunction => {
  const [minArgs, maxArgs] = typeof args === 'number' ? [args, args] : args;
  return { name, kind: 'scalar', aliases, minArgs, maxArgs, signature, doc };
};

const aggregate = (
  name: AggregateFunction,
  aliases: readonly string[],
  args: number | readonly [number, number],
  signature: string,
  doc: string,
): CoreFunction => {
  const [minArgs, maxArgs] = typeof args === 'number' ? [args, args] : args;
  return { name, kind: 'aggregate', aliases, minArgs, maxArgs, signature, doc };
};

const CORE: readonly CoreFunction[] = [
  scalar('and', ['AND'], [1, MANY], 'boolean AND boolean', 'three-valued conjunction'),
  scalar('or', ['OR'], [1, MANY], 'boolean OR boolean', 'three-valued disjunction'),
  scalar('not', ['NOT'], 1, 'NOT boolean', 'three-valued negation'),
  scalar('eq', ['='], 2, 'any = any', 'equal; NaN equals NaN'),
  scalar('ne', ['<>', '!='], 2, 'any <> any', 'not equal'),
  scalar('lt', ['<'], 2, 'any < any', 'less; text by its UTF-8 bytes, NaN above all numbers'),
  scalar('le', ['<='], 2, 'any <= any', 'less or equal'),
  scalar('gt', ['>'], 2, 'any > any', 'greater'),
  scalar('ge', ['>='], 2, 'any >= any', 'greater or equal'),
  scalar('is_distinct_from', ['IS DISTINCT FROM'], 2, 'any IS DISTINCT FROM any', 'not equal; NULL equals NULL'),
  scalar(
    'is_not_distinct_from',
    ['IS NOT DISTINCT FROM'],
    2,
    'any IS NOT DISTINCT FROM any',
    'equal, also NULL and NULL',
  ),
  scalar('in', ['IN'], [2, MANY], 'any IN (any, …)', 'equal to one of the list'),
  scalar('is_null', ['IS NULL'], 1, 'any IS NULL', 'true for NULL, never NULL'),
  scalar('is_not_null', ['IS NOT NULL'], 1, 'any IS NOT NULL', 'false for NULL, never NULL'),
  scalar('like', ['~~', 'like_escape'], [2, 3], 'varchar LIKE varchar [ESCAPE varchar]', '% any run, _ one character'),
  scalar(
    'ilike',
    ['~~*', 'ilike_escape'],
    [2, 3],
    'varchar ILIKE varchar [ESCAPE varchar]',
    'LIKE without regard to case',
  ),
  scalar(
    'case',
    ['CASE'],
    [3, MANY],
    'CASE WHEN boolean THEN any … ELSE any END',
    'the result of the first condition that is true',
  ),
  scalar('coalesce', ['COALESCE'], [1, MANY], 'coalesce(any, …)', 'the first operand that is not NULL'),
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
  scalar('integer_divide', ['//'], 2, 'number // number', 'cut towards zero; x // 0 is NULL'),
  scalar('modulo', ['%'], 2, 'number % number', 'sign of the dividend; x % 0 is NULL, nan for double'),
  scalar('negate', [], 1, '-number', 'negative'),
  aggregate('count_star', [], 0, 'count(*)', 'rows'),
  aggregate('count', [], 1, 'count(any)', 'rows where the argument is not NULL'),
  aggregate('sum', [], 1, 'sum(number)', 'exact for integers and decimals (128 bits); NULL without input'),
  aggregate('avg', ['mean'], 1, 'avg(number)', 'double; NULL without input'),
  aggregate('min', [], 1, 'min(any)', 'least value; NULL without input'),
  aggregate('max', [], 1, 'max(any)', 'greatest value; NULL without input'),
  aggregate('bool_and', [], 1, 'bool_and(boolean)', 'whether all are true; NULL without input'),
  aggregate('bool_or', [], 1, 'bool_or(boolean)', 'whether any is true; NULL without input'),
  aggregate('first', [], 1, 'first(any)', 'value of the first row, also NULL'),
  aggregate('last', [], 1, 'last(any)', 'value of the last row, also NULL'),
  aggregate('any_value', [], 1, 'any_value(any)', 'first value that is not NULL'),
  aggregate('arg_min', ['argmin', 'min_by'], 2, 'arg_min(any, key)', 'value of the first row with the least key'),
  aggregate('arg_max', ['argmax', 'max_by'], 2, 'arg_max(any, key)', 'value of the first row with the greatest key'),
  aggregate('var_samp', ['variance'], 1, 'var_samp(number)', 'sample variance; NULL for fewer than two values'),
  aggregate('var_pop', [], 1, 'var_pop(number)', 'population variance'),
  aggregate(
    'stddev_samp',
    ['stddev'],
    1,
    'stddev_samp(number)',
    'sample standard deviation; NULL for fewer than two values',
  ),
  aggregate('stddev_pop', [], 1, 'stddev_pop(number)', 'population standard deviation'),
  aggregate('median', [], 1, 'median(number)', 'exact median, interpolated'),
  aggregate('quantile_cont', [], 2, 'quantile_cont(number, fraction)', 'exact quantile, interpolated'),
  aggregate('quantile_disc', ['quantile'], 2, 'quantile_disc(any, fraction)', 'exact quantile, one of the values'),
  aggregate('approx_quantile', [], 2, 'approx_quantile(number, fraction)', 'quantile by t-digest, in bounded memory'),
  aggregate('approx_count_distinct', [], 1, 'approx_count_distinct(any)', 'number of distinct values by HyperLogLog'),
  aggregate(
    'string_agg',
    ['listagg', 'group_concat'],
    [1, 2],
    'string_agg(varchar [, separator])',
    'texts in row order, joined',
  ),
];

export type FunctionEntry = CoreFunction | LibraryFunction;

/** The one table of what expressions may call; `sluice functions` prints it. */
export const FUNCTIONS: readonly FunctionEntry[] = [
  ...CORE,
  ...CONDITIONAL_FUNCTIONS,
  ...MATH_FUNCTIONS,
  ...TEXT_FUNCTIONS,
  ...TIME_FUNCTIONS,
];

const byName = new Map(FUNCTIONS.flatMap((entry) => [entry.name, ...entry.aliases].map((name) => [name, entry])));

/** The entry of a function by its name or an alias, letter case aside; undefined when there is none. */
export function findFunction(name: string): FunctionEntry | undefined {
  return byName.get(name) ?? byName.get(name.toLowerCase());
}

const overloads = new Map(
  FUNCTIONS.flatMap((entry) =>
    entry.kind === 'function' ? entry.overloads.map((overload) => [overload.id, { entry, overload }] as const) : [],
  ),
);

function registered(id: string) {
  const found = overloads.get(id);
  if (!found) throw new SluiceError('internal', `there is no overload "${id}"`);
  return found;
}

/** The overload that a bound expression names. */
export function overloadOf(id: string): Overload {
  return registered(id).overload;
}

/** The function that an overload belongs to. */
export function functionOf(id: string): LibraryFunction {
  return registered(id).entry;
}

const strict = new Set(
  FUNCTIONS.flatMap((entry) => (entry.kind === 'function' && entry.nulls === 'strict' ? entry.overloads : [])).map(
    ({ id }) => id,
  ),
);

/** Whether an overload gives NULL when an operand is NULL. */
export function isStrict(overload: string): boolean {
  return strict.has(overload);
}
