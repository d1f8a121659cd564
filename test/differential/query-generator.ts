import { Random } from '../../datasets/random.ts';

/** One output column; `spread` bounds the error of an f64 aggregate: 1e-12 of its value is allowed. */
export interface SelectItem {
  readonly sql: string;
  readonly spread?: string;
}

/** A query in SQL that both engines understand, kept in parts so that the reference can ask for more. */
export interface TestQuery {
  readonly table: string;
  readonly select: readonly SelectItem[];
  /** From WHERE on. */
  readonly rest: string;
  /** `exact`: rows in the order given. `any`: a set of groups. */
  readonly order: 'exact' | 'any';
  /** The whole query where it came as a text. */
  readonly text?: string;
}

/** What the generator knows of a table: expressions by type, all safe from overflow over the table's values. */
export interface TableGrammar {
  readonly name: string;
  /** A column that makes each ORDER BY total. */
  readonly unique: string;
  readonly numbers: readonly Numeric[];
  readonly texts: readonly string[];
  readonly textLiterals: readonly string[];
  readonly patterns: readonly string[];
  readonly dates: readonly string[];
  readonly dateLiterals: readonly string[];
  readonly booleans: readonly string[];
  readonly keys: readonly string[];
}

/** An expression of a numeric type and literals that split its values. */
export interface Numeric {
  readonly sql: string;
  /**
   * Sums of float64 are compared within a tolerance. An int64 is not compared with a decimal: DuckDB widens both to
   * 128 bits, where Sluice, which computes decimals in 64, says that the value does not fit.
   */
  readonly type: 'int32' | 'int64' | 'decimal' | 'float64';
  readonly literals: readonly string[];
}

export function queryText({ table, select, rest, text }: TestQuery): string {
  if (text !== undefined) return text;
  return `SELECT ${select.map(({ sql }) => sql).join(', ')} FROM ${table}${rest && ` ${rest}`}`;
}

/** `count` different queries; the same seed gives the same ones. */
export function generateQueries(grammar: TableGrammar, count: number, seed: number): TestQuery[] {
  const generator = new QueryGenerator(grammar, new Random(seed));
  const queries = new Map<string, TestQuery>();
  while (queries.size < count) {
    const query = generator.query();
    queries.set(queryText(query), query);
  }
  return [...queries.values()];
}

const COMPARISONS = ['=', '<>', '<', '<=', '>', '>='];

class QueryGenerator {
  readonly #grammar: TableGrammar;
  readonly #random: Random;

  constructor(grammar: TableGrammar, random: Random) {
    this.#grammar = grammar;
    this.#random = random;
  }

  query(): TestQuery {
    return this.#chance(50) ? this.#rows() : this.#groups();
  }

