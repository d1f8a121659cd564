import type { TestQuery } from './query-generator.ts';

const REVENUE = 'l_extendedprice * (1 - l_discount)';

/** The queries that the project measures, with TPC-H's numbers where they have one. */
export const TPCH: readonly TestQuery[] = [
  {
    // Q1
    table: 'lineitem_large',
    select: [
      { sql: 'l_returnflag' },
      { sql: 'l_linestatus' },
      { sql: 'sum(l_quantity) AS sum_qty' },
      { sql: 'sum(l_extendedprice) AS sum_base_price' },
      { sql: `sum(${REVENUE}) AS sum_disc_price` },
      { sql: `sum(${REVENUE} * (1 + l_tax)) AS sum_charge` },
      { sql: 'avg(l_quantity) AS avg_qty', spread: 'avg(l_quantity)' },
      { sql: 'avg(l_extendedprice) AS avg_price', spread: 'avg(l_extendedprice)' },
      { sql: 'avg(l_discount) AS avg_disc', spread: 'avg(l_discount)' },
      { sql: 'count(*) AS count_order' },
    ],
    rest: `WHERE l_shipdate <= DATE '1998-09-02' GROUP BY l_returnflag, l_linestatus ORDER BY l_returnflag, l_linestatus`,
    order: 'exact',
  },
  {
    // Q6
    table: 'lineitem_large',
    select: [{ sql: 'sum(l_extendedprice * l_discount) AS revenue' }],
    rest: `WHERE l_shipdate >= DATE '1994-01-01' AND l_shipdate < DATE '1995-01-01' AND l_discount BETWEEN 0.05 AND 0.07 AND l_quantity < 24`,
    order: 'exact',
  },
  {
    table: 'lineitem_large',
    select: [{ sql: 'l_orderkey' }, { sql: 'l_extendedprice' }, { sql: 'l_shipdate' }, { sql: 'l_comment' }],
    rest: `WHERE l_quantity = 50 AND l_shipmode = 'AIR' AND l_discount > 0.05`,
    order: 'exact',
  },
  { table: 'lineitem_large', select: [{ sql: 'count(*)' }], rest: '', order: 'exact' },
];
