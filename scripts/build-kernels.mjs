#!/usr/bin/env node
// Compiles the AssemblyScript kernels: engine/kernels/index.ts to engine/kernels/kernels.wasm, and each
// bench/kernels/NAME.ts to bench/kernels/NAME.wasm. An output that is newer than every source of its folder is kept.
//
// Plain JavaScript, because this is the one script that also runs where the pinned Node is not there yet:
// after `npm ci --ignore-scripts` the system's Node (20 or later) runs it.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = join(fileURLToPath(import.meta.url), '../..');

// The host owns memory and lays it out; `stub` never collects; without assertions and `abort` nothing else is imported.
const OPTIONS = [
  ...['--runtime', 'stub'],
  ...['--enable', 'simd'],
  '--importMemory',
  ...['--use', 'abort='],
  ...['--optimizeLevel', '3'],
  ...['--shrinkLevel', '0'],
  '--noAssert',
];

/** @typedef {{ source: string, output: string, inputs: string[] }} Kernel */

/** @param {string} folder @returns {string[]} all `.ts` files below `folder`, absolute */
function sourcesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
}

/** @returns {Kernel[]} */
function kernels() {
  const engine = join(root, 'engine/kernels');
  const bench = join(root, 'bench/kernels');
  const engineSources = sourcesBelow(engine);
  const benchSources = sourcesBelow(bench);
  const entry = join(engine, 'index.ts');
  const found = benchSources
    .filter((source) => dirname(source) === bench)
    .map((source) => ({
      source,
      output: source.replace(/\.ts$/, '.wasm'),
      inputs: [...benchSources, ...engineSources],
    }));
  if (existsSync(entry)) found.unshift({ source: entry, output: join(engine, 'kernels.wasm'), inputs: engineSources });
  return found;
}

/** @param {Kernel} kernel */
function isCurrent({ output, inputs }) {
  if (!existsSync(output)) return false;
  const built = statSync(output).mtimeMs;
  return [...inputs, fileURLToPath(import.meta.url)].every((input) => statSync(input).mtimeMs < built);
}

let failed = false;
for (const kernel of kernels()) {
  const name = relative(root, kernel.output);
  if (isCurrent(kernel)) {
    console.log(`${name}: up to date, ${statSync(kernel.output).size} bytes`);
    continue;
  }
  const { error, stderr } = await asc.main([
    relative(root, kernel.source),
    '--baseDir',
    root,
    '--outFile',
    name,
    ...OPTIONS,
  ]);
  const messages = stderr.toString();
  if (messages) console.error(messages);
  if (error) {
    console.error(`${name}: ${error.message}`);
    failed = true;
  } else {
    console.log(`${name}: built, ${statSync(kernel.output).size} bytes`);
  }
}
if (failed) process.exitCode = 1;
