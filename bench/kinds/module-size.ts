import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SluiceError } from '../../query/error.ts';
import { runCold } from '../cold/cold-process.ts';
import { generateModule } from '../cold/generated-module.ts';
import type { ModuleTimes } from '../cold/module-times.ts';
import { SharedRuns } from '../cold/shared-runs.ts';
import type { Experiment } from '../experiment/experiment.ts';
import { combinations } from '../experiment/factors.ts';
import { requireKnown } from '../experiment/known-levels.ts';
import { parseSize } from '../experiment/size-level.ts';
import type { Levels } from '../samples/levels.ts';
import type { Kind, KindContext, Measurement, Session } from './kind.ts';

/** What V8 is told: what it compiles when, and by what. */
const COMPILATIONS: Readonly<Record<string, readonly string[]>> = {
  lazy: [],
  'eager-liftoff': ['--no-wasm-lazy-compilation'],
  'eager-turbofan': ['--no-wasm-lazy-compilation', '--no-liftoff'],
};
const STEPS = ['compile', 'instantiate'] as const;
const SOURCES = ['generated', 'built'];

/** Modules that Sluice runs: of array kernels, of the engine, and of parquet-wasm. */
const BUILT = [
  fileURLToPath(new URL('../kernels/arrays/simd.wasm', import.meta.url)),
  fileURLToPath(new URL('../../engine/kernels/kernels.wasm', import.meta.url)),
  join(dirname(createRequire(import.meta.url).resolve('parquet-wasm')), 'parquet_wasm_bg.wasm'),
];

const LEAST_BYTES = 2 ** 10;
const MOST_BYTES = 2 ** 24;

/**
 * How long V8 takes to compile a module from its bytes and to instantiate it, each in a process of its own. `size` is in
 * bytes: the levels for generated modules, the sizes that they have for built ones. `cpu` is of both steps together.
 */
export const moduleSize: Kind = {
  factors: ['source', 'size', 'compilation', 'step'],
  contenders: ['compilation', 'step'],
  answers: ['source', 'size'],
  open,
};

async function open(experiment: Experiment, context: KindContext): Promise<Session> {
  const wanted = combinations(experiment.factors);
  wanted.forEach(checkLevels);
  const folder = await mkdtemp(join(tmpdir(), 'sluice-modules-'));
  /** Paths by source and size. */
  const modules = new Map<string, string>();
  const keyOf = ({ source, size }: Levels) => `${source} ${size}`;
  const cases: Levels[] = [];
  try {
    const built = wanted.some(({ source }) => source === 'built') ? await builtModules() : [];
    for (const { path, size } of built) modules.set(keyOf({ source: 'built', size }), path);
    const first = wanted[0]!.size;
    for (const levels of wanted) {
      const size = parseSize(levels.size!, LEAST_BYTES, MOST_BYTES);
      if (levels.source === 'built') {
        // They have their own sizes, whatever the levels are.
        if (levels.size === first) cases.push(...built.map((module) => ({ ...levels, size: module.size })));
        continue;
      }
      const generated = { ...levels, size: String(size) };
      cases.push(generated);
      if (modules.has(keyOf(generated))) continue;
      const path = join(folder, `${size}.wasm`);
      await writeFile(path, generateModule(size));
      modules.set(keyOf(generated), path);
    }
  } catch (error) {
    await rm(folder, { recursive: true });
    throw error;
  }
  const runs = new SharedRuns<ModuleTimes>();

  return {
    cases,
    skipped: [],
    data: [],
    pids: () => [],
    async setUp() {
      context.signal.throwIfAborted();
    },
    async measure(levels): Promise<Measurement> {
      const key = keyOf(levels);
      const { compilation, step } = levels;
      const start = () =>
        runCold<{ path: string }, ModuleTimes>(
          'module-times.ts',
          { path: modules.get(key)! },
          COMPILATIONS[compilation!]!,
          context.signal,
        );
      const run = await runs.take(`${key} ${compilation}`, step!, STEPS, start);
      return {
        metrics: [
          { metric: 'time', value: run[step as (typeof STEPS)[number]], unit: 'ms' },
          { metric: 'cpu', value: run.cpu, unit: 'ms' },
        ],
        answer: { rows: [[String(run.exports)]], approximate: [] },
      };
    },
    close: () => rm(folder, { recursive: true }),
  };
}

async function builtModules(): Promise<{ path: string; size: string }[]> {
  return Promise.all(
    BUILT.map(async (path) => {
      const found = await stat(path).catch(() => {
        throw new SluiceError('not-found', `${path} is missing: run npm ci and npm run build:kernels`);
      });
      return { path, size: String(found.size) };
    }),
  );
}

function checkLevels(levels: Levels): void {
  requireKnown(levels, { source: SOURCES, compilation: Object.keys(COMPILATIONS), step: STEPS });
}
