import { describe, expect, it } from 'vitest';
import type { Experiment } from '../../../bench/experiment/experiment.ts';
import { combinations, resolveFactors } from '../../../bench/experiment/factors.ts';
import { loadExperiments, parseExperiment } from '../../../bench/experiment/read-experiments.ts';
import { figureLayout } from '../../../bench/figures/figure.ts';
import { drawParts } from '../../../bench/figures/fit.ts';
import { renderPdf } from '../../../bench/figures/pdf.ts';
import { renderPng } from '../../../bench/figures/png.ts';
import { ONE_COLUMN, PAGE_HEIGHT, type PrintSize, TWO_COLUMNS } from '../../../bench/figures/print-size.ts';
import { splitLayout, splitTable } from '../../../bench/figures/split.ts';
import { loadTextWidth } from '../../../bench/figures/text-width.ts';
import type { Levels } from '../../../bench/samples/levels.ts';
import type { CaseSummary } from '../../../bench/samples/summary.ts';

const EXPERIMENT = `
name: fake
version: 1
default: true
kind: fake
question: Is a faster than b?
method: Made-up times.
stop: { width: 0.05, least: 4, most: 4, seconds: 60 }
warmup: 1
factors: { size: [1, 2, 4], lane: [a, b] }
figure:
  x: { factor: size, title: Size }
  y: { metric: time, title: Time }
  series: lane
findings: [{ factor: lane, subject: a, baseline: b }]
`;

function summary(experiment: Experiment, levels: Levels, median: number, more: Partial<CaseSummary> = {}): CaseSummary {
  return {
    experiment: experiment.name,
    levels,
    metric: experiment.figure.y.metric,
    unit: '1e6 rows/s',
    values: [median],
    rounds: [0],
    disturbed: 0,
    median,
    low: median * 0.9,
    high: median * 1.1,
    n: 1,
    ...more,
  };
}

async function draw(experiment: Experiment, summaries: CaseSummary[], size: PrintSize, notes: string[] = []) {
  const textWidth = await loadTextWidth();
  return drawParts(figureLayout(experiment, summaries, size, { textWidth, notes })!, size, experiment.question);
}

/** The size of the letters of a drawing, on paper, in points. */
function fontSizes(svg: string, size: PrintSize): number[] {
  const [, width] = /viewBox="0 0 ([\d.]+) /.exec(svg)!;
  return Array.from(
    svg.matchAll(/font-size="([\d.]+)(?:px)?"/g),
    ([, pixels]) => (Number(pixels) * size.width) / Number(width),
  );
}

