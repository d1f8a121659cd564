#!/usr/bin/env node
// Compiles the AssemblyScript kernels: engine/kernels/index.ts to engine/kernels/kernels.wasm, each
// bench/kernels/NAME.ts to bench/kernels/NAME.wasm, and bench/kernels/FOLDER/index.ts in several variants to
// bench/kernels/FOLDER/VARIANT.wasm. An output that is newer than every source of its folder is kept.
//
// Plain JavaScript, because this is the one script that also runs where the pinned Node is not there yet:
// after `npm ci --ignore-scripts` the system's Node (20 or later) runs it.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Module, Target } from 'assemblyscript';
import asc from 'assemblyscript/asc';

const root = join(fileURLToPath(import.meta.url), '../..');

// The host owns memory and lays it out; `stub` never collects; without assertions and `abort` nothing else is imported.
const OPTIONS = [
  ...['--runtime', 'stub'],
  '--importMemory',
  ...['--use', 'abort='],
  ...['--optimizeLevel', '3'],
  ...['--shrinkLevel', '0'],
  '--noAssert',
];

/**
 * Makes asc compile for memories with 64-bit addresses. Its code generator can (`usize` is a u64 then), but its command
 * line has no option for it, and the memory that it declares is one of 32 bits.
 */
class Memory64 {
  constructor() {
    const { program } = this;
    program.options.target = Target.Wasm64;
    program.module = Module.create(false, program.options.sizeTypeRef);
  }

  afterCompile(module) {
    const [initial, maximum, shared, is64, name] = [0, -1, false, true, '0'];
    module.setMemory(initial, maximum, null, [], shared, is64, name);
    module.addMemoryImport(name, 'env', 'memory', shared);
  }
}

/** @typedef {{ options: string[], transforms?: (typeof Memory64)[] }} Variant */

/** @type {Variant} */
const SIMD = { options: ['--enable', 'simd'] };

/** The largest memory of 32-bit addresses, in pages: a shared memory must say how far it may grow. */
const MOST_PAGES = '65536';

/** Neither asc nor V8 vectorises by itself: without the feature no SIMD is used. */
const SCALAR = { options: ['--disable', 'simd'] };

/** By folder of bench/kernels/: the same source for each lane. */
const VARIANTS = {
  arrays: {
    scalar: SCALAR,
    simd: SIMD,
    memory64: { options: ['--enable', 'simd,memory64'], transforms: [Memory64] },
    shared: { options: ['--enable', 'simd,threads', '--sharedMemory', '--maximumMemory', MOST_PAGES] },
  },
  q6: { scalar: SCALAR, simd: SIMD },
};

/** @typedef {{ source: string, output: string, inputs: string[], variant: Variant }} Kernel */

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
      variant: SIMD,
    }));
  for (const [name, variants] of Object.entries(VARIANTS)) {
    const folder = join(bench, name);
    const source = join(folder, 'index.ts');
    for (const [name, variant] of Object.entries(variants))
      found.push({ source, output: join(folder, `${name}.wasm`), inputs: sourcesBelow(folder), variant });
  }
  if (existsSync(entry)) {
    found.unshift({ source: entry, output: join(engine, 'kernels.wasm'), inputs: engineSources, variant: SIMD });
  }
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
  const { options, transforms = [] } = kernel.variant;
  const { error, stderr } = await asc.main(
    [relative(root, kernel.source), '--baseDir', root, '--outFile', name, ...OPTIONS, ...options],
    { transforms },
  );
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
