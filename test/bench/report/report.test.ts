import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { escapeLatex, latexTable } from '../../../bench/report/latex.ts';
import { writeReport } from '../../../bench/report/report.ts';
import { parseSamples } from '../../../bench/samples/samples.ts';
import { findChromium, Page } from './chromium.ts';
import { makeRun } from './run-fixture.ts';

const chromium = findChromium();
const pdflatex = isInstalled('pdflatex');

function isInstalled(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('what a run leaves', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-report-'));
    await writeReport(await makeRun(folder));
  }, 30_000);
  afterAll(() => rm(folder, { recursive: true }));

  it('is one of every kind of file for each figure', async () => {
    expect((await readdir(folder)).sort()).toEqual(['figures', 'figures.tex', 'index.html']);
    const drawn = ['lines', 'peers-csv', 'peers-csv-split'].flatMap((name) =>
      ['84mm', '174mm'].flatMap((size) => ['svg', 'pdf', 'png'].map((type) => `${name}-${size}.${type}`)),
    );
    const tables = ['lines-medians', 'lines-ratios', 'peers-csv-medians', 'peers-csv-ratios', 'peers-csv-split'];
    const data = ['lines', 'peers-csv'].flatMap((name) => [`${name}-points.csv`, `${name}-samples.csv`]);
    const expected = [...drawn, ...tables.map((name) => `${name}.tex`), ...data];
    expect((await readdir(join(folder, 'figures'))).sort()).toEqual(expected.sort());
  });

  it('has the plotted points without the wrong case, and the raw samples of the figure', async () => {
    const points = await readFile(join(folder, 'figures/lines-points.csv'), 'utf8');
    const [header, first, ...rest] = points.trimEnd().split('\n');
    expect(header).toBe('size,lane,format,metric,unit,median,low,high,n,disturbed');
    expect(first).toMatch(/^1,a_1,csv,time,ms,2\.04,/);
    expect(rest).toHaveLength(12 - 2);
    expect(points).not.toContain('4,b,csv');
    const { samples } = parseSamples(await readFile(join(folder, 'figures/lines-samples.csv'), 'utf8'), 'samples');
    expect(samples).toHaveLength(12 * 5);
  });

  it('tells in its page what was asked, found, left out and wrong, and links to files that are there', async () => {
    const page = await readFile(join(folder, 'index.html'), 'utf8');
    for (const text of [
      'Is a_1 100% faster than b, &lt; 2 &amp; &gt; 1?',
      'a_1 is 2.00 times as fast as b',
      'Left out: size 8: it is too large',
      'row 1 differs',
      'peers-csv failed: the server is gone',
      'Not drawn, since their results are wrong',
      '<td>wrong</td>',
    ]) {
      expect(page).toContain(text);
    }
    const files = [...(await readdir(folder, { recursive: true })), 'samples.csv', 'manifest.json'];
    const [, body] = page.split('<header>');
    for (const [, link] of body!.split('<script>')[0]!.matchAll(/href="([^"#]+)"/g)) expect(files).toContain(link);
  });

  it.skipIf(!chromium)(
    'shows every figure drawn by Vega in Chromium, sorts tables, asks the network for nothing, has no errors (skipped without Chromium)',
    async () => {
      const page = await Page.open(chromium!, 1200);
      try {
        const url = pathToFileURL(join(folder, 'index.html')).href;
        await page.goTo(url);
        const drawn = `new Promise((resolve) => {
          const look = () => {
            const shown = [...document.querySelectorAll('.drawing')].filter((drawing) => drawing.offsetWidth > 0);
            if (shown.some(({ dataset }) => !['vega', 'failed'].includes(dataset.drawn))) return setTimeout(look, 20);
            resolve(shown.map((drawing) => {
              const { width, height } = drawing.querySelector('svg').getBoundingClientRect();
              return [drawing.dataset.spec, drawing.dataset.drawn, width > 300 && height > 50];
            }));
          };
          look();
        })`;
        const names = ['lines', 'peers-csv', 'peers-csv-split'];
        expect(await page.evaluate(drawn)).toEqual(names.map((name) => [`${name}-174mm-1`, 'vega', true]));
        const column = `(() => {
          const table = document.querySelector('#lines table');
          table.tHead.rows[0].cells[0].querySelector('button').click();
          return [...table.tBodies[0].rows].map((row) => row.cells[0].textContent);
        })()`;
        expect(await page.evaluate(column)).toEqual(['1', '1', '2', '2', '4', '4']);
        expect(await page.evaluate(column)).toEqual(['4', '4', '2', '2', '1', '1']);
        const pointed = `(() => {
          const mark = document.querySelector('#lines svg.marks .mark-symbol path');
          const { x, y } = mark.getBoundingClientRect();
          mark.dispatchEvent(new MouseEvent('pointerover', { clientX: x, clientY: y, bubbles: true }));
          mark.dispatchEvent(new MouseEvent('pointermove', { clientX: x, clientY: y, bubbles: true }));
          return document.getElementById('tooltip').textContent;
        })()`;
        expect(await page.evaluate(pointed)).toMatch(/median: 2\.04 ms\n95 % interval: .* – .*\nsamples: 5/);
        await page.resize(390);
        expect(await page.evaluate(drawn)).toEqual(names.map((name) => [`${name}-84mm-1`, 'vega', true]));
        expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
        expect(page.requests).toEqual([url]);
        expect(page.errors).toEqual([]);
      } finally {
        await page.close();
      }
    },
    30_000,
  );

  it.skipIf(!pdflatex)(
    'compiles as LaTeX with all figures and tables (skipped without pdflatex)',
    async () => {
      const build = await mkdtemp(join(tmpdir(), 'sluice-latex-'));
      try {
        const flags = ['-interaction=nonstopmode', '-halt-on-error', `-output-directory=${build}`, 'figures.tex'];
        const log = execFileSync('pdflatex', flags, {
          cwd: folder,
          encoding: 'latin1',
          stdio: ['ignore', 'pipe', 'ignore'],
        });
        expect(log).toMatch(/Output written on .*figures\.pdf/);
        expect(log).not.toContain('Overfull \\hbox');
      } finally {
        await rm(build, { recursive: true });
      }
    },
    30_000,
  );
});

