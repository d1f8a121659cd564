import { describe, expect, it } from 'vitest';
import { combinations, resolveFactors } from '../../bench/experiment/factors.ts';
import { loadExperiments } from '../../bench/experiment/read-experiments.ts';
import { renderPng, renderSvg } from '../../bench/figures/render.ts';
import { figureSpec } from '../../bench/figures/spec.ts';
import { splitSpec, splitTable } from '../../bench/figures/split.ts';
import type { CaseSummary } from '../../bench/samples/summary.ts';

describe('figures', () => {
  it('draws every experiment with its title, axes and legend', async () => {
    for (const experiment of resolveFactors(await loadExperiments(), [1, 2], [])) {
      const sizes = experiment.factors.size as string[] | undefined;
      const factors = { ...experiment.factors, ...(sizes && { size: sizes.map((_, i) => String(2 ** (10 + 2 * i))) }) };
      const summaries = combinations(factors).map(
        (levels, i): CaseSummary => ({
          experiment: experiment.name,
          levels,
          metric: experiment.figure.y.metric,
          unit: '1e6 rows/s',
          values: [i + 1],
          rounds: [0],
          disturbed: 0,
          median: i + 1,
          low: i + 0.5,
          high: i + 1.5,
          n: 1,
        }),
      );
      const svg = await renderSvg(figureSpec({ ...experiment, factors }, summaries));
      const { x, y, mark } = experiment.figure;
      // Dots have no axis for x: its levels are panels.
      const across = mark === 'dots' ? (experiment.factors[x.factor] as string[]) : [x.title];
      for (const text of [experiment.question, ...across, y.title, '(million rows/s)']) expect(svg).toContain(text);
      expect(svg).not.toContain('NaN');
      expect(svg).not.toContain('undefined');
    }
  });

  it('stacks the parts of a split, a bar a case, and adds them up in a table', async () => {
    const experiment = (await loadExperiments()).find(({ split }) => split)!;
    const { metrics, title } = experiment.split!;
    const summaries = ['q6', 'q1'].flatMap((query) =>
      metrics.map(
        (metric, i): CaseSummary => ({
          experiment: experiment.name,
          levels: { data: 'lineitem', query, lane: 'wasm-stages' },
          metric,
          unit: 'ms/GB',
          values: [i],
          rounds: [0],
          disturbed: 0,
          median: i,
          low: i,
          high: i,
          n: 1,
        }),
      ),
    );
    const svg = await renderSvg(splitSpec(experiment, summaries)!);
    for (const text of [title, 'lineitem, q6', 'lineitem, q1', 'ms/GB', ...metrics]) expect(svg).toContain(text);
    const { header, rows } = splitTable(experiment, summaries);
    expect(header).toEqual(['ms/GB', ...metrics, 'sum']);
    expect(rows.map((row) => [row[0], row.at(-1)])).toEqual([
      ['lineitem, q6', '21.0'],
      ['lineitem, q1', '21.0'],
    ]);
    expect(splitSpec({ ...experiment, split: undefined }, summaries)).toBeUndefined();
  });

  it('draws text in PNG with fonts of its own: the letters leave ink', async () => {
    const draw = (text: string) =>
      renderPng(
        `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="40"><text x="5" y="25" font-family="DejaVu Sans" font-size="20">${text}</text></svg>`,
      );
    const blank = await draw('');
    const words = await draw('rows a second');
    expect([...words.subarray(1, 4)]).toEqual([...Buffer.from('PNG')]);
    expect(words.length).toBeGreaterThan(blank.length + 1000);
  });
});
