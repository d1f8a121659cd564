import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { doubts } from '../environment/environment.ts';
import { describeRounds, type Manifest } from '../results/run-folder.ts';
import { describeLevels } from '../samples/levels.ts';
import type { Chapter, ReportFigure, SizedFigure } from './chapter.ts';
import { partFile, pointsFile, samplesFile, tableFile } from './files.ts';
import { escapeHtml, htmlTable, inlineJson } from './html.ts';
import { htmlManifest } from './manifest-section.ts';

/**
 * The report as one file that opens from disk. It holds every figure as SVG for both print sizes, of which the narrow
 * one is shown on narrow screens, and Vega with the compiled specifications, from which a script draws the same figures
 * anew so that they tell medians, intervals and samples when they are pointed at. Where that fails, the SVG stays.
 */
export async function htmlPage(manifest: Manifest, chapters: readonly Chapter[]): Promise<string> {
  const { environment } = manifest;
  const title = `Sluice benchmark, ${manifest.started.slice(0, 16).replace('T', ' ')} UTC`;
  const doubtful = [environment, ...manifest.machines.map((machine) => machine.environment)].flatMap(doubts);
  const machine = `${environment.cpu}, ${environment.cores} cores, Node ${environment.node}, commit ${environment.commit.slice(0, 12)}${environment.dirty ? ' with changes' : ''}.`;
  const read = (file: string) => readFile(fileURLToPath(new URL(file, import.meta.url)), 'utf8');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${escapeHtml(title)}</title>
<style>
${await read('page.css')}</style>
</head>
<body>
<header>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(machine)} <a href="#manifest">All about the run</a>. Raw measurements: <a href="samples.csv">samples.csv</a>.
All figures and tables as LaTeX: <a href="figures.tex">figures.tex</a>.</p>
${manifest.size === 'full' ? '' : warning(`This is a ${manifest.size} run: its figures are small and rough.`)}
${manifest.finished === null ? warning('This run was cut off: some of its cases are missing.') : ''}
${[...new Set(doubtful)].map(warning).join('\n')}
${manifest.failed.map(({ experiment, why }) => warning(`${experiment} failed: ${why}`)).join('\n')}
${manifest.wrong.length === 0 ? '' : warning(`${manifest.wrong.length} cases gave wrong results; they are named below, and their times are shown nowhere.`)}
</header>
${contents(chapters)}
<main>
${chapters.map(htmlChapter).join('\n')}
${htmlManifest(manifest)}
</main>
<div id="tooltip" role="tooltip" hidden></div>
${await vegaScript()}
<script>
${await read('page.js')}</script>
</body>
</html>
`;
}

function contents(chapters: readonly Chapter[]): string {
  const items = chapters.map(
    ({ experiment, findings }) =>
      `<li><a href="#${experiment.name}">${escapeHtml(experiment.question)}</a><span>${escapeHtml(findings[0] ?? '')}</span></li>`,
  );
  return `<nav aria-label="Contents"><ol>\n${items.join('\n')}\n<li><a href="#manifest">About the run</a></li>\n</ol></nav>`;
}

function htmlChapter(chapter: Chapter): string {
  const { experiment, findings, figures, tables, points, samples, skipped, wrong } = chapter;
  return `<section id="${experiment.name}">
<h2>${escapeHtml(experiment.question)}</h2>
${findings.map((finding) => `<p class="finding">${escapeHtml(finding)}</p>`).join('\n')}
${wrong.map(({ levels, why }) => warning(`Wrong: ${describeLevels(levels)}: ${why}`)).join('\n')}
${skipped.map(({ what, why }) => warning(`Left out: ${what}: ${why}`)).join('\n')}
${figures.length === 0 ? warning('There is nothing to draw: no case has a result that can be trusted.') : ''}
${figures.map((figure, i) => `${i === 0 ? '' : `<h3>${escapeHtml(figure.title)}</h3>`}${htmlFigure(figure, findings)}`).join('\n')}
<p>The data behind it: <a href="${pointsFile(experiment.name)}" download>${points.rows.length} plotted points</a>,
<a href="${samplesFile(experiment.name)}" download>${samples.length} raw samples</a>.</p>
<h3>How it was measured</h3>
<p>${escapeHtml(experiment.method.trim())}</p>
<p>${escapeHtml(howOften(chapter))}</p>
${tables.map(({ name, title, table }) => `<h3>${escapeHtml(title)}</h3>\n${htmlTable(title, table)}\n<p>The table as <a href="${tableFile(name)}">LaTeX</a>.</p>`).join('\n')}
</section>`;
}

function howOften({ experiment, contests, disturbed, samples }: Chapter): string {
  return [
    `${describeRounds(contests)} after ${experiment.warmup} of warm-up, lanes in turns within each round.`,
    `${disturbed} of ${samples.length} samples are marked as disturbed by something else on the machine; they are`,
    'included. In the figure medians of which some samples are disturbed are hollow or pale, in the table they have a',
    'star (*). A tilde (~) marks ratios that do not differ significantly from 1.',
  ].join(' ');
}

function htmlFigure({ name, title, sizes }: ReportFigure, findings: readonly string[]): string {
  const links = sizes.flatMap(({ size, parts }) =>
    parts.map((_, index) => {
      const of = `${size.mm} mm${parts.length > 1 ? `, part ${index + 1}` : ''}`;
      const files = (['svg', 'pdf', 'png'] as const).map(
        (type) => `<a href="${partFile(name, size, index, type)}">${type.toUpperCase()}</a>`,
      );
      return `${of}: ${files.join(', ')}`;
    }),
  );
  const description = [title, ...findings].join(' ');
  return `<figure aria-label="${escapeHtml(description)}">
${sizes.map((sized, i) => drawings(name, sized, i === 0 ? 'narrow' : 'wide')).join('\n')}
<figcaption>For print: ${links.join('; ')}.</figcaption>
</figure>`;
}

function drawings(name: string, { size, parts }: SizedFigure, width: string): string {
  return parts
    .map((part, index) => {
      const id = `${name}-${size.name}-${index + 1}`;
      return `<div class="drawing ${width}" data-spec="${id}">${part.svg}</div>
<script type="application/json" id="${id}">${inlineJson(part.vega)}</script>`;
    })
    .join('\n');
}

function warning(text: string): string {
  return `<p class="warning">${escapeHtml(text)}</p>`;
}

async function vegaScript(): Promise<string> {
  const build = dirname(createRequire(import.meta.url).resolve('vega/vega-schema.json'));
  const source = await readFile(join(build, 'vega.min.js'), 'utf8');
  return `<!-- Vega, BSD-3-Clause, Copyright (c) University of Washington Interactive Data Lab and contributors -->
<script>${source.replaceAll('</script', '<\\/script')}</script>`;
}
