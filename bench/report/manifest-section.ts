import type { Manifest } from '../results/run-folder.ts';
import { escapeHtml, htmlTable } from './html.ts';
import { machineTable } from './machine-table.ts';

/** What a reader must know of a run: machines, code, data, and how the measuring ended; and all of it as JSON. */
export function htmlManifest(manifest: Manifest): string {
  const { data, contests, experiments, resumed, seed, size } = manifest;
  const resumptions = resumed.length === 0 ? '' : ` It was gone on with at ${resumed.join(', ')}.`;
  return `<section id="manifest">
<h2>About the run</h2>
<p>${escapeHtml(`A ${size} run; the order of cases and the bootstrap were drawn from seed ${seed}.${resumptions}`)}</p>
${htmlTable('Machine and software', machineTable(manifest))}
<h3>Experiments</h3>
${htmlTable('Experiments, their versions, and why they stopped', {
  header: ['experiment', 'version', 'contests', 'narrow enough', 'time was up', 'rounds used up', 'wrong', 'skipped'],
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
<details class="raw"><summary>The manifest as JSON</summary>
<p>The same as <a href="manifest.json">manifest.json</a>.</p>
<pre>${escapeHtml(JSON.stringify(manifest, null, 2))}</pre>
</details>
</section>`;
}
