/** A query over one of the data sets of `DATA`; without ORDER BY, and nothing is left of it behind its scan. */
export interface Question {
  readonly name: string;
  readonly dataset: string;
  readonly sql: string;
}

/** The data sets, small, by name: scale and seed. */
export const DATA: Readonly<Record<string, { readonly scale: number; readonly seed: number }>> = {
  lineitem: { scale: 0.001, seed: 7 },
  edge: { scale: 0.02, seed: 7 },
  texts: { scale: 0.01, seed: 7 },
  logs: { scale: 0.005, seed: 7 },
  sparse: { scale: 0.001, seed: 7 },
};

const Q1 = `SELECT l_returnflag, l_linestatus, sum(l_quantity), sum(l_extendedprice),
  sum(l_extendedprice * (1 - l_discount)), sum(l_extendedprice * (1 - l_discount) * (1 + l_tax)),
  avg(l_quantity), avg(l_discount), count(*)
  FROM t WHERE l_shipdate <= DATE '1998-09-02' GROUP BY l_returnflag, l_linestatus`;

const Q6 = `SELECT sum(l_extendedprice * l_discount) FROM t
  WHERE l_shipdate >= DATE '1994-01-01' AND l_shipdate < DATE '1995-01-01'
  AND l_discount BETWEEN 0.05 AND 0.07 AND l_quantity < 24`;

/** What is asked of every format in every lane: filters, arithmetic, texts, dates, groups, and all values as they are. */
export const QUESTIONS: readonly Question[] = [
  { name: 'all lineitem', dataset: 'lineitem', sql: 'SELECT * FROM t' },
  { name: 'q1', dataset: 'lineitem', sql: Q1 },
  { name: 'q6', dataset: 'lineitem', sql: Q6 },
  { name: 'count', dataset: 'lineitem', sql: 'SELECT count(*), count(DISTINCT l_suppkey) FROM t' },
  {
    name: 'years',
    dataset: 'lineitem',
    sql: 'SELECT year(l_shipdate), min(l_shipdate), max(l_receiptdate - l_shipdate), count(*) FROM t GROUP BY year(l_shipdate)',
  },
  {
    name: 'comments',
    dataset: 'lineitem',
    sql: "SELECT l_orderkey, upper(substring(l_comment, 3, 9)), length(l_comment) FROM t WHERE l_comment LIKE '%fur%ly%'",
  },
  { name: 'all edge', dataset: 'edge', sql: 'SELECT * FROM t' },
  {
    name: 'edge groups',
    dataset: 'edge',
    sql: 'SELECT k_text, count(*), sum(i32), min(i64), max(i32 % 7) FROM t GROUP BY k_text',
  },
  {
    name: 'edge filter',
    dataset: 'edge',
    sql: "SELECT id, k_text || '!' FROM t WHERE i32 > 0 OR k_text IN ('blå', '') OR i64 IS NULL",
  },
  {
    name: 'authors',
    dataset: 'texts',
    sql: 'SELECT author, count(*), sum(score), sum(length(body)) FROM t GROUP BY author',
  },
  { name: 'bodies', dataset: 'texts', sql: "SELECT id, score, body FROM t WHERE body LIKE '%data%' AND score > 60" },
  {
    name: 'requests',
    dataset: 'logs',
    sql: 'SELECT level, region, count(*), sum(cost), sum("http.bytes"), min(ts), max(user_id) FROM t GROUP BY level, region',
  },
  {
    name: 'errors',
    dataset: 'logs',
    sql: `SELECT ts, host, "http.path", error, cached FROM t WHERE "http.status" >= 500 AND error IS NOT NULL`,
  },
  { name: 'all sparse', dataset: 'sparse', sql: 'SELECT * FROM t' },
];
