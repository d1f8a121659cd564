import { answerLines } from '../servers/line-process.ts';
import { KernelMemory } from './kernel-memory.ts';
import { ARRAY_KERNELS } from './kernels/table.ts';
import { openArrayLane } from './lanes.ts';

// A process that runs one array kernel over one input: `main.ts KERNEL SIZE LANE`. Each question is how many milliseconds
// its measurement lasts at least.

/** What it answers: milliseconds of a call, and the result as cells of text. */
export interface KernelReply {
  readonly ms: number;
  readonly cells: readonly string[];
}

const [name = '', size = '', laneName = ''] = process.argv.slice(2);

await answerLines<number, KernelReply>(async () => {
  const kernel = ARRAY_KERNELS.find((known) => known.name === name)!;
  const memory = new KernelMemory('plain');
  const lane = await openArrayLane(laneName, memory);
  const input = memory.hold(kernel, Number(size));
  kernel.fill(input.first, input.second, Number(size));
  await lane.load(kernel, input);
  return {
    ask: async (least) => ({ ms: await lane.time(least), cells: await lane.result() }),
    close: () => lane.close(),
  };
});
