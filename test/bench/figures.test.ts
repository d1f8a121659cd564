import { describe, expect, it } from 'vitest';
import { loadExperiments } from '../../bench/experiment.ts';
import { combinations, resolveFactors } from '../../bench/factors.ts';
import { renderPng, renderSvg } from '../../bench/figures/render.ts';
import { figureSpec } from '../../bench/figures/spec.ts';
import type { CaseSummary } from '../../bench/summary.ts';

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
