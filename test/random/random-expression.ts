import type { Random } from '../../datasets/random.ts';
import type { BoundExpression } from '../../query/expression.ts';
import { FUNCTIONS } from '../../query/functions.ts';
import { type DataType, decimal } from '../../query/types.ts';
import { COLUMNS } from './random-table.ts';
import { type Kind, type SqlTree, sqlTree } from './sql-tree.ts';

const LITERALS: Record<Kind, readonly string[]> = {
  bool: ['true', 'false', 'NULL::BOOLEAN'],
  int32: ['0', '1', '-1', '2', '7', '100'],
  int64: ['0::BIGINT', '-3::BIGINT', '5000000000'],
  float64: ['0.0::DOUBLE', '-2.5::DOUBLE', '1e3', "'nan'::DOUBLE", "'inf'::DOUBLE", 'NULL::DOUBLE'],
  decimal: ['0.5', '-12.25', '3.00', '1234567890123.4567'],
  date: ["DATE '1970-01-01'", "DATE '2000-02-29'", "DATE '1582-10-15'", "DATE '9999-12-31'", 'NULL::DATE'],
  timestamp: ["TIMESTAMP '1999-12-31 23:59:59.5'", "TIMESTAMP '1582-10-04 00:00:00'", 'NULL::TIMESTAMP'],
  utf8: ["''", "'a'", "'ab'", "'blå'", "'数据'", "'🙂'", "'12'", 'NULL::VARCHAR'],
};
const KINDS = Object.keys(LITERALS) as Kind[];
const NUMBERS: readonly Kind[] = ['int32', 'int64', 'float64', 'decimal'];
const PATTERNS = [
  "'%'",
  "'a%'",
  "'%b'",
  "'%a%'",
  "'_'",
  "'%_b%'",
  "''",
  "'%å'",
  "'a!%%'",
  "'%数%'",
  "'🙂_%'",
  "'%a%b%'",
];
const REGEXES = [
  "'a+b?'",
  "'^a'",
  "'[a-c]+$'",
  "'(a|b)*c'",
  "'\\d+'",
  "'.'",
  "'(?i)AB'",
  "'[^a-z]'",
  "'å|数'",
  "'(a+)+$'",
  "''",
];
const UNITS = ['year', 'quarter', 'month', 'week', 'day', 'hour', 'minute', 'second', 'decade', 'century'];
const FORMATS = ["'%Y-%m-%d'", "'%H:%M:%S'", "'%d/%m/%y %j'", "'%A %B %-d'", "'%Y%m%dT%H%M%S.%f'", "'%a %b %I %p %%'"];
const CASTS: Record<Kind, readonly string[]> = {
  bool: ['BOOLEAN'],
  int32: ['INTEGER'],
  int64: ['BIGINT'],
  float64: ['DOUBLE'],
  decimal: ['DECIMAL(9,2)', 'DECIMAL(18,4)', 'DECIMAL(25,3)', 'DECIMAL(38,10)', 'DECIMAL(4,0)'],
  date: ['DATE'],
  timestamp: ['TIMESTAMP'],
  utf8: ['VARCHAR'],
};
/** Kinds between which SQL has casts that do not always fail. */
const CASTABLE: Record<Kind, readonly Kind[]> = {
  bool: ['int32', 'int64', 'float64', 'decimal', 'utf8'],
  int32: ['bool', 'int64', 'float64', 'decimal', 'utf8'],
  int64: ['bool', 'int32', 'float64', 'decimal', 'utf8'],
  float64: ['bool', 'int32', 'int64', 'decimal', 'utf8'],
  decimal: ['bool', 'int32', 'int64', 'float64', 'decimal', 'utf8'],
  date: ['timestamp', 'utf8'],
  timestamp: ['date', 'utf8'],
  utf8: ['bool', 'int32', 'int64', 'float64', 'decimal', 'date', 'timestamp'],
};

