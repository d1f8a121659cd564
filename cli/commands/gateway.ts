import { availableParallelism } from 'node:os';
import { type Command, Option } from 'commander';
import { HttpTransport } from '../../compute-tier/http-transport.ts';
import { QueryRunner } from '../../compute-tier/query-runner.ts';
import { ResultCache } from '../../compute-tier/result-cache.ts';
import { createGatewayService } from '../../compute-tier/service.ts';
import { STRATEGIES, type Strategy } from '../../compute-tier/transport.ts';
import type { ListenAddress } from '../../http/server.ts';
import { collectUrls, parseCount, parseListen, parseMebibytes } from '../option-values.ts';
import { serve } from '../serve.ts';

interface GatewayOptions {
  readonly node: readonly string[];
  readonly listen: ListenAddress;
  readonly strategy: Strategy;
  readonly cache: number;
  readonly cores: number;
}

/** `sluice gateway`: a compute tier in front of storage nodes. */
export function registerGateway(program: Command): void {
  program
    .command('gateway')
    .description('answer queries over the objects of storage nodes')
    .addOption(
      new Option('--node <url>', 'a storage node; may be given many times')
        .env('SLUICE_GATEWAY_NODE')
        .argParser(collectUrls)
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--listen <host:port>', 'port 0 picks a free one')
        .env('SLUICE_GATEWAY_LISTEN')
        .argParser(parseListen)
        .default({ host: '127.0.0.1', port: 8080 }, '127.0.0.1:8080'),
    )
    .addOption(
      new Option('--strategy <strategy>', 'scan on the node, or pull its bytes and scan here')
        .env('SLUICE_GATEWAY_STRATEGY')
        .choices(STRATEGIES)
        .default('push'),
    )
    .addOption(
      new Option('--cache <mib>', 'MiB of results to keep, 0 for none')
        .env('SLUICE_GATEWAY_CACHE')
        .argParser(parseMebibytes)
        .default(64),
    )
    .addOption(
      new Option('--cores <number>', 'worker threads for pulled scans')
        .env('SLUICE_GATEWAY_CORES')
        .argParser(parseCount)
        .default(availableParallelism(), 'one a core'),
    )
    .addHelpText('after', '\nExample:\n  sluice gateway --node http://127.0.0.1:8081 --listen 127.0.0.1:8080')
    .action(runGateway);
}

async function runGateway({ node, listen, strategy, cache, cores }: GatewayOptions): Promise<void> {
  const transport = new HttpTransport(node, cores);
  const runner = new QueryRunner(transport, cache > 0 ? new ResultCache(cache * 2 ** 20) : undefined);
  await serve(createGatewayService({ runner, strategy }), listen, transport);
}
