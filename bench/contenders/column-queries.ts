/** Numbers, dates as days since 1970-01-01; or texts, row i being bytes[offsets[i] .. offsets[i + 1]). */
export type TypedColumn =
  | { readonly values: Float64Array | Int32Array }
  | { readonly offsets: Int32Array; readonly bytes: Uint8Array };

/** A query in plain JavaScript over batches of typed arrays. */
export interface ColumnQuery {
  readonly columns: readonly string[];
  /** `columns` hold `rows` rows each, and only until this returns. */
  add(columns: ReadonlyMap<string, TypedColumn>, rows: number): void;
  finish(): readonly (readonly (string | number)[])[];
}

const day = (text: string) => Date.parse(text) / 86_400_000;

/** The queries of peers-parquet as a user of typed arrays would write them: loops without calls, the cheapest filter first. */
export const COLUMN_QUERIES: Readonly<Record<string, () => ColumnQuery>> = {
  q6() {
    const [first, end] = [day('1994-01-01'), day('1995-01-01')];
    let revenue = 0;
    return {
      columns: ['l_shipdate', 'l_discount', 'l_quantity', 'l_extendedprice'],
      add(columns, rows) {
        const days = numbers(columns, 'l_shipdate');
        const rates = numbers(columns, 'l_discount');
        const quantities = numbers(columns, 'l_quantity');
        const prices = numbers(columns, 'l_extendedprice');
        for (let i = 0; i < rows; i++) {
          if (days[i]! < first || days[i]! >= end) continue;
          if (rates[i]! >= 0.05 && rates[i]! <= 0.07 && quantities[i]! < 24) revenue += prices[i]! * rates[i]!;
        }
      },
      finish: () => [[revenue]],
    };
  },

  q1() {
    const last = day('1998-09-02');
    // Both keys are one letter: a group for each pair of letters.
    const sums = new Float64Array(7 * 65_536);
    return {
      columns: [
        ...['l_returnflag', 'l_linestatus', 'l_shipdate'],
        ...['l_quantity', 'l_extendedprice', 'l_discount', 'l_tax'],
      ],
      add(columns, rows) {
        const flags = texts(columns, 'l_returnflag');
        const statuses = texts(columns, 'l_linestatus');
        const days = numbers(columns, 'l_shipdate');
        const quantities = numbers(columns, 'l_quantity');
        const prices = numbers(columns, 'l_extendedprice');
        const rates = numbers(columns, 'l_discount');
        const taxes = numbers(columns, 'l_tax');
        for (let i = 0; i < rows; i++) {
          if (days[i]! > last) continue;
          const key = flags.bytes[flags.offsets[i]!]! * 256 + statuses.bytes[statuses.offsets[i]!]!;
          const group = 7 * key;
          const net = prices[i]! * (1 - rates[i]!);
          sums[group]! += quantities[i]!;
          sums[group + 1]! += prices[i]!;
          sums[group + 2]! += net;
          sums[group + 3]! += net * (1 + taxes[i]!);
          sums[group + 4]! += rates[i]!;
          sums[group + 5]!++;
        }
      },
      finish() {
        const rows: (string | number)[][] = [];
        for (let key = 0; key < 65_536; key++) {
          const [q, p, net, gross, rate, n] = sums.subarray(7 * key, 7 * key + 6) as unknown as number[];
          if (n === 0) continue;
          const names = [String.fromCharCode(key >> 8), String.fromCharCode(key & 255)];
          rows.push([...names, q!, p!, net!, gross!, q! / n!, p! / n!, rate! / n!, n!]);
        }
        return rows;
      },
    };
  },

  'filter-project'() {
    const modes = new Set(['AIR', 'MAIL', 'SHIP', 'RAIL']);
    const found: [number, number, string][] = [];
    return {
      columns: ['l_quantity', 'l_shipmode', 'l_orderkey', 'l_extendedprice'],
      add(columns, rows) {
        const quantities = numbers(columns, 'l_quantity');
        const { offsets, bytes } = texts(columns, 'l_shipmode');
        const orders = numbers(columns, 'l_orderkey');
        const prices = numbers(columns, 'l_extendedprice');
        const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
        for (let i = 0; i < rows; i++) {
          if (quantities[i] !== 7) continue;
          const mode = text.toString('latin1', offsets[i], offsets[i + 1]);
          if (modes.has(mode)) found.push([orders[i]!, prices[i]!, mode]);
        }
      },
      finish: () => found,
    };
  },

  count() {
    let count = 0;
    return {
      columns: [],
      add(_, rows) {
        count += rows;
      },
      finish: () => [[count]],
    };
  },
};

function numbers(columns: ReadonlyMap<string, TypedColumn>, name: string): Float64Array | Int32Array {
  const column = columns.get(name);
  if (!column || !('values' in column)) throw new TypeError(`${name}: expected numbers`);
  return column.values;
}

function texts(columns: ReadonlyMap<string, TypedColumn>, name: string): Extract<TypedColumn, { bytes: Uint8Array }> {
  const column = columns.get(name);
  if (!column || !('bytes' in column)) throw new TypeError(`${name}: expected texts`);
  return column;
}
