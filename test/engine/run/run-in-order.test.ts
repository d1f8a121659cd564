import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Outcome, type PartRunner, runInOrder } from '../../../engine/run/run-in-order.ts';
import type { TaskPart, TaskResult } from '../../../engine/task.ts';

const CHUNK = 10;

const partsOf = (count: number): TaskPart[] =>
  Array.from({ length: count }, (_, i) => ({ kind: 'csv-chunk', start: i * CHUNK, end: (i + 1) * CHUNK }));

/** Says which part it is; `first` and `next` are offsets of rows. */
const resultOf = (index: number, first: number, next: number): TaskResult => ({
  batches: [],
  rowsScanned: index,
  bytesRead: 0,
  rowBounds: { first, next },
});

interface Turn {
  readonly size: number;
  readonly turns: number;
}

/** Takes as many parts at a time, and replies after as many turns of the event loop, as it is told. */
class Runner implements PartRunner {
  readonly #parts: readonly TaskPart[];
  readonly #plan: readonly Turn[];
  readonly #wrong: ReadonlySet<number>;
  #next = 0;
  #calls = 0;
  ended = 0;
  running = 0;
  mostRunning = 0;
  mostBeforeOneEnded = 0;
  readonly repeated: number[] = [];

  constructor(parts: readonly TaskPart[], plan: readonly Turn[], wrong: ReadonlySet<number> = new Set()) {
    this.#parts = parts;
    this.#plan = plan;
    this.#wrong = wrong;
  }

  get left(): number {
    return this.#parts.length - this.#next;
  }

  async take() {
    this.mostRunning = Math.max(this.mostRunning, ++this.running);
    if (this.ended === 0) this.mostBeforeOneEnded = this.mostRunning;
    const { size, turns } = this.#plan[this.#calls++ % this.#plan.length] as Turn;
    const taken = Array.from({ length: Math.min(size, this.left) }, () => this.#next++);
    for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
    this.running--;
    this.ended++;
    return taken.map((index): [number, Outcome] => [
      index,
      this.#wrong.has(index)
        ? { error: new Error('a wrong guess') }
        : { result: resultOf(index, index * CHUNK, (index + 1) * CHUNK) },
    ]);
  }

  async repeat(part: TaskPart): Promise<Outcome> {
    if (part.kind !== 'csv-chunk' || part.firstRow === undefined) throw new TypeError('nothing new');
    const index = part.start / CHUNK;
    this.repeated.push(index);
    return { result: resultOf(index, part.firstRow, part.end) };
  }
}

const PLAN = fc.array(fc.record({ size: fc.integer({ min: 1, max: 5 }), turns: fc.nat(4) }), {
  minLength: 1,
  maxLength: 7,
});

test('results come in order, whoever took how many parts, and wrong guesses are run again', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(30),
      PLAN,
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 1, max: 6 }),
      fc.array(fc.nat(30)),
      async (count, plan, window, atFirst, some) => {
        const parts = partsOf(count);
        const wrong = new Set(some.filter((index) => index > 0 && index < count));
        const runner = new Runner(parts, plan, wrong);
        const seen: number[] = [];
        for await (const { rowsScanned } of runInOrder(parts, runner, () => window, atFirst)) seen.push(rowsScanned);
        expect(seen).toEqual(parts.map((_, index) => index));
        expect(runner.repeated).toEqual([...wrong].sort((a, b) => a - b));
        expect(runner.mostRunning).toBeLessThanOrEqual(window);
        expect(runner.mostBeforeOneEnded).toBeLessThanOrEqual(atFirst);
      },
    ),
  );
});

test('tasks whose results nobody takes hold the others back, however many results they gave', async () => {
  const runner = new Runner(partsOf(30), [{ size: 3, turns: 1 }]);
  const results = runInOrder(partsOf(30), runner, () => 4, 2);
  await results.next();
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(runner.left).toBe(30 - 4 * 3);
  const rest = await Array.fromAsync(results, ({ rowsScanned }) => rowsScanned);
  expect(rest).toEqual(Array.from({ length: 29 }, (_, index) => index + 1));
});

test('what is lost with a worker ends the scan, but not before the results that came', async () => {
  const parts = partsOf(4);
  let calls = 0;
  const runner: PartRunner = {
    get left() {
      return 4 - calls;
    },
    async take() {
      if (calls++ === 0) return [[0, { result: resultOf(0, 0, CHUNK) }] as const];
      throw new Error('the worker died');
    },
    repeat: () => Promise.reject(new TypeError('not asked for')),
  };
  const seen: number[] = [];
  const iterate = async () => {
    for await (const { rowsScanned } of runInOrder(parts, runner, () => 2)) seen.push(rowsScanned);
  };
  await expect(iterate()).rejects.toThrow('the worker died');
  expect(seen).toEqual([0]);
});