/** Doubles of these may differ in their last bits between mathematical libraries. */
const INEXACT = new Set(
  'sin cos tan cot asin acos atan atan2 sinh cosh tanh asinh acosh atanh exp ln log log2 log10 pow power cbrt degrees radians gamma lgamma'.split(
    ' ',
  ),
);
/** Operands for which a function mostly has a value. */
const TAMED: Record<string, readonly [string, string]> = {
  ln: ['(abs(', ') + 1)'],
  log: ['(abs(', ') + 2)'],
  log2: ['(abs(', ') + 1)'],
  log10: ['(abs(', ') + 1)'],
  sqrt: ['abs(', ')'],
  asin: ['sin(', ')'],
  acos: ['cos(', ')'],
  exp: ['(', ' / 100)'],
  pow: ['(', ' % 7)'],
  power: ['(', ' % 7)'],
};
/** Operands that must be small or come from a list, by function and place. */
const CONSTANTS: Record<string, Record<number, readonly string[]>> = {
  repeat: { 1: ['0', '1', '3', '-1'] },
  lpad: { 1: ['0', '3', '12'], 2: ["'x'", "'ab'", "'数'"] },
  rpad: { 1: ['0', '3', '12'], 2: ["'x'", "'ab'", "'数'"] },
  round: { 1: ['0', '1', '2', '-1', '5'] },
  trunc: { 1: ['0', '1', '-1'] },
  split_part: { 1: ["' '", "'a'", "''"], 2: ['1', '2', '-1', '0'] },
  split: { 1: ["' '", "'a'"], 2: ['1', '2'] },
  chr: { 0: ['65', '229', '128578'] },
  left: { 1: ['0', '2', '-1'] },
  right: { 1: ['0', '2', '-1'] },
  substring: { 1: ['1', '2', '-2', '0'], 2: ['0', '1', '3'] },
  substr: { 1: ['1', '2', '-2', '0'], 2: ['0', '1', '3'] },
  regexp_matches: { 1: REGEXES, 2: ["'i'"] },
  regexp_full_match: { 1: REGEXES, 2: ["'i'"] },
  regexp_extract: { 1: REGEXES, 2: ['0'], 3: ["'i'"] },
  regexp_replace: { 1: REGEXES, 2: ["'<\\0>'", "''"], 3: ["'g'"] },
  strftime: { 1: FORMATS },
  date_part: { 0: UNITS.map((unit) => `'${unit}'`) },
  datepart: { 0: UNITS.map((unit) => `'${unit}'`) },
  date_trunc: { 0: UNITS.map((unit) => `'${unit}'`) },
  date_diff: { 0: UNITS.map((unit) => `'${unit}'`) },
  date_sub: { 0: UNITS.map((unit) => `'${unit}'`) },
  make_date: { 0: ['2000', '1582'], 1: ['1', '12'], 2: ['1', '28'] },
  make_timestamp: { 0: ['2000'], 1: ['2'], 2: ['29'], 3: ['23'], 4: ['59'], 5: ['1.5'] },
  factorial: { 0: ['0', '5', '20'] },
  gcd: { 0: ['12', 'i'], 1: ['18', 'i'] },
  concat_ws: { 0: ["','", "''"] },
};
/** Left out: not a function of the row, or not for random operands. */
const OMITTED = new Set([
  'factorial', // DuckDB gives a hugeint, which mixes with decimals in its own way
  // Integers of 8 bits in DuckDB, which give narrower decimals than ours of 32.
  'sign',
  'bit_count',
  'now',
  'current_timestamp',
  'current_date',
  'today',
  'random',
  'strptime',
  'get_current_timestamp',
  'error',
  'lcm',
]);

const kindOf = (type: DataType): Kind | undefined => (type.kind === 'binary' ? undefined : type.kind);

interface LibraryForm {
  /** As SQL writes it: one of the function's names. */
  readonly spelling: string;
  readonly name: string;
  readonly parameters: readonly Kind[];
  readonly result: Kind;
}

/** Forms that stand for others, so that no overload of theirs says what they take. */
const EXPANDED: readonly LibraryForm[] = [
  ...['abs', 'ceil', 'floor', 'round', 'trunc'].map((name) => form(name, ['decimal'], 'decimal')),
  form('round', ['decimal', 'int32'], 'decimal'),
  form('trunc', ['decimal', 'int32'], 'decimal'),
  form('mod', ['int32', 'int32'], 'int32'),
  form('mod', ['decimal', 'int64'], 'decimal'),
  form('mod', ['float64', 'decimal'], 'float64'),
  form('concat', ['utf8', 'utf8', 'utf8'], 'utf8'),
  form('concat', ['utf8', 'int32', 'date'], 'utf8'),
  form('concat_ws', ['utf8', 'utf8', 'utf8', 'utf8'], 'utf8'),
  ...KINDS.flatMap((kind) => [
    form('greatest', [kind, kind], kind),
    form('least', [kind, kind, kind], kind),
    form('ifnull', [kind, kind], kind),
  ]),
];

function form(name: string, parameters: readonly Kind[], result: Kind): LibraryForm {
  return { spelling: name, name, parameters, result };
}

