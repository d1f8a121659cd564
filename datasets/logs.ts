import { daysOf } from './calendar.ts';
import type { ColumnType } from './column.ts';
import type { Dataset } from './dataset.ts';
import { type DrawnColumn, drawBatches } from './drawn-columns.ts';
import type { Random } from './random.ts';

const ROWS_PER_SCALE = 150_000;
const START = BigInt(daysOf(2024, 1, 1)) * 86_400_000_000n;
/** Between two records, µs; each is up to as much late. */
const INTERVAL = 600_000n;

const SERVICES = ['checkout', 'search', 'catalogue', 'accounts', 'payments', 'shipping', 'mail', 'images'];
const REGIONS = ['eu-west', 'eu-north', 'us-east', 'us-west', 'ap-south', 'sa-east'];
const METHODS = ['GET', 'GET', 'GET', 'GET', 'POST', 'POST', 'PUT', 'DELETE'];
const STATUSES = [200, 200, 200, 200, 200, 201, 204, 301, 304, 400, 401, 404, 404, 500, 502, 503];
const CITIES = ['Zürich', 'São Paulo', 'Kraków', '東京', 'Oslo', 'Lima', 'Boston', 'Chennai', 'Gdańsk', 'Lyon'];
const TAGS = ['canary', 'batch', 'mobile', 'beta', 'internal', 'retry'];
const AGENTS = [
  'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15',
  'curl/8.5.0',
  'okhttp/4.12.0',
];
const MESSAGES = [
  'request finished',
  'request finished',
  'cache miss, asking the origin',
  'retrying after a timeout of 250 ms',
  'could not parse "quantity": expected a number',
  'path C:\\data\\in\tnot found',
  'stack:\n  at handler (server.js:10:3)\n  at next (router.js:88:5)',
  'naïve fallback für „größere“ Anfragen 🙂',
];
const ERRORS = ['timeout', 'connection reset by peer', 'upstream answered 502', 'out of memory'];

const TEXT: ColumnType = { kind: 'utf8' };
const INTEGER: ColumnType = { kind: 'int32' };
const BIGINT: ColumnType = { kind: 'int64' };
const DOUBLE: ColumnType = { kind: 'float64' };

function pick(name: string, values: readonly string[]): DrawnColumn {
  return { name, type: TEXT, nullsPerMille: 0, draw: (random) => random.pick(values) };
}

function column(name: string, type: ColumnType, draw: DrawnColumn['draw'], nullsPerMille = 0): DrawnColumn {
  return { name, type, nullsPerMille, draw };
}

/** A column whose key is missing where it is NULL. */
function optional(name: string, nullsPerMille: number, draw: DrawnColumn['draw']): DrawnColumn {
  return { name, type: TEXT, nullsPerMille, draw, ndjson: 'optional' };
}

const hex = (random: Random, words: number): string =>
  Array.from({ length: words }, () => random.uint32().toString(16).padStart(8, '0')).join('');

const path = (random: Random): string =>
  `/api/v${random.between(1, 3)}/${random.pick(SERVICES)}/${random.below(100_000)}`;

const COLUMNS: readonly DrawnColumn[] = [
  column('ts', { kind: 'timestamp' }, (random, row) => {
    const at = START + BigInt(row) * INTERVAL + BigInt(random.below(Number(INTERVAL)));
    return at - (at % 1000n);
  }),
  pick('level', ['DEBUG', 'INFO', 'INFO', 'INFO', 'INFO', 'INFO', 'WARN', 'ERROR']),
  pick('service', SERVICES),
  column('host', TEXT, (random) => `node-${random.between(1, 400)}.${random.pick(REGIONS)}.example.net`),
  pick('region', REGIONS),
  column('pid', INTEGER, (random) => random.between(100, 65_535)),
  column('thread', TEXT, (random) => `worker-${random.between(0, 63)}`),
  pick(
    'logger',
    SERVICES.map((service) => `net.example.${service}.Handler`),
  ),
  pick('message', MESSAGES),
  column('trace_id', TEXT, (random) => hex(random, 4)),
  column('span_id', TEXT, (random) => hex(random, 2)),
  column('user_id', BIGINT, (random) => BigInt(random.uint32()) * 1009n, 200),
  optional('session', 300, (random) => hex(random, 3)),
  pick('http.method', METHODS),
  column('http.path', TEXT, path),
  column('http.status', INTEGER, (random) => random.pick(STATUSES)),
  column('http.bytes', BIGINT, (random) => BigInt(random.below(2_000_000))),
  column('http.duration_ms', DOUBLE, (random) => random.below(3_000_000) / 1000),
  optional('http.referrer', 600, (random) => `https://www.example.com${path(random)}?q="${random.below(1000)}"`),
  pick('http.user_agent', AGENTS),
  column('client_ip', TEXT, (random) => [10, random.below(256), random.below(256), random.between(1, 254)].join('.')),
  pick('country', ['CH', 'BR', 'PL', 'JP', 'NO', 'PE', 'US', 'IN']),
  { ...pick('city', CITIES), nullsPerMille: 100 },
  column('cached', { kind: 'bool' }, (random) => random.below(3) === 0),
  column('retries', INTEGER, (random) => Math.max(0, random.between(-8, 3))),
  {
    ...column('tags', TEXT, (random) =>
      JSON.stringify(Array.from({ length: random.below(4) }, () => random.pick(TAGS))),
    ),
    ndjson: 'verbatim',
  },
  column('cpu', DOUBLE, (random) => random.below(10_000) / 10_000),
  column('memory_mb', DOUBLE, (random) => random.below(160_000) / 10, 50),
  column('cost', { kind: 'decimal', precision: 12, scale: 4 }, (random) => BigInt(random.below(5_000_000))),
  optional('error', 850, (random) => random.pick(ERRORS)),
];

/** Records of a web service: 30 keys, seven of them in a nested object, an array, escapes, missing keys. */
export const logs: Dataset = {
  name: 'logs',
  summary: 'log records of a web service with a nested object, made for NDJSON; 150,000 rows (100 MB) at scale 1',
  columns: COLUMNS.map(({ name, type, ndjson }) => ({ name, type, ...(ndjson && { ndjson }) })),
  rowsPerScale: ROWS_PER_SCALE,
  batches: (generation) => drawBatches(COLUMNS, ROWS_PER_SCALE, generation),
};
