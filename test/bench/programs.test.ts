import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { keyValue } from '../../bench/programs/key-value.ts';
import { lineSort } from '../../bench/programs/line-sort.ts';
import { logParsing } from '../../bench/programs/log-parsing.ts';
import type { Program } from '../../bench/programs/program.ts';
import { PROGRAMS } from '../../bench/programs/table.ts';
import { WasmPrograms } from '../../bench/programs/wasm-program.ts';
import { wordCount } from '../../bench/programs/word-count.ts';
import { seededRandom } from '../../bench/statistics/random.ts';

let wasm: WasmPrograms;
beforeAll(async () => {
  wasm = await WasmPrograms.open();
});

const bytesOf = (lines: readonly string[]) => Buffer.from(lines.map((line) => `${line}\n`).join(''), 'latin1');

function expectAlike(program: Program, input: Uint8Array): void {
  expect(wasm.prepare(program, input).run()).toEqual(
    program === lineSort ? new Uint8Array(program.js(input) as Uint8Array) : program.js(input),
  );
}

describe.each(PROGRAMS)('$name', (program) => {
  test.each([1, 2000, 50_000, 300_000])('gives the same result in JavaScript and WASM over %i bytes', (bytes) => {
    expectAlike(program, program.input(bytes, seededRandom(bytes)));
  });

  test('makes the same input of the same seed', () => {
    expect(program.input(5000, seededRandom(3))).toEqual(program.input(5000, seededRandom(3)));
  });
});

test('Any lines are sorted by their bytes, empty and equal ones too.', () => {
  const line = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '~', '0'), maxLength: 20 });
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 200 }), (lines) => expectAlike(lineSort, bytesOf(lines))),
  );
});

test('Words are counted whatever stands between them.', () => {
  const piece = fc.constantFrom('a', 'word', 'wordword', 'abcdefgh', 'abcdefghi', ' ', '  ', ',', '1', 'Z');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => expectAlike(wordCount, bytesOf([pieces.join('')]))),
  );
});

test('Keys are put, got and deleted in any order.', () => {
  const key = fc.constantFrom('k', 'key', 'longer-key-1', 'longer-key-2');
  const line = fc.oneof(
    fc.tuple(key, fc.constantFrom('v', 'value')).map(([name, value]) => `P ${name} ${value}`),
    key.map((name) => `G ${name}`),
    key.map((name) => `D ${name}`),
  );
  fc.assert(fc.property(fc.array(line, { maxLength: 60 }), (lines) => expectAlike(keyValue, bytesOf(lines))));
});

test('A line of another form is an error that names it.', () => {
  const good = 'T INFO s GET /p 200 12 3.456';
  const run = (program: Program, lines: readonly string[]) => () => wasm.prepare(program, bytesOf(lines)).run();
  expect(run(logParsing, [good, 'T INFO s GET /p 2x0 12 3.456'])).toThrow('log-parsing: line 2 is of another form');
  expect(run(logParsing, [good, good, ''])).toThrow('line 3');
  expect(run(keyValue, ['X key'])).toThrow('key-value: line 1');
});