/** Every overload of the library that DuckDB knows by one of its names. */
function libraryForms(known: ReadonlySet<string>): LibraryForm[] {
  return FUNCTIONS.flatMap((entry) => {
    if (entry.kind !== 'function' || OMITTED.has(entry.name)) return [];
    const names = [entry.name, ...entry.aliases].filter((name) => known.has(name));
    return entry.overloads.flatMap(({ parameters, result, variadic, internal }) => {
      if (internal) return [];
      const kinds = parameters.map((kind) => (kind === 'binary' ? 'utf8' : kind));
      const args = kinds.map(
        (kind, index): BoundExpression => ({ kind: 'column', index, name: `c${index}`, type: exampleOf(kind) }),
      );
      let type: DataType;
      try {
        type = typeof result === 'function' ? result(args) : result;
      } catch {
        return []; // wants a constant there, and is reached by the forms that write one
      }
      const kind = kindOf(type);
      const more = variadic ? [kinds, [...kinds, kinds.at(-1)!]] : [kinds];
      return kind
        ? names.flatMap((spelling) =>
            more.map((parameters) => ({ spelling, name: entry.name, parameters, result: kind })),
          )
        : [];
    });
  });
}

const exampleOf = (kind: Kind): DataType => (kind === 'decimal' ? decimal(9, 2) : { kind });

/** Makes random typed expressions over the columns of the random table. */
export class RandomExpressions {
  readonly #random: Random;
  readonly #forms: Map<Kind, LibraryForm[]>;

  constructor(random: Random, duckdbFunctions: ReadonlySet<string>) {
    this.#random = random;
    this.#forms = Map.groupBy([...libraryForms(duckdbFunctions), ...EXPANDED], ({ result }) => result);
  }

  kind(): Kind {
    return this.#random.pick(KINDS);
  }

  chance(percent: number): boolean {
    return this.#random.below(100) < percent;
  }

  /** An expression of a kind; `exact` ones may be compared, sorted by and grouped by. */
  expression(kind: Kind, depth: number, exact: boolean): SqlTree {
    if (depth <= 0 || this.chance(15)) return this.leaf(kind);
    const tree = this.chance(45) ? this.#call(kind, depth, exact) : this.#core(kind, depth, exact);
    return tree && !(exact && tree.inexact) ? tree : this.leaf(kind);
  }

