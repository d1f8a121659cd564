import { describe, expect, test } from 'vitest';
import { SluiceError } from '../../query/error.ts';
import { parseCopy } from '../../query/sql/parse-copy.ts';

describe('COPY', () => {
  test('gives the query where it stood, the path and the options', () => {
    const text =
      "-- to a file\nCOPY (SELECT ')' AS \"a(\", f(x /* ) */) FROM t) TO 'it''s.parquet' (FORMAT parquet, Dictionary);";
    const { query, path, options } = parseCopy(text)!;
    expect(query.trim()).toBe('SELECT \')\' AS "a(", f(x /* ) */) FROM t');
    expect(query.indexOf('SELECT')).toBe(text.indexOf('SELECT'));
    expect(path).toBe("it's.parquet");
    expect(options).toEqual([
      { name: 'format', value: 'parquet', at: text.indexOf('FORMAT') },
      { name: 'dictionary', value: 'true', at: text.indexOf('Dictionary') },
    ]);
  });

  test.each([
    ["COPY t TO 'x.parquet'", 'FROM t'],
    ["copy  'a.csv'  TO 'x.parquet' WITH (ROW_GROUP_SIZE 10)", "FROM  'a.csv'"],
    ['COPY "a b"\nTO \'x\'', 'FROM "a b"'],
  ])('%s copies all of a table', (text, query) => {
    expect(parseCopy(text)?.query).toBe(query);
  });

  test.each(['SELECT 1', 'SELECT copy FROM t', 'copying', '', '(COPY t)'])('is not %j', (text) => {
    expect(parseCopy(text)).toBeUndefined();
  });

  test.each([
    ['COPY', 4, 'a query in parentheses, or a table'],
    ['COPY (SELECT (1)', 16, '")" behind the query'],
    ['COPY (SELECT 1) x', 16, 'TO'],
    ['COPY (SELECT 1) TO x', 19, "the path in quotes, such as 'out.parquet'"],
    ["COPY t TO 'x' (A b c)", 19, '"," or ")"'],
    ["COPY t TO 'x' (A (b))", 17, 'a value'],
    ["COPY t TO 'x' ()", 15, 'an option'],
    ["COPY t TO 'x'; SELECT 1", 15, 'the end of the statement'],
  ])('%s is wrong at %i', (text, offset, expected) => {
    const error = (() => {
      try {
        return parseCopy(text);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(SluiceError);
    expect(error).toMatchObject({ code: 'syntax', message: `COPY: expected ${expected}`, position: { text, offset } });
  });
});
