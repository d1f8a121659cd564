import { availableParallelism } from 'node:os';
import { type Command, Option } from 'commander';
import { Executor } from '../../engine/run/executor.ts';
import type { ListenAddress } from '../../http/server.ts';
import { Link } from '../../storage-node/link.ts';
import { ObjectStore } from '../../storage-node/object-store.ts';
import { createNodeService } from '../../storage-node/service.ts';
import { parseCount, parseListen, parseMbit } from '../option-values.ts';
import { serve } from '../serve.ts';

interface NodeOptions {
  readonly data: string;
  readonly listen: ListenAddress;
  readonly cores: number;
  readonly link?: number;
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
      new Option('--link <mbit>', 'pace scans and raw objects together to so many Mbit/s')
        .env('SLUICE_NODE_LINK')
        .argParser(parseMbit),
    )
    .addHelpText('after', '\nExample:\n  sluice node --data ./data --listen 0.0.0.0:8081 --cores 2')
    .action(runNode);
}

async function runNode({ data, listen, cores, link }: NodeOptions): Promise<void> {
  const store = await ObjectStore.open(data);
  const executor = new Executor({ threads: cores });
  const app = createNodeService({ store, executor, ...(link !== undefined && { link: new Link(link) }) });
  await serve(app, listen, executor);
}
