import { readFile } from 'node:fs/promises';
import '../servers/end-with-parent.ts';

/** What a cold process has seen of one module; times in milliseconds. */
export interface ModuleTimes {
  readonly compile: number;
  readonly instantiate: number;
  /** CPU of both, all threads. */
  readonly cpu: number;
  readonly exports: number;
}

// A process of the experiment module-size: it compiles and instantiates the one module whose path it is told.

/** Pages of an imported memory: enough for every module of ours. */
const PAGES = 1024;

const bytes = await readFile(JSON.parse(process.argv[2]!).path);
const memory = new WebAssembly.Memory({ initial: PAGES });
performance.now();

const before = process.cpuUsage();
const start = performance.now();
const module = new WebAssembly.Module(bytes);
const compiled = performance.now();
const imports = importsOf(module);
const ready = performance.now();
const instance = new WebAssembly.Instance(module, imports);
const done = performance.now();
const { user, system } = process.cpuUsage(before);

const told: ModuleTimes = {
  compile: compiled - start,
  instantiate: done - ready,
  cpu: (user + system) / 1000,
  exports: Object.keys(instance.exports).length,
};
process.stdout.write(JSON.stringify(told));

/** Something for each import: it is linked, never called. */
function importsOf(module: WebAssembly.Module): WebAssembly.Imports {
  const imports: Record<string, Record<string, WebAssembly.ImportValue>> = {};
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module))
    imports[from] = { ...imports[from], [name]: kind === 'memory' ? memory : () => 0 };
  return imports;
}
