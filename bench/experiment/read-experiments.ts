import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import { SluiceError } from '../../query/error.ts';
import { findingNames } from '../findings/registry.ts';
import { type Complaint, complaintsOf, refuse } from './complaint.ts';
import { type Experiment, experimentSchema, resize } from './experiment.ts';
import { suggestion } from './nearest-name.ts';

/** Where the experiments of this checkout live. */
const WORKLOADS = fileURLToPath(new URL('../../workloads/', import.meta.url));

/**
 * Reads one experiment from the text of its YAML file.
 * @throws SluiceError `syntax` when it is no YAML; `bad-request` with a line for each complaint: file, line and column,
 *   key, what was expected, and the name that was probably meant.
 */
export function parseExperiment(text: string, file: string): Experiment {
  const lines = new LineCounter();
  const document = parseDocument(text, { prettyErrors: true, lineCounter: lines });
  const broken = document.errors[0];
  if (broken) throw new SluiceError('syntax', `${file}: ${broken.message.split('\n')[0]}`);
  const place = ({ path }: Complaint) => {
    const { line, col } = lines.linePos(offsetOf(document, path));
    return `${file}:${line}:${col}`;
  };
  const data: unknown = document.toJS();
  const parsed = experimentSchema.safeParse(data);
  if (!parsed.success) throw refuse(complaintsOf(parsed.error, data, experimentSchema), place);
  const complaints = nameComplaints(parsed.data);
  if (complaints.length > 0) throw refuse(complaints, place);
  return parsed.data;
}

/** Where in the text the value at a path begins, or its key; of what is missing, what it is missing from. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length--) {
    const parent = document.getIn(path.slice(0, length - 1), true);
    const key = path[length - 1];
    const pair = isMap(parent) && parent.items.find((item) => isScalar(item.key) && item.key.value === key);
    if (pair && isNode(pair.key)) return pair.key.range?.[0] ?? 0;
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node)) return node.range?.[0] ?? 0;
  }
  return 0;
}

/** Factors and levels that are named but not there, figures that would mislead, and stopping rules that cannot be kept. */
function nameComplaints(experiment: Experiment): Complaint[] {
  const { factors, figure, findings } = experiment;
  const complaints: Complaint[] = [];
  const check = (path: PropertyKey[], factor: string | undefined, level?: string) => {
    if (factor === undefined) return;
    const levels = factors[factor];
    if (levels === undefined) {
      const message = `"${factor}" is no factor of this experiment; ${suggestion(factor, Object.keys(factors))}`;
      complaints.push({ path, message });
    } else if (level !== undefined && typeof levels !== 'string' && !levels.includes(level)) {
      const message = `"${level}" is no level of the factor ${factor}; ${suggestion(level, levels)}`;
      complaints.push({ path, message });
    }
  };
  check(['figure', 'x', 'factor'], figure.x.factor);
  for (const key of ['series', 'dash', 'row', 'column'] as const) check(['figure', key], figure[key]);
  figure.without.forEach((level, i) => {
    check(['figure', 'without', i], figure.series, level);
  });
  if (figure.mark === 'bars' && figure.y.scale === 'log10') {
    const message =
      'the length of a bar tells nothing on a logarithmic axis; expected mark lines or dots, or scale linear';
    complaints.push({ path: ['figure', 'y', 'scale'], message });
  }
  findings.forEach((finding, i) => {
    for (const { key, factor, level } of findingNames(finding)) check(['findings', i, key], factor, level);
  });
  for (const size of ['asDefault', 'quick', 'smoke'] as const) {
    for (const factor of Object.keys(experiment[size].factors ?? {})) check([size, 'factors', factor], factor);
  }
  for (const size of ['full', 'asDefault', 'quick', 'smoke'] as const) {
    const { least, most } = resize(experiment, size).stop;
    if (least > most) {
      const path = size === 'full' ? ['stop'] : [size, 'stop'];
      complaints.push({ path, message: `least (${least}) is more than most (${most})` });
    }
  }
  return complaints;
}

/** All experiments of a folder, by name; each has the name of its file. */
export async function loadExperiments(folder: string = WORKLOADS): Promise<Experiment[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.yaml')).sort();
  return Promise.all(
    files.map(async (file) => {
      const experiment = parseExperiment(await readFile(join(folder, file), 'utf8'), `workloads/${file}`);
      if (`${experiment.name}.yaml` === file) return experiment;
      throw new SluiceError(
        'bad-request',
        `workloads/${file}: name: expected the name of the file, found "${experiment.name}"`,
      );
    }),
  );
}

/** The named experiments in the order given; without names every one, or those marked `default` in their size as such. */
export function selectExperiments(experiments: Experiment[], names: string[], all: boolean): Experiment[] {
  if (names.length === 0 && all) return experiments;
  if (names.length === 0) {
    return experiments.filter((experiment) => experiment.default).map((experiment) => resize(experiment, 'asDefault'));
  }
  const known = experiments.map((experiment) => experiment.name);
  return [...new Set(names)].map((name) => {
    const found = experiments.find((experiment) => experiment.name === name);
    if (found) return found;
    throw new SluiceError('unknown-name', `there is no experiment "${name}"; ${suggestion(name, known)}`);
  });
}
