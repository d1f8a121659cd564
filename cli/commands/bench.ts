import { availableParallelism } from 'node:os';
import { type Command, InvalidArgumentError } from 'commander';
import { SluiceError } from '../../query/error.ts';
import { ProgressLine } from '../progress-line.ts';

// The harness is imported when a command runs: Vega alone takes longer to load than most commands take.

/** Exit status of a process that a signal ended, as shells have it for SIGINT. */
const INTERRUPTED = 130;

interface BenchFlags {
  readonly cores?: number[];
  readonly quick?: boolean;
  readonly smoke?: boolean;
  readonly all?: boolean;
  readonly resume?: boolean;
  readonly set?: string[];
  readonly out?: string;
}

/** `sluice bench` and its subcommands. */
export function registerBench(program: Command): void {
  const bench = program
    .command('bench')
    .description('measure, and draw the figures of a paper')
    // After a subcommand's name, options are its own.
    .enablePositionalOptions()
    .argument('[experiment...]', 'names from `sluice bench list`; without: the default ones')
    .option('--cores <n|a,b>', '4 means 1, 2 and 4; 1,4 exactly those (default: as many as there are)')
    .option('--quick', 'small experiments: under 90 seconds')
    .option('--smoke', 'only proves that each kind of output can be made')
    .option('--all', 'every experiment')
    .option('--out <dir>', 'the run folder (default: reports/<time>-<commit>)')
    .option('--resume', 'go on with the run in --out, past the cases it holds')
    .option('--set <factor=levels>', 'measure these levels instead; may be repeated', collect)
    .addHelpText('after', '\nExample:\n  $ sluice bench scan-throughput --cores 2 --set query=q6,q1 --out reports/mine')
    .action(async (names: string[], flags: BenchFlags & { cores?: string }) => {
      if (flags.quick && flags.smoke)
        bench.error("error: option '--quick' cannot be used with '--smoke'", { exitCode: 2 });
      if (flags.resume && !flags.out) bench.error("error: option '--resume' needs '--out DIR'", { exitCode: 2 });
      if (flags.all && names.length > 0) bench.error("error: option '--all' takes no names", { exitCode: 2 });
      await run(bench, names, flags);
    });

  bench
    .command('list')
    .description('the experiments, one a line: name, whether it is a default one, question')
    .addHelpText('after', '\nExample:\n  $ sluice bench list')
    .action(async () => {
      const { loadExperiments } = await import('../../bench/experiment/read-experiments.ts');
      for (const { name, default: isDefault, question } of await loadExperiments()) {
        process.stdout.write(`${name}\t${isDefault ? 'default' : '-'}\t${question}\n`);
      }
    });

  bench
    .command('compare')
    .description('compare the times of the cases that two runs share')
    .argument('<before>', 'a run: a path, or a name under reports/')
    .argument('<after>')
    .option('--threshold <percent>', 'smaller changes count as none; larger slow-downs are a failure', percentage)
    .addHelpText('after', '\nExample:\n  $ sluice bench compare before after --threshold 10')
    .action(compare);

  bench
    .command('merge')
    .description('put runs of several machines together: the machine, named by its folder, becomes a factor')
    .argument('<run...>', 'paths, or names under reports/')
    .requiredOption('--out <dir>', 'the folder of the merged run')
    .addHelpText('after', '\nExample:\n  $ sluice bench merge reports/laptop reports/pi --out reports/both')
    .action(merge);

  bench
    .command('figures')
    .description('draw the figures and index.html of a run again, from its samples.csv')
    .argument('<run>', 'a path, or a name under reports/')
    .addHelpText('after', '\nExample:\n  $ sluice bench figures reports/mine')
    .action(async (name: string) => {
      const { readRun } = await import('../../bench/results/run-folder.ts');
      const { writeReport } = await import('../../bench/report/report.ts');
      for (const path of await writeReport(await readRun(name))) process.stdout.write(`${path}\n`);
    });
}

