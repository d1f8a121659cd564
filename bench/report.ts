import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TopLevelSpec } from 'vega-lite';
import type { Experiment } from './experiment/experiment.ts';
import { renderPng, renderSvg } from './figures/render.ts';
import { figureSpec } from './figures/spec.ts';
import { splitSpec, splitTable } from './figures/split.ts';
import { ratioTable } from './findings/compare.ts';
import { tellFindings } from './findings/registry.ts';
import { describeRounds, type Manifest, type Run, summarizeRun } from './results/run-folder.ts';
import { summaryTable } from './results/summary-table.ts';
import { describeLevels } from './samples/levels.ts';
import type { CaseSummary } from './samples/summary.ts';
import type { Table } from './samples/table.ts';

/** An experiment with all that a reader is shown of it. */
interface Chapter {
  readonly experiment: Experiment;
  readonly svg: string;
  readonly findings: readonly string[];
  readonly ratios: Table;
  /** The metric of the figure. */
  readonly summaries: readonly CaseSummary[];
  /** Where the time goes, if it was measured. */
  readonly split?: { readonly title: string; readonly svg: string; readonly table: Table };
  readonly skipped: Manifest['skipped'];
  readonly wrong: Manifest['wrong'];
  readonly contests: Manifest['contests'];
}

/**
 * Draws the figures of a run into `figures/<experiment>.svg` and `.png`, and writes `index.html`, which holds the
 * figures itself and needs no network. Experiments without samples are left out. Returns the paths written.
 */
export async function writeReport(run: Run): Promise<string[]> {
  const { folder, manifest } = run;
  const all = summarizeRun(run);
  await mkdir(join(folder, 'figures'), { recursive: true });
  const written: string[] = [];
  const write = async (name: string, content: string | Uint8Array) => {
    await writeFile(join(folder, name), content);
    written.push(join(folder, name));
  };
  const chapters: Chapter[] = [];
  for (const experiment of manifest.experiments) {
    const own = all.filter((summary) => summary.experiment === experiment.name);
    if (own.length === 0) continue;
    const draw = async (name: string, spec: TopLevelSpec): Promise<string> => {
      const svg = await renderSvg(spec);
      await write(`figures/${name}.svg`, svg);
      await write(`figures/${name}.png`, await renderPng(svg));
      return svg;
    };
    const svg = await draw(experiment.name, figureSpec(experiment, own));
    const spec = splitSpec(experiment, own);
    const split = spec && {
      title: experiment.split!.title,
      svg: await draw(`${experiment.name}-split`, spec),
      table: splitTable(experiment, own),
    };
    const summaries = own.filter(({ metric }) => metric === experiment.figure.y.metric);
    const skipped = manifest.skipped.filter((skip) => skip.experiment === experiment.name);
    chapters.push({
      experiment,
      svg,
      findings: tellFindings(experiment, own, manifest.seed),
      ratios: ratioTable(experiment, own, manifest.seed),
      summaries,
      ...(split && { split }),
      skipped,
      wrong: manifest.wrong.filter((item) => item.experiment === experiment.name),
      contests: manifest.contests.filter((item) => item.experiment === experiment.name),
    });
  }
  await write('index.html', page(manifest, chapters));
  return written;
}

function page(manifest: Manifest, chapters: readonly Chapter[]): string {
  const { environment } = manifest;
  const title = `Sluice benchmark, ${manifest.started.slice(0, 16).replace('T', ' ')} UTC`;
  const small =
    manifest.size === 'full'
      ? ''
      : `<p class="warning">This is a ${manifest.size} run: its figures are small and rough.</p>`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(`${environment.cpu}, ${environment.cores} cores, Node ${environment.node}, commit ${environment.commit.slice(0, 12)}${environment.dirty ? ' with changes' : ''}.`)}
Raw measurements: <a href="samples.csv">samples.csv</a>.</p>
${small}
${chapters.map(chapter).join('\n')}
<h2>Manifest</h2>
<pre>${escapeHtml(JSON.stringify({ ...manifest, experiments: manifest.experiments.map(({ name, version }) => ({ name, version })) }, null, 2))}</pre>
</html>
`;
}

function chapter({ experiment, svg, findings, ratios, summaries, split, skipped, wrong, contests }: Chapter): string {
  const disturbed = summaries.reduce((sum, summary) => sum + summary.disturbed, 0);
  const all = summaries.reduce((sum, summary) => sum + summary.n, 0);
  return `<section id="${experiment.name}">
<h2>${escapeHtml(experiment.question)}</h2>
${skipped.map(({ what, why }) => `<p class="warning">Left out: ${escapeHtml(`${what}: ${why}`)}</p>`).join('\n')}
${wrong.map(({ levels, why }) => `<p class="warning">Wrong: ${escapeHtml(`${describeLevels(levels)}: ${why}`)}</p>`).join('\n')}
${findings.map((finding) => `<p class="finding">${escapeHtml(finding)}</p>`).join('\n')}
<figure>${svg}</figure>
<p><a href="figures/${experiment.name}.svg">SVG</a>, <a href="figures/${experiment.name}.png">PNG</a></p>
<h3>How it was measured</h3>
<p>${escapeHtml(experiment.method.trim())}</p>
<p>${escapeHtml(describeRounds(contests))} after ${experiment.warmup} of warm-up, lanes in turns within each round. ${disturbed} of ${all} samples are marked as disturbed by something else on the machine; they are included, and a star
marks the medians that they are part of.</p>
<h3>Medians with their 95 % intervals</h3>
${htmlTable(summaryTable(experiment, summaries))}
<h3>Ratios of medians with their 95 % intervals</h3>
${htmlTable(ratios)}
${split ? `<h3>${escapeHtml(split.title)}</h3>\n<figure>${split.svg}</figure>\n${htmlTable(split.table)}` : ''}
</section>`;
}

function htmlTable({ header, rows }: Table): string {
  const line = (tag: string, cells: readonly string[]) =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`;
  return `<table>${line('th', header)}\n${rows.map((row) => line('td', row)).join('\n')}</table>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

const STYLE = `
body { font: 16px/1.5 "DejaVu Sans", system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; color: #222; }
h2 { margin-top: 3rem; border-top: 1px solid #ddd; padding-top: 1.5rem; }
figure { margin: 1rem 0; overflow-x: auto; }
figure svg { max-width: 100%; height: auto; }
.finding { font-weight: bold; }
.warning { background: #fff3cd; padding: 0.5rem 1rem; }
table { border-collapse: collapse; font-size: 0.85rem; font-variant-numeric: tabular-nums; }
td, th { padding: 0.15rem 0.8rem; text-align: left; border-bottom: 1px solid #eee; }
pre { background: #f6f6f6; padding: 1rem; overflow-x: auto; font-size: 0.8rem; }
`;
