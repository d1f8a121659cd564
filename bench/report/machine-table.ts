import { doubts } from '../environment/environment.ts';
import type { MachineState } from '../environment/machine-state.ts';
import type { Manifest } from '../results/run-folder.ts';
import type { Table } from '../samples/table.ts';

type Machine = Pick<Manifest, 'started' | 'finished' | 'flags' | 'environment' | 'unwatched'> & {
  readonly name: string;
};

const KIB = 2 ** 10;
const GIB = 2 ** 30;
const UNTOLD = 'not told by the system';

/** What each machine of the run was like, a column a machine: one, but for runs that were merged. */
export function machineTable(manifest: Manifest): Table {
  const machines: readonly Machine[] =
    manifest.machines.length > 0 ? manifest.machines : [{ ...manifest, name: 'this run' }];
  const row = (name: string, tell: (machine: Machine) => string) => [name, ...machines.map(tell)];
  const environmentRow = (name: string, tell: (environment: Machine['environment']) => string) =>
    row(name, ({ environment }) => tell(environment));
  return {
    header: ['', ...machines.map(({ name }) => name)],
    rows: [
      row('Started', ({ started }) => started),
      row('Finished', ({ finished }) => finished ?? 'not: it was cut off'),
      row('Command', ({ flags }) => flags.join(' ')),
      environmentRow('Commit', ({ commit, dirty }) => `${commit}${dirty ? ', with changes' : ''}`),
      environmentRow('Machine', ({ board }) => board ?? UNTOLD),
      environmentRow('Processor', ({ cpu, cores }) => `${cpu}, ${cores} cores usable`),
      environmentRow('Data caches', ({ caches }) => caches.map(cacheSize).join(', ') || UNTOLD),
      environmentRow('Memory', ({ memory: { total, free } }) => `${gib(total)}, ${gib(free)} free at the start`),
      environmentRow('System', ({ kernel }) => kernel),
      environmentRow('Container', ({ container }) => container ?? 'none'),
      environmentRow(
        'Limits of the control group',
        ({ limits: { cpu, memory } }) =>
          [cpu === null ? '' : `${cpu} cores`, memory === null ? '' : gib(memory)].filter(Boolean).join(', ') || 'none',
      ),
      environmentRow('Node', ({ node, v8 }) => `${node}, V8 ${v8}`),
      environmentRow('At the start', ({ before }) => describeState(before)),
      environmentRow('At the end', ({ after }) => (after ? describeState(after) : 'not reached')),
      environmentRow('Doubts', (environment) => doubts(environment).join('; ') || 'none'),
      row('Disturbances not watched for', ({ unwatched }) => unwatched.join('; ') || 'nothing'),
    ],
  };
}

/** As `L2 512 KiB`. */
function cacheSize(bytes: number, index: number): string {
  return `L${index + 1} ${bytes / KIB} KiB`;
}

function gib(bytes: number): string {
  return `${(bytes / GIB).toFixed(1)} GiB`;
}

function describeState({ cores, celsius, throttled }: MachineState): string {
  const governors = [...new Set(cores.map(({ governor }) => governor ?? UNTOLD))].join(', ');
  const megahertz = cores.flatMap((core) => core.megahertz ?? []).map((value) => value.toFixed(0));
  const degrees = Object.entries(celsius).map(([zone, value]) => `${zone} ${value.toFixed(1)} °C`);
  const parts = [
    governors && `governor ${governors}`,
    megahertz.length > 0 ? `${megahertz.join(', ')} MHz` : '',
    degrees.join(', '),
    throttled ? `throttling flags ${throttled.flags}` : '',
  ];
  return parts.filter((part) => part !== '').join('; ') || UNTOLD;
}
