import type { TopLevelSpec } from 'vega-lite';
import type { Experiment } from '../experiment/experiment.ts';
import type { CaseSummary } from '../samples/summary.ts';
import { dotPanels } from './dot-plot.ts';
import { framed } from './frame.ts';
import { stylesOf } from './palette.ts';
import { inOrder, type Point, pointsOf } from './points.ts';
import { readableUnit } from './unit.ts';

const PANEL = { width: 230, height: 180 };
/** Width of a letter of a label, about. */
const LETTER = 7;
const SOLID = [1, 0];
const DASHED = [4, 3];
const NUMBER = ',.6~r';

/**
 * The Vega-Lite specification of an experiment's figure, with the 95 % interval of every median. Lines: a panel for each
 * level of its row and column factors, in each lines over x. Dots: see `dotPanels`.
 */
export function figureSpec(experiment: Experiment, summaries: readonly CaseSummary[]): TopLevelSpec {
  const { figure } = experiment;
  const points = pointsOf(experiment, summaries);
  const unit = summaries.find(({ metric }) => metric === figure.y.metric)?.unit ?? '';
  const panels = figure.mark === 'dots' ? dotPanels(experiment, points, unit) : linePanels(experiment, points, unit);
  return framed(experiment.question, 'Medians; the bars are 95 % bootstrap intervals', {
    ...panels,
    spacing: 24,
    resolve: { scale: { y: figure.y.shared ? 'shared' : 'independent', x: 'shared' } },
  });
}

function linePanels(experiment: Experiment, points: readonly Point[], unit: string) {
  const { figure } = experiment;
  const encoding = encodings(experiment, points, unit);
  const rows = inOrder(experiment, figure.row, points, 'row');
  const columns = inOrder(experiment, figure.column, points, 'column');
  const concat = rows.flatMap((row) =>
    columns.map((column) => {
      const values = points.filter((point) => point.row === row && point.column === column);
      return panel([column, row].filter((part) => part !== '').join(', '), encoding(values));
    }),
  );
  return { concat, columns: columns.length };
}

/** What a panel's marks share. */
interface Encoding {
  readonly values: readonly object[];
  readonly shared: object;
  readonly y: object;
  readonly shape: object;
}

function panel(title: string, { values, shared, y, shape }: Encoding): object {
  return {
    ...PANEL,
    ...(title !== '' && { title: { text: title, anchor: 'middle', fontSize: 12, offset: 6 } }),
    data: { values },
    encoding: shared,
    layer: [
      { mark: { type: 'line', strokeWidth: 1.8 }, encoding: { y: { ...y, field: 'median' } } },
      {
        mark: { type: 'rule', strokeWidth: 1.4 },
        encoding: { y: { ...y, field: 'low' }, y2: { field: 'high' }, strokeDash: { value: SOLID } },
      },
      {
        mark: { type: 'point', filled: true, size: 55, opacity: 1 },
        encoding: { y: { ...y, field: 'median' }, shape, strokeDash: { value: SOLID } },
      },
    ],
  };
}

/** Scales, axes and legends, the same for all panels of a figure. */
function encodings(
  experiment: Experiment,
  all: readonly Point[],
  unit: string,
): (points: readonly Point[]) => Encoding {
  const { x, y, dash } = experiment.figure;
  const styles = stylesOf(inOrder(experiment, experiment.figure.series, all, 'series'));
  const dashes = stylesOf(inOrder(experiment, dash, all, 'dash'));
  const domain = [...styles.values()].map((style) => style.label);
  const color = {
    field: 'series',
    type: 'nominal',
    title: null,
    scale: { domain, range: [...styles.values()].map((style) => style.color) },
  };
  const shape = { ...color, scale: { domain, range: [...styles.values()].map((style) => style.shape) } };
  const strokeDash = {
    field: 'dash',
    type: 'nominal',
    title: null,
    scale: { domain: [...dashes.values()].map((style) => style.label), range: [SOLID, DASHED].slice(0, dashes.size) },
    legend: { symbolType: 'stroke', symbolSize: 300 },
  };
  return (points) => ({
    values: points.map((point) => ({
      ...point,
      series: styles.get(point.series)!.label,
      dash: dashes.get(point.dash)!.label,
    })),
    shared: { x: xEncoding(experiment, x, all), color, ...(dash !== undefined && { strokeDash }) },
    y: {
      type: 'quantitative',
      // In two lines: one that Vega thinks longer than the panel is high would push the panel's own title away.
      title: [y.title, `(${readableUnit(unit)})`],
      scale: y.scale === 'log10' ? { type: 'log', nice: true } : { zero: true, nice: true },
      axis: { format: NUMBER, tickCount: 5 },
    },
    shape,
  });
}

function xEncoding(
  experiment: Experiment,
  { factor, title, scale }: Experiment['figure']['x'],
  points: readonly Point[],
) {
  const axis = { labelAngle: 0 };
  if (scale === 'level') {
    const sort = inOrder(experiment, factor, points, 'x');
    const isTight = sort.join(' ').length * LETTER > PANEL.width;
    return { field: 'x', type: 'ordinal', sort, title, axis: isTight ? { labelAngle: -40 } : axis };
  }
  const values = [...new Set(points.map((point) => Number(point.x)))].sort((a, b) => a - b);
  const margin = scale === 'log2' ? 1.5 : 1.6;
  return {
    field: 'x',
    type: 'quantitative',
    title,
    scale: {
      type: 'log',
      base: scale === 'log2' ? 2 : 10,
      nice: false,
      domain: [values[0]! / margin, values.at(-1)! * margin],
    },
    // Every second power of two is enough to read, and does not collide.
    axis:
      scale === 'log2'
        ? { ...axis, ...powersOfTwo(values.filter((_, i) => i % 2 === 0)) }
        : { ...axis, values, format: NUMBER },
  };
}

function powersOfTwo(values: readonly number[]) {
  const label = (value: number) =>
    `2${String(Math.log2(value)).replaceAll(/\d/g, (digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]!)}`;
  const choices = values.filter((value) => Number.isInteger(Math.log2(value)));
  return {
    values,
    labelExpr: `${choices.map((value) => `datum.value === ${value} ? '${label(value)}' : `).join('')}format(datum.value, '${NUMBER}')`,
  };
}
