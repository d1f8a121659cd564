#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { SluiceError } from '../query/error.ts';

// What V8 compiled, and TypeScript without its types, is kept between runs; workers find the place by the environment.
process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), 'node-compile-cache');
enableCompileCache(process.env.NODE_COMPILE_CACHE);

/** Loaded when asked for: a storage node needs neither DuckDB nor a drawing library. */
const COMMANDS: Record<string, () => Promise<(program: Command) => void>> = {
  query: async () => (await import('./commands/query.ts')).registerQuery,
  node: async () => (await import('./commands/node.ts')).registerNode,
  gateway: async () => (await import('./commands/gateway.ts')).registerGateway,
  dataset: async () => (await import('./commands/dataset.ts')).registerDataset,
  functions: async () => (await import('./commands/functions.ts')).registerFunctions,
  bench: async () => (await import('./commands/bench.ts')).registerBench,
};

const DONE = 0;
const FAILED = 1;
const WRONG_USAGE = 2;

const program = new Command('sluice')
  .description('Scans objects where they are stored, by WebAssembly kernels, and measures when that pays.')
  .enablePositionalOptions()
  .exitOverride();

const asked = Object.hasOwn(COMMANDS, process.argv[2] ?? '') ? COMMANDS[process.argv[2] ?? ''] : undefined;
for (const load of asked ? [asked] : Object.values(COMMANDS)) (await load())(program);
for (const command of program.commands)
  command.exitOverride().showHelpAfterError(`(sluice ${command.name()} --help shows the options and an example)`);

// A reader such as `head` that has seen enough is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? DONE : FAILED));

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitStatus(error);
}

function exitStatus(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? DONE : WRONG_USAGE;
  if (error instanceof SluiceError) process.stderr.write(`sluice: ${error.explain()}\n`);
  else process.stderr.write(`sluice: internal error: ${(error as Error)?.stack ?? error}\n`);
  return FAILED;
}