describe('LaTeX', () => {
  it('escapes what means something to it, and writes letters without a glyph as code points', () => {
    expect(escapeLatex('50 % of a_b & $c {d} #1 ~ ^ \\')).toBe(
      '50 \\% of a\\_b \\& \\$c \\{d\\} \\#1 \\textasciitilde{} \\textasciicircum{} \\textbackslash{}',
    );
    expect(escapeLatex('2¹⁰ µs ≤ 3 – 4, é')).toBe(
      '2\\textsuperscript{1}\\textsuperscript{0} \\textmu{}s $\\le$ 3 -- 4, é',
    );
    expect(escapeLatex('語')).toBe('[U+8A9E]');
  });

  it('sets a table for booktabs, numbers to the right; what is too wide goes into further tables below', async () => {
    const cell = '1.23 (1.20 – 1.25)';
    const wide = {
      header: ['query', ...Array.from({ length: 12 }, (_, i) => `lane-${i}, ms`)],
      rows: [['q6', ...Array.from({ length: 12 }, () => cell)]],
    };
    const text = await latexTable(wide);
    expect(text.match(/\\begin\{tabular\}\{@\{\}lr+@\{\}\}/g)!.length).toBeGreaterThan(1);
    expect(text.match(/^q6 & /gm)!.length).toBe(text.match(/\\toprule/g)!.length);
    expect(text.match(/1\.23 \(1\.20 -- 1\.25\)/g)).toHaveLength(12);
    const long = { header: ['size', 'a'], rows: Array.from({ length: 100 }, (_, i) => [String(i), cell]) };
    expect(await latexTable(long)).toContain('\\begin{longtable}');
  });
});
