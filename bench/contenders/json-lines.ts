import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { SluiceError } from '../../query/error.ts';
import { type Contender, timed } from './contender.ts';

const READ_BYTES = 1 << 20;

/** The part of a log record that the queries ask for. */
interface LogRecord {
  readonly ts: string;
  readonly trace_id: string;
  readonly level: string;
  readonly service: string;
  readonly region: string;
  readonly message: string;
  readonly cached: boolean;
  readonly cost: number;
  readonly http: { readonly method: string; readonly status: number; readonly bytes: number; readonly path: string };
}

interface RecordQuery {
  add(record: LogRecord): void;
  finish(): readonly (readonly (string | number)[])[];
}

/** The queries of peers-ndjson as a user of `JSON.parse` would write them. */
const RECORD_QUERIES: Readonly<Record<string, () => RecordQuery>> = {
  'logs-group'() {
    const groups = new Map<string, { count: number; bytes: number; cost: number; status: number }>();
    return {
      add({ ts, level, service, region, cached, cost, http }) {
        if (cached || level === 'DEBUG' || ts < '2024-01-01 06:00:00') return;
        if (region !== 'eu-west' && region !== 'eu-north') return;
        const key = `${service},${http.method}`;
        let group = groups.get(key);
        if (!group) {
          group = { count: 0, bytes: 0, cost: 0, status: 0 };
          groups.set(key, group);
        }
        group.count++;
        group.bytes += http.bytes;
        group.cost += cost;
        group.status = Math.max(group.status, http.status);
      },
      finish: () =>
        Array.from(groups, ([key, { count, bytes, cost, status }]) => [...key.split(','), count, bytes, cost, status]),
    };
  },

  'logs-filter'() {
    const rows: string[][] = [];
    return {
      add({ trace_id, level, service, message, http }) {
        if (http.status === 503 && level === 'ERROR') rows.push([trace_id, service, message, http.path]);
      },
      finish: () => rows,
    };
  },

  'logs-count'() {
    let count = 0;
    return {
      add() {
        count++;
      },
      finish: () => [[count]],
    };
  },
};

/** `JSON.parse` of each line, with queries in plain JavaScript behind it. */
export function openJsonLines(): Contender {
  return {
    async ask({ query, path }) {
      const makeQuery = RECORD_QUERIES[query];
      if (!makeQuery) throw new SluiceError('unsupported', 'there is no such query for JSON.parse');
      const { ms, result } = await timed(async () => {
        const asked = makeQuery();
        const lines = createInterface({ input: createReadStream(path, { highWaterMark: READ_BYTES }) });
        lines.on('line', (line) => asked.add(JSON.parse(line)));
        await new Promise((resolve) => lines.on('close', resolve));
        return asked.finish();
      });
      return { ms, rows: result.map((row) => row.map(String)) };
    },
    async close() {},
  };
}