  leaf(kind: Kind): SqlTree {
    if (this.chance(20)) return sqlTree(kind, [this.#random.pick(LITERALS[kind])]);
    return this.column(kind, this.chance(8));
  }

  column(kind: Kind, wild: boolean): SqlTree {
    const fitting = COLUMNS.filter(({ type }) => type.kind === kind);
    const wanted = fitting.filter((column) => column.wild === wild);
    return sqlTree(kind, [
      this.#random.pick(wanted.length > 0 ? wanted : fitting.filter((column) => !column.wild)).name,
    ]);
  }

  /** A condition for WHERE: now and then one that few rows pass. */
  condition(): SqlTree {
    const random = this.#random;
    const condition = this.expression('bool', random.between(1, 3), true);
    if (this.chance(25)) return sqlTree('bool', [`id % ${random.pick([7, 97])} = 3 AND `, condition]);
    return condition;
  }

  #call(kind: Kind, depth: number, exact: boolean): SqlTree | undefined {
    const forms = this.#forms.get(kind);
    if (!forms) return undefined;
    const { spelling, name, parameters } = this.#random.pick(forms);
    const inexact = INEXACT.has(name);
    if (inexact && exact) return undefined;
    const parts = parameters.flatMap((parameter, place) => {
      const comma = place > 0 ? [', '] : [];
      const constants = CONSTANTS[name]?.[place];
      if (constants) return [...comma, this.#random.pick(constants)];
      const operand = this.expression(parameter, depth - 1, !inexact);
      const tamed = TAMED[name];
      return tamed && place === 0 && this.chance(95) ? [...comma, tamed[0], operand, tamed[1]] : [...comma, operand];
    });
    return sqlTree(kind, [`${spelling}(`, ...parts, ')'], inexact);
  }

  #core(kind: Kind, depth: number, exact: boolean): SqlTree {
    const random = this.#random;
    const next = (of: Kind, mustBeExact = exact) => this.expression(of, depth - 1, mustBeExact);
    switch (random.below(7)) {
      case 0:
        return sqlTree(kind, [
          'CASE WHEN ',
          next('bool', true),
          ' THEN ',
          next(kind),
          ...(this.chance(70) ? [' ELSE ', next(kind)] : []),
          ' END',
        ]);
      case 1:
        return this.chance(50)
          ? sqlTree(kind, ['coalesce(', next(kind), ', ', next(kind), ')'])
          : sqlTree(kind, ['nullif(', next(kind, true), ', ', next(kind, true), ')']);
      case 2: {
        const from = random.pick(CASTABLE[kind]);
        const head = from === 'utf8' || this.chance(50) ? 'TRY_CAST(' : 'CAST(';
        return sqlTree(kind, [head, next(from, true), ` AS ${random.pick(CASTS[kind])})`]);
      }
      default:
        return this.#operator(kind, next);
    }
  }

  #operator(kind: Kind, next: (kind: Kind, exact?: boolean) => SqlTree): SqlTree {
    const random = this.#random;
    const infix = (left: SqlTree, operator: string, right: SqlTree) =>
      sqlTree(kind, ['(', left, ` ${operator} `, right, ')']);
    switch (kind) {
      case 'bool':
        return this.#predicate(next);
      case 'int32':
        return this.chance(15)
          ? sqlTree(kind, ['(-', next(kind), ')'])
          : infix(next(kind), random.pick(['+', '-', '*', '%', '//']), next(kind));
      case 'int64':
        if (this.chance(15)) return infix(next('date'), '-', next('date'));
        return infix(next(kind), random.pick(['+', '-', '*', '%', '//']), next(random.pick(['int32', 'int64'])));
      case 'float64': {
        if (this.chance(30)) return infix(next(random.pick(NUMBERS)), '/', next(random.pick(NUMBERS)));
        return infix(next(kind), random.pick(['+', '-', '*', '/', '%']), next(random.pick(NUMBERS)));
      }
      case 'decimal':
        return infix(
          next(kind),
          random.pick(['+', '-', '*', '%']),
          next(random.pick(['int32', 'decimal', 'decimal', 'int64'])),
        );
      case 'date':
        return infix(next(kind), random.pick(['+', '-']), sqlTree('int32', [random.pick(['1', '30', 'i', '(i * 7)'])]));
      case 'timestamp':
        return infix(
          next(random.pick(['date', 'timestamp'])),
          random.pick(['+', '-']),
          sqlTree('int32', [this.#interval()]),
        );
      case 'utf8':
        return infix(next(kind), '||', next(kind));
    }
  }

  #interval(): string {
    const unit = this.#random.pick(['year', 'month', 'week', 'day', 'hour', 'minute', 'second']);
    return `INTERVAL ${this.#random.between(0, 40)} ${unit}`;
  }

  #predicate(next: (kind: Kind, exact?: boolean) => SqlTree): SqlTree {
    const random = this.#random;
    const not = this.chance(25) ? 'NOT ' : '';
    const any = () => next(random.pick(KINDS), true);
    const pair = (): readonly [SqlTree, SqlTree] => {
      if (this.chance(25)) return [next(random.pick(NUMBERS), true), next(random.pick(NUMBERS), true)];
      const kind = random.pick(KINDS);
      return [next(kind, true), next(kind, true)];
    };
    const comparison = (operators: readonly string[]) => {
      const [left, right] = pair();
      return sqlTree('bool', ['(', left, ` ${random.pick(operators)} `, right, ')']);
    };
    switch (random.below(9)) {
      case 0:
      case 1:
        return sqlTree('bool', ['(', next('bool'), random.pick([' AND ', ' OR ']), next('bool'), ')']);
      case 2:
        return sqlTree('bool', ['(NOT ', next('bool'), ')']);
      case 3:
        return sqlTree('bool', ['(', any(), ` IS ${not}NULL)`]);
      case 4: {
        const kind = random.pick(KINDS);
        return sqlTree('bool', [
          '(',
          next(kind, true),
          ` ${not}IN (`,
          this.leaf(kind),
          ', ',
          this.leaf(kind),
          ', ',
          this.leaf(kind),
          '))',
        ]);
      }
      case 5: {
        const kind = random.pick(KINDS);
        return sqlTree('bool', [
          '(',
          next(kind, true),
          ` ${not}BETWEEN `,
          this.leaf(kind),
          ' AND ',
          this.leaf(kind),
          ')',
        ]);
      }
      case 6: {
        const pattern = this.chance(80) ? random.pick(PATTERNS) : 's';
        const clause = pattern !== 's' && this.chance(30) ? " ESCAPE '!'" : '';
        return sqlTree('bool', [
          '(',
          next('utf8'),
          ` ${not}${random.pick(['LIKE', 'LIKE', 'ILIKE'])} ${pattern}${clause})`,
        ]);
      }
      case 7:
        return comparison(['IS DISTINCT FROM', 'IS NOT DISTINCT FROM']);
      default:
        return comparison(['=', '<>', '<', '<=', '>', '>=']);
    }
  }
}
