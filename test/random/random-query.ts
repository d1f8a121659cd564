import type { Random } from '../../datasets/random.ts';
import type { SelectItem, TestQuery } from '../differential/query-generator.ts';
import { RandomExpressions } from './random-expression.ts';
import { type Kind, type SqlTree, sizeOf, smallerTrees, sqlOf, sqlTree } from './sql-tree.ts';

/** A query in parts. `spread`: what the error of a double is measured by, in SQL over the item's operand. */
export interface RandomQuery {
  readonly select: readonly { readonly tree: SqlTree; readonly spread?: string }[];
  readonly distinct: boolean;
  readonly filter?: SqlTree;
  readonly groupBy: readonly SqlTree[];
  readonly having?: SqlTree;
  /** Sort keys of rows; the row's `id` comes last. Groups are sorted by nothing. */
  readonly orderBy: readonly { readonly tree: SqlTree; readonly suffix: string }[];
  readonly limit?: number;
  readonly grouped: boolean;
}

/** The query as the differential test's reference takes it. */
export function testQuery(query: RandomQuery): TestQuery {
  const { select, distinct, filter, groupBy, having, orderBy, limit, grouped } = query;
  const items = select.map(
    ({ tree, spread }, index): SelectItem => ({ sql: `${sqlOf(tree)} AS c${index}`, ...(spread && { spread }) }),
  );
  const order = grouped || distinct ? [] : [...orderBy.map(({ tree, suffix }) => `${sqlOf(tree)}${suffix}`), 'id'];
  const rest = [
    filter && `WHERE ${sqlOf(filter)}`,
    groupBy.length > 0 && `GROUP BY ${groupBy.map(sqlOf).join(', ')}`,
    having && `HAVING ${sqlOf(having)}`,
    orderBy.length > 0 && order.length > 0 && `ORDER BY ${order.join(', ')}`,
    limit !== undefined && order.length > 0 && `LIMIT ${limit}`,
  ];
  const [first, ...others] = items;
  return {
    table: 'random',
    select: first ? [distinct ? { ...first, sql: `DISTINCT ${first.sql}` } : first, ...others] : [],
    rest: rest.filter((part) => typeof part === 'string').join(' '),
    order: order.length > 0 ? 'exact' : 'any',
  };
}

/** What a double that depends on the mathematical library is allowed: 1e-9 of itself, 1e-9 at least. */
const looseSpread = (tree: SqlTree) => `greatest(1e3, 1e3 * abs(${sqlOf(tree)}))`;

export function randomQuery(random: Random, duckdbFunctions: ReadonlySet<string>): RandomQuery {
  const make = new RandomExpressions(random, duckdbFunctions);
  const filter = make.chance(65) ? { filter: make.condition() } : {};
  if (make.chance(55)) {
    const distinct = make.chance(10);
    const select = Array.from({ length: random.between(1, 3) }, () => {
      const tree = make.expression(make.kind(), random.between(1, 3), distinct);
      return { tree, ...(tree.inexact && { spread: looseSpread(tree) }) };
    });
    const sorted = make.chance(40);
    const orderBy = sorted
      ? [
          {
            tree: make.expression(make.kind(), 1, true),
            suffix: random.pick(['', ' DESC', ' NULLS FIRST', ' DESC NULLS LAST']),
          },
        ]
      : [];
    const limit = make.chance(40) ? { limit: random.pick([0, 1, 10, 100]) } : {};
    return { select, distinct, ...filter, groupBy: [], orderBy, ...limit, grouped: false };
  }
  const groupBy = Array.from({ length: random.pick([0, 1, 1, 2, 3]) }, () =>
    make.expression(make.kind(), random.below(2), true),
  );
  const aggregates = Array.from({ length: random.between(1, 3) }, () => randomAggregate(random, make));
  const having = make.chance(15)
    ? { having: sqlTree('bool', [random.pick(['count(*) > 2', 'min(i) < 5', 'max(s) IS NOT NULL', 'sum(l) % 2 = 0'])]) }
    : {};
  return {
    select: [...groupBy.map((tree) => ({ tree })), ...aggregates],
    distinct: false,
    ...filter,
    groupBy,
    ...having,
    orderBy: [],
    grouped: true,
  };
}

const ADDABLE: readonly Kind[] = ['int32', 'int64', 'float64', 'decimal', 'decimal'];