  #rows(): TestQuery {
    const { name, unique } = this.#grammar;
    const items = this.#some(1, 4, () => this.#value());
    const select = [unique, ...items].map((sql, index) => ({ sql: `${sql} AS c${index}` }));
    const thin = this.#chance(30);
    const filter = thin ? `WHERE ${unique} % 97 = 5 AND ${this.#predicate(2)}` : this.#filter(85);
    const order = this.#chance(50) ? `ORDER BY ${this.#orderTerm(this.#value())}, ${unique}` : '';
    const limit = thin ? '' : this.#limit();
    return { table: name, select, rest: clauses(filter, order, limit), order: 'exact' };
  }

  #groups(): TestQuery {
    const { name, keys } = this.#grammar;
    const by = this.#chance(25) ? [] : [...new Set(this.#some(1, 2, () => this.#random.pick(keys)))];
    const aggregates = this.#some(1, 4, () => this.#aggregate());
    const select = [
      ...by.map((sql, index) => ({ sql: `${sql} AS k${index}` })),
      ...aggregates.map(({ sql, spread }, index) => ({ sql: `${sql} AS a${index}`, ...(spread && { spread }) })),
    ];
    const group = by.length > 0 ? `GROUP BY ${by.join(', ')}` : '';
    const sorted = by.length > 0 && this.#chance(60);
    const terms = by.map((_, index) => this.#orderTerm(`k${index}`));
    if (this.#chance(30)) terms.unshift('count(*) DESC');
    const order = sorted ? `ORDER BY ${terms.join(', ')}` : '';
    const limit = sorted && this.#chance(40) ? `LIMIT ${this.#random.between(1, 7)}` : '';
    return {
      table: name,
      select,
      rest: clauses(this.#filter(70), group, order, limit),
      order: sorted ? 'exact' : 'any',
    };
  }

  #aggregate(): SelectItem {
    const number = this.#random.pick(this.#grammar.numbers);
    const tolerant = (sql: string, spread: string): SelectItem =>
      number.type === 'float64' ? { sql, spread } : { sql };
    switch (this.#random.below(8)) {
      case 0:
        return { sql: 'count(*)' };
      case 1:
        return { sql: `count(${this.#value()})` };
      case 2:
      case 3:
        return tolerant(`sum(${number.sql})`, `sum(abs(${number.sql}))`);
      case 4:
        return { sql: `avg(${number.sql})`, spread: `avg(abs(${number.sql}))` };
      case 5:
        return { sql: `min(${this.#value()})` };
      case 6:
        return { sql: `max(${this.#value()})` };
      default:
        return { sql: `sum(${number.sql}) / count(*)`, spread: `sum(abs(${number.sql})) / count(*)` };
    }
  }

  #value(): string {
    const { numbers, texts, dates, booleans } = this.#grammar;
    switch (this.#random.below(6)) {
      case 0:
        return this.#random.pick(texts);
      case 1:
        return this.#random.pick(dates);
      case 2:
        return booleans.length > 0 ? this.#random.pick(booleans) : this.#random.pick(numbers).sql;
      default:
        return this.#random.pick(numbers).sql;
    }
  }

  #filter(percent: number): string {
    return this.#chance(percent) ? `WHERE ${this.#predicate(this.#random.below(3))}` : '';
  }

  #predicate(depth: number): string {
    if (depth === 0) return this.#leaf();
    switch (this.#random.below(4)) {
      case 0:
        return `${this.#predicate(depth - 1)} AND ${this.#predicate(depth - 1)}`;
      case 1:
        return `(${this.#predicate(depth - 1)} OR ${this.#predicate(depth - 1)})`;
      case 2:
        return `NOT (${this.#predicate(depth - 1)})`;
      default:
        return this.#leaf();
    }
  }

  #leaf(): string {
    const { numbers, texts, textLiterals, patterns, dates, dateLiterals, booleans } = this.#grammar;
    const random = this.#random;
    const number = random.pick(numbers);
    const not = this.#chance(30) ? 'NOT ' : '';
    switch (random.below(10)) {
      case 0:
      case 1:
        return this.#compare(number.sql, random.pick(number.literals));
      case 2:
        return this.#compare(number.sql, random.pick(numbers.filter((other) => comparable(number, other))).sql);
      case 3:
        return `${number.sql} ${not}BETWEEN ${random.pick(number.literals)} AND ${random.pick(number.literals)}`;
      case 4:
        return `${number.sql} ${not}IN (${this.#list(number.literals)})`;
      case 5:
        return this.#chance(30)
          ? `${random.pick(texts)} ${not}IN (${this.#list(textLiterals)})`
          : this.#compare(random.pick(texts), random.pick(this.#chance(70) ? textLiterals : texts));
      case 6:
        return `${random.pick(texts)} ${not}LIKE ${random.pick(patterns)}`;
      case 7:
        return this.#compare(random.pick(dates), random.pick(dateLiterals));
      case 8:
        return `${this.#value()} IS ${not}NULL`;
      default:
        return booleans.length > 0
          ? `${not}${random.pick(booleans)}`
          : this.#compare(random.pick(dates), random.pick(dates));
    }
  }

  #compare(left: string, right: string): string {
    const operator = this.#random.pick(COMPARISONS);
    return this.#chance(80) ? `${left} ${operator} ${right}` : `${right} ${operator} ${left}`;
  }

  #list(literals: readonly string[]): string {
    const items = this.#some(1, 5, () => this.#random.pick(literals));
    return (this.#chance(10) ? [...items, 'NULL'] : items).join(', ');
  }

  #orderTerm(sql: string): string {
    return sql + this.#random.pick(['', '', ' DESC', ' DESC', ' NULLS FIRST', ' DESC NULLS FIRST', ' DESC NULLS LAST']);
  }

  #limit(): string {
    const limit = `LIMIT ${this.#random.pick([1, 10, 10, 100, 100, 500, 500])}`;
    return this.#chance(20) ? `${limit} OFFSET ${this.#random.pick([0, 3, 3, 50, 50, 1_000_000])}` : limit;
  }

  #some<T>(fewest: number, most: number, make: () => T): T[] {
    return Array.from({ length: this.#random.between(fewest, most) }, make);
  }

  #chance(percent: number): boolean {
    return this.#random.below(100) < percent;
  }
}

function comparable(a: Numeric, b: Numeric): boolean {
  const types = [a.type, b.type];
  return !(types.includes('int64') && types.includes('decimal'));
}

function clauses(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ');
}