describe('figures', () => {
  it('draws every experiment in one column and in two: as wide as the column, letters of at least 7 pt, no part higher than a page', async () => {
    for (const experiment of resolveFactors(await loadExperiments(), [1, 2], [])) {
      const sizes = (experiment.factors.size as string[] | undefined)?.slice(0, 4);
      const { row = '', column = '', x } = experiment.figure;
      const few = [row, column, x.factor].flatMap((factor) => {
        const levels = experiment.factors[factor] as string[] | undefined;
        return levels ? [[factor, levels.slice(0, factor === x.factor ? 4 : 2)]] : [];
      });
      const factors = {
        ...experiment.factors,
        ...Object.fromEntries(few),
        ...(sizes && { size: sizes.map((_, i) => String(2 ** (10 + 2 * i))) }),
      };
      const sized = { ...experiment, factors };
      const summaries = combinations(factors).map((levels, i) => summary(sized, levels, 1 + (i % 100)));
      for (const size of [ONE_COLUMN, TWO_COLUMNS]) {
        const parts = await draw(sized, summaries, size);
        for (const { svg, height } of parts) {
          expect(svg).toContain(`width="${size.mm}mm"`);
          expect(svg).not.toMatch(/NaN|undefined|Infinity/);
          expect(Math.min(...fontSizes(svg, size)), experiment.name).toBeGreaterThan(6.9);
          expect(height).toBeLessThanOrEqual(PAGE_HEIGHT);
        }
        const all = parts.map(({ svg }) => svg).join('');
        for (const text of [experiment.question, '(million rows/s)']) expect(all).toContain(text);
      }
    }
  });

  it('has fewer panels in a row in one column than in two', async () => {
    const experiment = (await loadExperiments()).find(({ name }) => name === 'scan-throughput')!;
    const factors = { ...experiment.factors, cores: ['1', '2'] };
    const summaries = combinations(factors).map((levels, i) => summary(experiment, levels, i + 1));
    const layout = async (size: PrintSize) =>
      figureLayout({ ...experiment, factors }, summaries, size, { textWidth: await loadTextWidth(), notes: [] });
    expect((await layout(ONE_COLUMN))!.columns).toBe(2);
    expect((await layout(TWO_COLUMNS))!.columns).toBe(4);
  });

  it.each(['lines', 'bars', 'dots'] as const)(
    'shows with %s what is disturbed, and names what is wrong',
    async (mark) => {
      const plain = parseExperiment(EXPERIMENT, 'fake.yaml');
      const experiment = { ...plain, figure: { ...plain.figure, mark } };
      const summaries = combinations(experiment.factors).map((levels, i) =>
        summary(experiment, levels, i + 1, i === 2 ? { disturbed: 1 } : i === 3 ? { wrong: 'it differs' } : {}),
      );
      const parts = await draw(experiment, summaries, ONE_COLUMN, ['Not drawn: 2, b.']);
      const svg = parts.map((part) => part.svg).join('');
      expect(svg).toContain(mark === 'bars' ? 'Pale:' : 'Hollow:');
      expect(svg).toContain('Not drawn: 2, b.');
      const drawn = JSON.stringify(parts[0]!.vega);
      expect(drawn).toContain('1, 1 of them disturbed');
      expect(drawn.match(/"samples":"1/g)).toHaveLength(5);
    },
  );

  it.each(['lines', 'dots'] as const)(
    'with %s leaves out of a logarithmic axis what is not above zero, and says so',
    async (mark) => {
      const plain = parseExperiment(EXPERIMENT, 'fake.yaml');
      const figure = { ...plain.figure, mark, y: { ...plain.figure.y, scale: 'log10' as const } };
      const experiment = { ...plain, figure };
      const summaries = combinations(experiment.factors).map((levels, i) =>
        summary(experiment, levels, i, i === 2 ? { low: -1 } : {}),
      );
      const [part] = await draw(experiment, summaries, ONE_COLUMN);
      expect(part!.svg).toContain('Not drawn on the logarithmic axis: 1 of the medians');
      expect(part!.svg).not.toMatch(/NaN|Infinity/);
    },
  );

  it('draws runs of several machines in a panel each', async () => {
    const plain = parseExperiment(EXPERIMENT, 'fake.yaml');
    const experiment = { ...plain, factors: { ...plain.factors, machine: ['pi', 'server'] } };
    const summaries = combinations(experiment.factors).map((levels, i) => summary(experiment, levels, i + 1));
    const [part] = await draw(experiment, summaries, ONE_COLUMN);
    for (const machine of ['pi', 'server']) expect(part!.svg).toContain(`>${machine}</text>`);
  });

  it('stacks the parts of a split, a bar a case, and adds them up in a table', async () => {
    const experiment = (await loadExperiments()).find(({ split }) => split)!;
    const { metrics, title } = experiment.split!;
    const summaries = ['q6', 'q1'].flatMap((query) =>
      metrics.map((metric, i) =>
        summary(experiment, { data: 'lineitem', query, lane: 'wasm-stages' }, i, { metric, unit: 'ms/GB' }),
      ),
    );
    const textWidth = await loadTextWidth();
    const [part] = await drawParts(splitLayout(experiment, summaries, ONE_COLUMN, textWidth)!, ONE_COLUMN, title);
    for (const text of [title, 'lineitem, q6', 'lineitem, q1', 'ms/GB', ...metrics]) expect(part!.svg).toContain(text);
    const { header, rows } = splitTable(experiment, summaries);
    expect(header).toEqual(['ms/GB', ...metrics, 'sum']);
    expect(rows.map((row) => [row[0], row.at(-1)])).toEqual([
      ['lineitem, q6', '21.0'],
      ['lineitem, q1', '21.0'],
    ]);
    expect(splitLayout({ ...experiment, split: undefined }, summaries, ONE_COLUMN, textWidth)).toBeUndefined();
  });

  it('draws text in PNG with fonts of its own: the letters leave ink', async () => {
    const png = (text: string) =>
      renderPng(
        `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="40"><text x="5" y="25" font-family="DejaVu Sans" font-size="20">${text}</text></svg>`,
        ONE_COLUMN,
      );
    const blank = await png('');
    const words = await png('rows a second');
    expect([...words.subarray(1, 4)]).toEqual([...Buffer.from('PNG')]);
    expect(words.length).toBeGreaterThan(blank.length + 1000);
  });

  it('draws PDF of the print size with its font embedded, the same bytes each time', async () => {
    const experiment = parseExperiment(EXPERIMENT, 'fake.yaml');
    const summaries = combinations(experiment.factors).map((levels, i) => summary(experiment, levels, i + 1));
    const [part] = await draw(experiment, summaries, ONE_COLUMN);
    const info = { title: experiment.question, created: new Date(0) };
    const pdf = Buffer.from(await renderPdf(part!.svg, part!, info));
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    const text = pdf.toString('latin1');
    expect(text).toMatch(/\/MediaBox \[0 0 238\.11/);
    expect(text).toMatch(/\/FontFile2/);
    expect(text).toMatch(/\+DejaVuSans/);
    expect(Buffer.from(await renderPdf(part!.svg, part!, info)).equals(pdf)).toBe(true);
  });
});
