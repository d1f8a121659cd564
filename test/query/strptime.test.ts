import { expect, test } from 'vitest';
import { formatTimestamp } from '../../query/calendar.ts';
import { strptime } from '../../query/strptime.ts';
import { openDuckDb } from './duckdb-values.ts';

const CASES: Record<string, readonly string[]> = {
  '%d/%m/%Y': [
    '05/01/1920',
    '5/1/192',
    ' 05/01/1920 ',
    '05/01/1920x',
    '05/01/19201',
    '31/02/2020',
    '0/1/2020',
    'infinity',
  ],
  '%m-%d-%y': ['01-05-68', '01-05-69', '1-5-00', '13-05-20'],
  '%Y%m%d %H%M%S': ['20200105 101112', '2020010 101112', '20200105   101112', '20200105101112', '20200105 101160'],
  '%I:%M %p %Y': ['12:05 pm 2020', '12:05 AM 2020', '00:05 am 2020', '11:59 Pm 2020'],
  '%H %p': ['13 pm', '12 am', '11 pm'],
  '%d %B %Y': ['5 JANUARY 2020', '5 Jan 2020', '29 February 2019'],
  '%a %d-%b-%y': ['Mon 05-Jan-99', 'monday 05-Jan-99', 'xxx 05-Jan-99'],
  '%c': ['2020-01-05 10:11:12', '2020-1-5 1:1:1'],
  '%x %X.%f': ['2020-01-05 10:11:12.5', '2020-01-05 10:11:12.1234567'],
  '%H:%M:%S.%g': ['10:11:12.5', '10:11:12.1234'],
  '%H:%M:%S.%n': ['10:11:12.123456'],
  '%Y-%j': ['2020-060', '2019-366', '2019-367', '2020-1'],
  '%G-W%V-%u': ['2020-W10-1', '2021-W01-7', '2021-W00-1'],
  '%Y %U %w': ['2020 10 1', '2021 00 6', '2023 53 0'],
  '%Y %W %u': ['2020 10 1'],
  '%Y %W': ['2020 10'],
  '%H:%M%z': ['10:11+02:30', '10:11-0230', '10:11+02', '10:11-1', '10:11+02:30:15'],
  '%H:%M %Z': ['10:11 UTC'],
  'a%%%Y': ['a%2020', 'A%2020', 'a2020', ''],
};

test('strptime reads what DuckDB reads', async () => {
  const duckdb = await openDuckDb();
  for (const [format, texts] of Object.entries(CASES))
    for (const text of texts) {
      const answer = await duckdb
        .runAndReadAll(`SELECT strptime('${text}', '${format}')::timestamp::varchar`)
        .then((reader) => String(reader.getRows()[0]?.[0]).replace(/\+00$/, ''))
        .catch(() => 'nothing');
      const micros = strptime(format)(text);
      expect(micros === undefined ? 'nothing' : formatTimestamp(micros), `${text} as ${format}`).toBe(answer);
    }
});

test('a format that nobody knows is refused', () => {
  expect(() => strptime('')).toThrow('empty');
  expect(() => strptime('%Y %q')).toThrow('"%q"');
  expect(() => strptime('100%')).toThrow('"%"');
});
