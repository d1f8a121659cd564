import type { Manifest } from '../results/run-folder.ts';
import { escapeHtml, htmlPairs, htmlTable } from './html.ts';

const GIB = 2 ** 30;

/** What a reader must know of a run: machine, code, data, and how the measuring ended; and all of it as JSON. */
export function htmlManifest(manifest: Manifest): string {
  const { environment, data, contests, experiments, unwatched } = manifest;
  const memory = environment.memory;
  return `<section id="manifest">
<h2>About the run</h2>
${htmlPairs([
  ['Started', manifest.started],
  ['Finished', manifest.finished ?? 'not: it was cut off'],
  ...manifest.resumed.map((time): [string, string] => ['Gone on with', time]),
  ['Size', manifest.size],
  ['Command', manifest.flags.join(' ')],
  ['Commit', `${environment.commit}${environment.dirty ? ', with changes' : ''}`],
  ['Processor', `${environment.cpu}, ${environment.cores} cores usable`],
  ['Frequency governor', environment.governor ?? 'not told by the system'],
  ['Memory', `${(memory.total / GIB).toFixed(1)} GiB, ${(memory.free / GIB).toFixed(1)} GiB free at the start`],
  ['System', environment.kernel],
  ['Node', `${environment.node}, V8 ${environment.v8}`],
  ['Seed', String(manifest.seed)],
  ...unwatched.map((what): [string, string] => ['Not watched', what]),
])}
<h3>Experiments</h3>
${htmlTable('Experiments, their versions, and why they stopped', {
  header: [
    'experiment',
    'version',
    'contests',
    'narrow enough',
    'time was up',
    'as many rounds as allowed',
    'wrong',
    'skipped',
  ],
  rows: experiments.map(({ name, version }) => {
    const own = contests.filter(({ experiment }) => experiment === name);
    const ended = (reason: string) => own.filter(({ stopped }) => stopped === reason).length;
    const count = (list: readonly { experiment: string }[]) => list.filter((item) => item.experiment === name).length;
    const numbers = [version, own.length, ended('width'), ended('time'), ended('most')];
    return [name, ...[...numbers, count(manifest.wrong), count(manifest.skipped)].map(String)];
  }),
})}
<h3>Data</h3>
${htmlTable('Data measured', {
  header: ['experiment', 'file', 'rows', 'bytes', 'SHA-256'],
  rows: data.map(({ experiment, file, rows, bytes, sha256 }) => [
    experiment,
    file,
    String(rows),
    String(bytes),
    sha256,
  ]),
})}
<details><summary>The manifest as JSON</summary>
<p>The same as <a href="manifest.json">manifest.json</a>.</p>
<pre>${escapeHtml(JSON.stringify(manifest, null, 2))}</pre>
</details>
</section>`;
}
