import { describe, expect, it } from 'vitest';
import { AnswerBook } from '../../bench/answers/answer-book.ts';

const cell = (text: string, approximate: number[] = []) => ({ rows: [[text]], approximate });

describe('the book of answers', () => {
  it('takes for right what most of the cases answer, and tells in which cell the others differ', () => {
    const book = new AnswerBook();
    book.add('q', { lane: 'wasm' }, cell('43'));
    book.add('q', { lane: 'js' }, cell('42'));
    book.add('q', { lane: 'duckdb' }, cell('42'));
    book.add('other', { lane: 'js' }, cell('7'));
    expect(book.wrong('scan')).toEqual([
      {
        experiment: 'scan',
        levels: { lane: 'wasm' },
        why: 'the result differs from js: row 1, column 1: 43 against 42',
      },
    ]);
  });

  it('believes nobody where no answer has more cases than every other', () => {
    const book = new AnswerBook();
    book.add('q', { lane: 'wasm' }, cell('43'));
    book.add('q', { lane: 'js' }, cell('42'));
    expect(book.wrong('scan').map(({ levels }) => levels.lane)).toEqual(['wasm', 'js']);
  });

  it('believes no case that answers differently in different rounds', () => {
    const book = new AnswerBook();
    for (const lane of ['wasm', 'js', 'duckdb']) book.add('q', { lane }, cell('42'));
    book.add('q', { lane: 'js' }, cell('41'));
    expect(book.wrong('scan')).toMatchObject([{ levels: { lane: 'js' }, why: expect.stringContaining('rounds') }]);
  });

  it('holds sums of doubles to the last digits but a few, and exact ones to the last, whoever comes first', () => {
    const book = new AnswerBook();
    book.add('q', { lane: 'polars' }, cell('12.340000000000002', [0]));
    book.add('q', { lane: 'wasm' }, cell('12.34'));
    book.add('q', { lane: 'duckdb' }, cell('12.34'));
    expect(book.wrong('scan')).toEqual([]);
    book.add('q', { lane: 'js' }, cell('12.340000000000001'));
    book.add('q', { lane: 'udsv' }, cell('12.341', [0]));
    expect(book.wrong('scan').map(({ levels }) => levels.lane)).toEqual(['js', 'udsv']);
  });
});