function randomAggregate(random: Random, make: RandomExpressions): RandomQuery['select'][number] {
  const numbers = random.pick(ADDABLE);
  const number = make.expression(numbers, random.below(3), true);
  const any = () => make.expression(make.kind(), random.below(3), true);
  const filter: (string | SqlTree)[] = make.chance(20) ? [' FILTER (WHERE ', make.condition(), ')'] : [];
  const filterSql = filter.map((part) => (typeof part === 'string' ? part : sqlOf(part))).join('');
  const item = (kind: Kind, ...parts: (string | SqlTree)[]) => ({ tree: sqlTree(kind, [...parts, ...filter]) });
  const measured = (name: string) => {
    const tree = sqlTree('float64', [`${name}(`, number, ')', ...filter], true);
    return { tree, spread: `${name}(abs(${sqlOf(number)}))${filterSql}` };
  };
  const loose = (name: string) => {
    const tree = sqlTree(
      'float64',
      [`${name}(`, make.expression(random.pick(['int32', 'float64', 'decimal']), 0, true), ')', ...filter],
      true,
    );
    return { tree, spread: looseSpread(tree) };
  };
  const key = () => make.column(random.pick(['int32', 'float64', 'date', 'utf8', 'decimal']), false);
  switch (random.below(16)) {
    case 0:
      return item('int64', 'count(*)');
    case 1:
      return item('int64', `count(${make.chance(40) ? 'DISTINCT ' : ''}`, any(), ')');
    case 2:
    case 3:
      return numbers === 'float64' ? measured('sum') : item('decimal', 'sum(', number, ')');
    case 4:
      return measured('avg');
    case 5:
      return item('bool', 'min(', any(), ')');
    case 6:
      return item('bool', 'max(', any(), ')');
    case 7:
      return item('bool', random.pick(['bool_and(', 'bool_or(']), make.expression('bool', 2, true), ')');
    case 8:
      return item('bool', random.pick(['first(', 'last(', 'any_value(']), any(), ')');
    case 9:
      return item('bool', random.pick(['arg_min(', 'arg_max(']), any(), ', ', key(), ')');
    case 10:
      return loose(random.pick(['stddev_samp', 'stddev_pop', 'var_samp', 'var_pop', 'stddev', 'variance']));
    case 11:
      return loose('median');
    case 12:
      return item(
        'bool',
        'quantile_disc(',
        make.column(random.pick(['int32', 'float64', 'date', 'timestamp', 'decimal']), false),
        `, ${random.pick(['0', '0.25', '0.5', '1'])})`,
      );
    case 13: {
      const tree = sqlTree(
        'float64',
        ['quantile_cont(', make.column(random.pick(['int32', 'float64']), false), ', 0.3)', ...filter],
        true,
      );
      return { tree, spread: looseSpread(tree) };
    }
    case 14:
      return item('utf8', 'string_agg(', make.expression('utf8', 1, true), ", ';')");
    default:
      return numbers === 'float64'
        ? item('int64', 'count(', number, ')')
        : item('decimal', 'sum(DISTINCT ', number, ')');
  }
}

export function querySize({ select, filter, groupBy, having, orderBy, limit, distinct }: RandomQuery): number {
  const trees = [...select.map(({ tree }) => tree), ...groupBy, ...orderBy.map(({ tree }) => tree)];
  const extras = [filter, having].filter((tree) => tree !== undefined);
  return (
    [...trees, ...extras].reduce((sum, tree) => sum + 1 + sizeOf(tree), 0) +
    Number(limit !== undefined) +
    Number(distinct)
  );
}

/** Queries with something left out or made simpler. */
export function* smallerQueries(query: RandomQuery): Generator<RandomQuery> {
  const { filter, having, limit, ...plain } = query;
  const rest = { ...(filter && { filter }), ...(having && { having }), ...(limit !== undefined && { limit }) };
  if (filter) yield { ...plain, ...rest, ...{ filter: undefined } } as RandomQuery;
  if (having) yield { ...plain, ...(filter && { filter }), ...(limit !== undefined && { limit }) };
  if (limit !== undefined) yield { ...plain, ...(filter && { filter }), ...(having && { having }) };
  if (query.distinct) yield { ...query, distinct: false };
  if (query.orderBy.length > 0) yield { ...query, orderBy: [] };
  const keys = query.groupBy.length;
  for (let i = 0; i < query.select.length; i++) {
    if (query.select.length === 1) break;
    const select = query.select.filter((_, index) => index !== i);
    yield { ...query, select, groupBy: i < keys ? query.groupBy.filter((_, index) => index !== i) : query.groupBy };
  }
  if (filter) for (const smaller of smallerTrees(filter)) yield { ...query, filter: smaller };
  for (const [index, key] of query.orderBy.entries())
    for (const tree of smallerTrees(key.tree)) yield { ...query, orderBy: query.orderBy.with(index, { ...key, tree }) };
  for (const [index, item] of query.select.entries()) {
    for (const tree of smallerTrees(item.tree)) {
      const spread = item.spread && tree.inexact ? { spread: looseSpread(tree) } : {};
      const select = query.select.with(index, { tree, ...spread });
      yield { ...query, select, groupBy: index < keys ? query.groupBy.with(index, tree) : query.groupBy };
    }
  }
}
