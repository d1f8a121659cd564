#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { SluiceError } from '../query/error.ts';
import { registerBench } from './commands/bench.ts';
import { registerDataset } from './commands/dataset.ts';
import { registerFunctions } from './commands/functions.ts';
import { registerGateway } from './commands/gateway.ts';
import { registerNode } from './commands/node.ts';
import { registerQuery } from './commands/query.ts';

const DONE = 0;
const FAILED = 1;
const WRONG_USAGE = 2;

const program = new Command('sluice')
  .description('Scans objects where they are stored, by WebAssembly kernels, and measures when that pays.')
  .enablePositionalOptions()
  .exitOverride();

for (const register of [
  registerQuery,
  registerNode,
  registerGateway,
  registerDataset,
  registerFunctions,
  registerBench,
])
  register(program);
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
