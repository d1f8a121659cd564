import { availableParallelism } from 'node:os';
import { type Command, Option } from 'commander';
import { CpuBudget } from '../../engine/run/cpu-budget.ts';
import { Executor } from '../../engine/run/executor.ts';
import { shareMemory } from '../../engine/run/memory-shares.ts';
import type { ListenAddress } from '../../http/server.ts';
import { Link } from '../../storage-node/link.ts';
import { ObjectStore } from '../../storage-node/object-store.ts';
import { createNodeService } from '../../storage-node/service.ts';
import { parseCount, parseDuty, parseListen, parseMbit, parseMilliseconds } from '../option-values.ts';
import { serve } from '../serve.ts';

interface NodeOptions {
  readonly data: string;
  readonly listen: ListenAddress;
  readonly cores: number;
  readonly pin: boolean;
  readonly duty: number;
  readonly memory?: number;
  readonly link?: number;
  readonly linkDelay: number;
}

/** `sluice node`: a storage node over a folder. */
export function registerNode(program: Command): void {
  program
    .command('node')
    .description('serve the objects of a folder, and scan them here')
    .addOption(
      new Option(
        '--data <folder>',
        'the folder with .csv, .tsv, .ndjson and .jsonl files (.gz and .zst too), and .parquet files',
      )
        .env('SLUICE_NODE_DATA')
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--listen <host:port>', 'port 0 picks a free one')
        .env('SLUICE_NODE_LISTEN')
        .argParser(parseListen)
        .default({ host: '127.0.0.1', port: 8081 }, '127.0.0.1:8081'),
    )
    .addOption(
      new Option('--cores <number>', 'worker threads')
        .env('SLUICE_NODE_CORES')
        .argParser(parseCount)
        .default(availableParallelism(), 'one a core'),
    )
    .addOption(
      new Option(
        '--no-pin',
        'let the system place the workers, which otherwise have a core each where it allows that',
      ).env('SLUICE_NODE_NO_PIN'),
    )
    .addOption(
      new Option('--duty <share>', 'CPU time to use, 0.01 to 1 of the cores, garbage collection and all included')
        .env('SLUICE_NODE_DUTY')
        .argParser(parseDuty)
        .default(1),
    )
    .addOption(
      new Option('--memory <mib>', 'bound the buffers of scans: of workers, of groups that merge, of results that wait')
        .env('SLUICE_NODE_MEMORY')
        .argParser(parseCount),
    )
    .addOption(
      new Option('--link <mbit>', 'pace all answers together to so many Mbit/s')
        .env('SLUICE_NODE_LINK')
        .argParser(parseMbit),
    )
    .addOption(
      new Option('--link-delay <ms>', 'let the first byte of each answer take so long on its way')
        .env('SLUICE_NODE_LINK_DELAY')
        .argParser(parseMilliseconds)
        .default(0),
    )
    .addHelpText(
      'after',
      '\nExample:\n  sluice node --data ./data --listen 0.0.0.0:8081 --cores 2 --duty 0.25 --link 100',
    )
    .action(runNode);
}

async function runNode({ data, listen, cores, pin, duty, memory, link, linkDelay }: NodeOptions): Promise<void> {
  const store = await ObjectStore.open(data);
  const budget = duty < 1 ? { budget: new CpuBudget(duty, cores) } : {};
  const executor = new Executor({
    threads: cores,
    pin,
    ...budget,
    ...(memory !== undefined && { memory: shareMemory(memory * 2 ** 20, cores) }),
  });
  const isLinked = link !== undefined || linkDelay > 0;
  const app = createNodeService({
    store,
    executor,
    ...budget,
    ...(isLinked && { link: new Link(link ?? Number.POSITIVE_INFINITY, linkDelay) }),
  });
  await serve(app, listen, executor);
}
