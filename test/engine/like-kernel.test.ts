import { expect, test } from 'vitest';
import { Random } from '../../datasets/random.ts';
import { instantiateKernels } from '../../engine/lanes/wasm/kernels.ts';
import { EngineMemory } from '../../engine/lanes/wasm/memory.ts';
import { callFailure } from '../../query/call-failures.ts';
import { SluiceError } from '../../query/error.ts';
import type { Overload } from '../../query/function-entry.ts';
import { overloadOf } from '../../query/functions.ts';
import { literalSearch, matchesLike } from '../../query/like-pattern.ts';
import { BOOL, UTF8 } from '../../query/types.ts';
import { KernelCaller } from './kernel-caller.ts';

const LIKE: Overload = {
  id: 'like',
  parameters: ['utf8', 'utf8', 'utf8'],
  result: BOOL,
  kernel: 'likeUtf8',
  js: matchesLike,
};

const caller = new KernelCaller();
const random = new Random(1);

const textOf = (alphabet: readonly string[], longest: number): string =>
  Array.from({ length: random.below(longest + 1) }, () => random.pick(alphabet)).join('');

function reference(text: string, pattern: string, escapeCharacter: string): boolean | { failure: string } {
  try {
    return matchesLike(text, pattern, escapeCharacter);
  } catch (error) {
    if (error instanceof SluiceError) return { failure: error.message };
    throw error;
  }
}

test('The LIKE kernel agrees with a matcher that goes character by character, with and without escapes.', () => {
  for (let i = 0; i < 30_000; i++) {
    const text = textOf(['a', 'b', 'ä', '😀', '%', '_', '$'], 12);
    const pattern = textOf(['a', 'b', 'ä', '😀', '%', '%', '_', '$', 'ab'], 8);
    const operands = [text, pattern, i % 2 === 0 ? '' : '$'];
    const given = caller.call(LIKE, operands, [UTF8, UTF8, UTF8]);
    expect([operands, given]).toEqual([operands, reference(text, pattern, operands[2]!)]);
  }
});

test('The LIKE kernel finds a word wherever it stands in a long text, and none behind the text.', () => {
  for (let length = 60; length <= 150; length += 3)
    for (let at = 0; at < length; at++) {
      const text = `${'abab'.repeat(50).slice(0, at)}abc`.padEnd(length, 'ac');
      for (const pattern of ['%abc%', '%bc%', '%abcac%', '%c', '%bb%', '%abcacb%']) {
        const given = caller.call(LIKE, [text.slice(0, length), pattern, ''], [UTF8, UTF8, UTF8]);
        expect([text, pattern, given]).toEqual([text, pattern, matchesLike(text.slice(0, length), pattern, '')]);
      }
    }
});

test('A search that stands for a LIKE pattern finds the same texts.', () => {
  for (let i = 0; i < 10_000; i++) {
    const text = textOf(['a', 'b', '%', '_', '$'], 6);
    const pattern = textOf(['a', 'b', '%', '$'], 5);
    const search = literalSearch(pattern, '$');
    if (!search) continue;
    const found =
      search.kind === 'equals'
        ? text === search.text
        : overloadOf(`${search.kind}(varchar, varchar)`).js(...([text, search.text] as never[]));
    expect([text, pattern, found]).toEqual([text, pattern, reference(text, pattern, '$')]);
  }
});

test('An escape that ends its pattern fails in texts that match up to there.', () => {
  const failure = callFailure('a LIKE pattern must not end with its escape character').message;
  const like = (text: string) => caller.call(LIKE, [text, 'a%b$', '$'], [UTF8, UTF8, UTF8]);
  expect(like('axbx')).toEqual({ failure });
  expect(like('axb')).toBe(false);
  expect(like('xaxbx')).toBe(false);
});

test('A word is found in each of many texts, and not in what stands between them.', () => {
  const memory = new EngineMemory();
  const kernels = instantiateKernels(memory);
  const place = (text: string) => {
    const address = memory.allocate(text.length);
    memory.u8.set(Buffer.from(text), address);
    return address;
  };
  const [word, rest] = [place('abc'), place('%')];
  for (let round = 0; round < 300; round++) {
    const rows = 1 + random.below(12);
    const isNull = Array.from({ length: rows }, () => random.below(5) === 0);
    const texts = Array.from({ length: rows }, () =>
      textOf(['a', 'b', 'c', 'abc', 'ab'], 4).padEnd(random.below(90), 'c'),
    );
    const gaps = Array.from({ length: rows }, () => textOf(['a', 'b', 'c', 'abc', 'ab'], 40));
    const start = place(texts.map((text, row) => gaps[row] + text).join(''));
    const [starts, lengths, validity] = [place(' '.repeat(64)), place(' '.repeat(64)), place(' '.repeat(64))];
    const selection = place(' '.repeat(64));
    let at = start;
    texts.forEach((text, row) => {
      at += (gaps[row] as string).length;
      memory.u32[(starts >> 2) + row] = isNull[row] ? 0 : at;
      memory.u32[(lengths >> 2) + row] = isNull[row] ? 0 : text.length;
      memory.u8[validity + row] = isNull[row] ? 0 : 1;
      at += text.length;
    });
    const nulls = isNull.includes(true) ? validity : 0;
    const found = kernels.selectLike(starts, lengths, nulls, rows, word, 3, rest, 1, selection);
    const expected = texts.flatMap((text, row) => (!isNull[row] && text.includes('abc') ? [row] : []));
    expect([...memory.u32.subarray(selection >> 2, (selection >> 2) + found)]).toEqual(expected);
  }
});
