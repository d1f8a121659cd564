import { basename } from 'node:path';
import { SluiceError } from '../query/error.ts';
import { isComparable } from './compare-runs.ts';
import type { Experiment } from './experiment/experiment.ts';
import type { Manifest, Run } from './results/run-folder.ts';
import { MACHINE } from './samples/levels.ts';

export interface MergedRun {
  readonly manifest: Manifest;
  readonly samples: Run['samples'];
  /** What was left out, in sentences. */
  readonly warnings: readonly string[];
}

/**
 * Puts runs of several machines together: every sample gets the factor `machine`, whose level is the name of its run's
 * folder. An experiment of which version, data or settings differ from those of the first run that has it is left out
 * of the later run.
 * @throws SluiceError `bad-request` when two folders have one name, the runs are of different sizes, or one of them is
 *   merged already.
 */
export function mergeRuns(runs: readonly Run[]): MergedRun {
  const named = runs.map((run) => ({ ...run, machine: basename(run.folder) }));
  const names = named.map(({ machine }) => machine);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined)
    throw new SluiceError('bad-request', `two of the runs are in folders named "${twice}": name one after its machine`);
  const merged = runs.find(({ manifest }) => manifest.machines.length > 0);
  if (merged)
    throw new SluiceError('bad-request', `${merged.folder} is merged already: merge the runs that it was made of`);
  const [first, ...others] = named;
  if (!first) throw new SluiceError('bad-request', 'there is nothing to merge');
  const odd = others.find(({ manifest }) => manifest.size !== first.manifest.size);
  if (odd)
    throw new SluiceError(
      'bad-request',
      `${odd.folder} is a ${odd.manifest.size} run, ${first.folder} a ${first.manifest.size} one`,
    );

  const warnings: string[] = [];
  const experiments = new Map<string, Experiment>();
  const kept = named.map((run) => {
    const own = run.manifest.experiments.filter((experiment) => {
      const held = experiments.get(experiment.name);
      if (held && !isComparable(held, experiment)) {
        warnings.push(`${experiment.name} of ${run.machine} is left out: its version, data or settings differ`);
        return false;
      }
      experiments.set(experiment.name, held ? withFactors(held, experiment) : experiment);
      return true;
    });
    return { ...run, keeps: ({ experiment }: { experiment: string }) => own.some(({ name }) => name === experiment) };
  });
  const each = <T>(map: (run: (typeof kept)[number]) => T[]): T[] => kept.flatMap(map);
  const levels = <T extends { levels: Readonly<Record<string, string>> }>(machine: string, items: T[]): T[] =>
    items.map((item) => ({ ...item, levels: { ...item.levels, [MACHINE]: machine } }));
  const manifest: Manifest = {
    ...first.manifest,
    resumed: [],
    machines: kept.map(({ machine, manifest: { started, finished, flags, environment, unwatched } }) => ({
      name: machine,
      started,
      finished,
      flags,
      environment,
      unwatched,
    })),
    data: each(({ manifest, keeps }) => manifest.data.filter(keeps)),
    notes: each(({ machine, manifest, keeps }) =>
      manifest.notes.filter(keeps).map((item) => ({ ...item, note: `${machine}: ${item.note}` })),
    ),
    skipped: each(({ machine, manifest, keeps }) =>
      manifest.skipped.filter(keeps).map((item) => ({ ...item, what: `${machine}: ${item.what}` })),
    ),
    failed: each(({ machine, manifest, keeps }) =>
      manifest.failed.filter(keeps).map((item) => ({ ...item, why: `${machine}: ${item.why}` })),
    ),
    contests: each(({ machine, manifest, keeps }) => levels(machine, manifest.contests.filter(keeps))),
    wrong: each(({ machine, manifest, keeps }) => levels(machine, manifest.wrong.filter(keeps))),
    experiments: [...experiments.values()].map((experiment) => ({
      ...experiment,
      factors: { ...experiment.factors, [MACHINE]: names },
    })),
  };
  return { manifest, samples: each(({ machine, samples, keeps }) => levels(machine, samples.filter(keeps))), warnings };
}

/** The first experiment with the levels of both. */
function withFactors(a: Experiment, b: Experiment): Experiment {
  const factors = { ...a.factors };
  for (const [factor, levels] of Object.entries(b.factors))
    factors[factor] = [...new Set([...(factors[factor] ?? []), ...levels])];
  return { ...a, factors };
}