async function run(bench: Command, names: string[], flags: BenchFlags & { cores?: string }): Promise<void> {
  const { coresUpTo, parseCores, parseSetting } = await import('../../bench/experiment/factors.ts');
  const { describeRun, refuseFailures, runBench } = await import('../../bench/run.ts');
  const wrongUsage = <T>(read: () => T): T => {
    try {
      return read();
    } catch (error) {
      if (error instanceof SluiceError) return bench.error(`error: ${error.message}`, { exitCode: 2 });
      throw error;
    }
  };
  const cores = wrongUsage(() => (flags.cores ? parseCores(flags.cores) : coresUpTo(availableParallelism())));
  const settings = wrongUsage(() => (flags.set ?? []).map(parseSetting));
  const interrupted = new AbortController();
  const progress = new ProgressLine(process.stderr);
  const release = onInterrupt(() => {
    progress.show('interrupted: stopping servers, drawing what there is; again to quit at once', 'lasting', 0);
    interrupted.abort();
  });
  try {
    const done = await runBench({
      names,
      all: flags.all ?? false,
      size: flags.smoke ? 'smoke' : flags.quick ? 'quick' : 'full',
      cores,
      settings,
      ...(flags.out !== undefined && { out: flags.out }),
      resume: flags.resume ?? false,
      flags: process.argv.slice(2),
      signal: interrupted.signal,
      progress: (...line) => progress.show(...line),
    });
    progress.end();
    process.stdout.write(`${describeRun(done)}\n\nreport: ${done.folder}/index.html\n`);
    refuseFailures(done.manifest);
  } finally {
    progress.end();
    release();
  }
}

/** Calls `stop` at the first signal to end; the second ends the process, and with it what it started. */
function onInterrupt(stop: () => void): () => void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  let asked = false;
  const listener = () => {
    if (asked) process.exit(INTERRUPTED);
    asked = true;
    stop();
  };
  for (const signal of signals) process.on(signal, listener);
  return () => {
    for (const signal of signals) process.off(signal, listener);
  };
}

async function compare(before: string, after: string, { threshold }: { threshold?: number }): Promise<void> {
  const { compareRuns, compareSummary, compareTable } = await import('../../bench/compare-runs.ts');
  const { readRun } = await import('../../bench/results/run-folder.ts');
  const { formatTable } = await import('../../bench/samples/table.ts');
  const comparison = compareRuns(await readRun(before), await readRun(after), threshold ?? 5);
  const { changes, warnings } = comparison;
  for (const warning of warnings) process.stderr.write(`${warning}\n`);
  if (changes.length === 0) throw new SluiceError('not-found', `${before} and ${after} have no case in common`);
  process.stdout.write(`${formatTable(compareTable(changes))}\n\n${compareSummary(comparison)}\n`);
  const count = (verdict: string) => changes.filter((change) => change.verdict === verdict).length;
  if (threshold !== undefined && count('slower') > 0)
    throw new SluiceError(
      'bad-value',
      `${count('slower')} of ${changes.length} cases are slower by more than ${threshold} %`,
    );
  if (count('broken') > 0)
    throw new SluiceError('bad-value', `the results of ${count('broken')} cases are wrong that were right before`);
}

async function merge(names: string[], { out }: { out: string }): Promise<void> {
  const { mergeRuns } = await import('../../bench/merge-runs.ts');
  const { readRun, writeRun } = await import('../../bench/results/run-folder.ts');
  const { writeReport } = await import('../../bench/report/report.ts');
  const { warnings, ...merged } = mergeRuns(await Promise.all(names.map(readRun)));
  for (const warning of warnings) process.stderr.write(`${warning}\n`);
  const run = { ...merged, folder: out };
  await writeRun(run);
  await writeReport(run);
  process.stdout.write(`report: ${out}/index.html\n`);
}

function collect(value: string, earlier: string[] = []): string[] {
  return [...earlier, value];
}

function percentage(text: string): number {
  const number = Number(text);
  if (!(number >= 0) || text.trim() === '') throw new InvalidArgumentError('expected a number of percent, 0 or more.');
  return number;
}
