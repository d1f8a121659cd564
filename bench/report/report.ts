import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { renderPdf } from '../figures/pdf.ts';
import { renderPng } from '../figures/png.ts';
import { type Run, summarizeRun } from '../results/run-folder.ts';
import { extraFactors } from '../samples/levels.ts';
import { formatSamples } from '../samples/samples.ts';
import { formatCsv } from '../samples/table.ts';
import { type Chapter, writeChapter } from './chapter.ts';
import { partFile, pointsFile, samplesFile, tableFile } from './files.ts';
import { latexDocument, latexTable } from './latex.ts';
import { htmlPage } from './page.ts';

/**
 * Draws all that a run leaves besides its samples and its manifest: `index.html`, `figures.tex`, and in `figures/` every
 * figure in both print sizes as SVG, PDF and PNG, its points and its samples as CSV, its tables as LaTeX. Experiments
 * without samples are left out. Returns the paths written.
 */
export async function writeReport(run: Run): Promise<string[]> {
  const { folder, manifest } = run;
  const summaries = summarizeRun(run);
  const written: string[] = [];
  const write = async (name: string, content: string | Uint8Array) => {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
    written.push(path);
  };
  const chapters: Chapter[] = [];
  for (const experiment of manifest.experiments) {
    const own = <T extends { experiment: string }>(list: readonly T[]) =>
      list.filter((item) => item.experiment === experiment.name);
    if (own(summaries).length === 0) continue;
    const chapter = await writeChapter(experiment, manifest, own(summaries), own(run.samples));
    await writeFiles(chapter, new Date(manifest.started), write);
    chapters.push(chapter);
  }
  await write('figures.tex', latexDocument(manifest, chapters));
  await write('index.html', await htmlPage(manifest, chapters));
  return written;
}

async function writeFiles(
  { experiment, figures, tables, points, samples }: Chapter,
  created: Date,
  write: (name: string, content: string | Uint8Array) => Promise<void>,
): Promise<void> {
  for (const { name, title, sizes } of figures) {
    for (const { size, parts } of sizes) {
      for (const [index, part] of parts.entries()) {
        await write(partFile(name, size, index, 'svg'), part.svg);
        await write(partFile(name, size, index, 'pdf'), await renderPdf(part.svg, part, { title, created }));
        await write(partFile(name, size, index, 'png'), await renderPng(part.svg, size));
      }
    }
  }
  await write(pointsFile(experiment.name), formatCsv(points));
  await write(samplesFile(experiment.name), formatSamples(samples, extraFactors(Object.keys(experiment.factors))));
  for (const { name, table } of tables) await write(tableFile(name), await latexTable(table));
}
