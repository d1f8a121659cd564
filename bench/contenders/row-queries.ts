/** A query in plain JavaScript over parsed rows: fed row by row, then asked for its result. */
export interface RowQuery {
  /** Fields of one row as texts, NULL an empty one. */
  add(row: readonly string[]): void;
  finish(): readonly (readonly (string | number)[])[];
}

type MakeQuery = (place: (column: string) => number) => RowQuery;

/**
 * The queries of peers-csv as a user of a parser would write them: places of columns looked up once, only the fields
 * converted that are needed, the cheapest filter first. ISO dates are compared as texts, decimals are doubles.
 */
export const ROW_QUERIES: Readonly<Record<string, MakeQuery>> = {
  q6(place) {
    const [ship, discount, quantity, price] = [
      place('l_shipdate'),
      place('l_discount'),
      place('l_quantity'),
      place('l_extendedprice'),
    ];
    let revenue = 0;
    return {
      add(row) {
        const day = row[ship]!;
        if (day < '1994-01-01' || day >= '1995-01-01') return;
        const rate = Number(row[discount]);
        if (rate >= 0.05 && rate <= 0.07 && Number(row[quantity]) < 24) revenue += Number(row[price]) * rate;
      },
      finish: () => [[revenue]],
    };
  },

  q1(place) {
    const [ship, flag, status] = [place('l_shipdate'), place('l_returnflag'), place('l_linestatus')];
    const [quantity, price, discount, tax] = [
      place('l_quantity'),
      place('l_extendedprice'),
      place('l_discount'),
      place('l_tax'),
    ];
    const groups = new Map<string, { q: number; p: number; disc: number; net: number; gross: number; n: number }>();
    return {
      add(row) {
        if (row[ship]! > '1998-09-02') return;
        const key = `${row[flag]},${row[status]}`;
        let group = groups.get(key);
        if (!group) {
          group = { q: 0, p: 0, disc: 0, net: 0, gross: 0, n: 0 };
          groups.set(key, group);
        }
        const rate = Number(row[discount]);
        const base = Number(row[price]);
        const net = base * (1 - rate);
        group.q += Number(row[quantity]);
        group.p += base;
        group.disc += rate;
        group.net += net;
        group.gross += net * (1 + Number(row[tax]));
        group.n++;
      },
      finish: () =>
        Array.from(groups, ([key, { q, p, disc, net, gross, n }]) => [
          ...key.split(','),
          ...[q, p, net, gross, q / n, p / n, disc / n, n],
        ]),
    };
  },

  'filter-project'(place) {
    const [quantity, mode, order, price] = [
      place('l_quantity'),
      place('l_shipmode'),
      place('l_orderkey'),
      place('l_extendedprice'),
    ];
    const modes = new Set(['AIR', 'MAIL', 'SHIP', 'RAIL']);
    const rows: [number, number, string][] = [];
    return {
      add(row) {
        const found = row[mode]!;
        if (modes.has(found) && Number(row[quantity]) === 7) rows.push([Number(row[order]), Number(row[price]), found]);
      },
      finish: () => rows,
    };
  },

  count() {
    let count = 0;
    return {
      add() {
        count++;
      },
      finish: () => [[count]],
    };
  },

  'wide-sum'(place) {
    const [number, day, amount] = [place('c6'), place('c103'), place('c192')];
    let sum = 0;
    let count = 0;
    return {
      add(row) {
        if (Number(row[number]) >= 5000 || row[day]! < '1995-01-01') return;
        sum += Number(row[amount]);
        count++;
      },
      finish: () => [[sum, count]],
    };
  },

  'texts-group'(place) {
    const [author, score] = [place('author'), place('score')];
    const groups = new Map<string, { sum: number; count: number }>();
    return {
      add(row) {
        const points = Number(row[score]);
        if (points < 50) return;
        const name = row[author]!;
        const group = groups.get(name);
        if (group) {
          group.sum += points;
          group.count++;
        } else groups.set(name, { sum: points, count: 1 });
      },
      finish: () => Array.from(groups, ([name, { sum, count }]) => [name, sum, count]),
    };
  },

  'texts-like'(place) {
    const body = place('body');
    let count = 0;
    return {
      add(row) {
        if (row[body]!.includes('platelets')) count++;
      },
      finish: () => [[count]],
    };
  },

  'sparse-sum'(place) {
    const [quantity, amount] = [place('quantity1'), place('amount7')];
    let sum = 0;
    let values = 0;
    let count = 0;
    return {
      add(row) {
        const pieces = row[quantity]!;
        if (pieces === '' || Number(pieces) <= 2000) return;
        count++;
        const value = row[amount]!;
        if (value === '') return;
        sum += Number(value);
        values++;
      },
      finish: () => [[sum, values, count]],
    };
  },
};
