import type { TopLevelSpec } from 'vega-lite';
import type { Experiment } from '../experiment.ts';
import type { CaseSummary } from '../summary.ts';
import { stylesOf } from './palette.ts';

const FONT = 'DejaVu Sans';
const PANEL = { width: 230, height: 170 };

/** One mark of the figure: a median with its interval. */
interface Point {
  readonly x: string | number;
  readonly series: string;
  readonly dash: string;
  readonly row: string;
  readonly column: string;
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** The Vega-Lite specification of an experiment's figure: lines over x with the 95 % interval of every median. */
export function figureSpec(experiment: Experiment, summaries: readonly CaseSummary[]): TopLevelSpec {
  const { figure } = experiment;
  const points = pointsOf(experiment, summaries);
  const unit = summaries.find(({ metric }) => metric === figure.y.metric)?.unit ?? '';
  const styles = stylesOf(distinct(points.map(({ series }) => series)));
  const dashes = distinct(points.map(({ dash }) => dash));
  const dashLabels = [...stylesOf(dashes).values()].map(({ label }) => label);
  const label = (level: string) => styles.get(level)!.label;
  const values = points.map((point) => ({
    ...point,
    series: label(point.series),
    dash: stylesOf(dashes).get(point.dash)!.label,
  }));
  const seriesScale = [...styles.values()];

  const x = {
    field: 'x',
    ...(figure.x.scale === 'level'
      ? { type: 'ordinal' as const, sort: distinct(points.map((point) => String(point.x))) }
      : {
          type: 'quantitative' as const,
          scale: logScale(
            figure.x.scale,
            points.map((point) => Number(point.x)),
          ),
        }),
    title: figure.x.title,
    axis: {
      labelAngle: 0,
      ...(figure.x.scale === 'level'
        ? {}
        : { values: tickValues(figure.x.scale, points), ...tickLabels(figure.x.scale) }),
    },
  };
  const y = {
    type: 'quantitative' as const,
    title: `${figure.y.title} (${unit.replace('1e6 ', 'million ').replace('1e9 ', 'billion ')})`,
    scale: figure.y.scale === 'log10' ? { type: 'log' as const, nice: true } : { zero: true, nice: true },
    axis: { format: '~g', tickCount: 5 },
  };
  const color = {
    field: 'series',
    type: 'nominal' as const,
    title: null,
    scale: { domain: seriesScale.map((style) => style.label), range: seriesScale.map((style) => style.color) },
  };
  const shape = { ...color, scale: { domain: color.scale.domain, range: seriesScale.map((style) => style.shape) } };
  const strokeDash =
    figure.dash === undefined
      ? {}
      : {
          strokeDash: {
            field: 'dash',
            type: 'nominal' as const,
            title: null,
            scale: {
              domain: dashLabels,
              range: [
                [1, 0],
                [4, 3],
              ].slice(0, dashLabels.length),
            },
            legend: { symbolType: 'stroke' as const, symbolSize: 300 },
          },
        };
  const rows = distinct(points.map(({ row }) => row));
  const columns = distinct(points.map(({ column }) => column));

  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    title: {
      text: experiment.question,
      subtitle: 'Medians; the bars are 95 % bootstrap intervals',
      anchor: 'start',
      offset: 12,
    },
    background: 'white',
    padding: 12,
    data: { values },
    facet: {
      ...(figure.row && {
        row: {
          field: 'row',
          type: 'nominal',
          title: null,
          sort: rows,
          header: { labelOrient: 'top' as const, labelAnchor: 'start' as const },
        },
      }),
      ...(figure.column && { column: { field: 'column', type: 'nominal', title: null, sort: columns } }),
      ...(!figure.row &&
        !figure.column && { column: { field: 'column', type: 'nominal', title: null, header: { labels: false } } }),
    },
    spec: {
      ...PANEL,
      encoding: { x, color, ...strokeDash },
      layer: [
        { mark: { type: 'line', strokeWidth: 1.8 }, encoding: { y: { ...y, field: 'median' } } },
        {
          mark: { type: 'rule', strokeWidth: 1.4 },
          encoding: { y: { ...y, field: 'low' }, y2: { field: 'high' }, strokeDash: { value: [1, 0] } },
        },
        {
          mark: { type: 'point', filled: true, size: 55, opacity: 1 },
          encoding: { y: { ...y, field: 'median' }, shape, strokeDash: { value: [1, 0] } },
        },
      ],
    },
    resolve: { scale: { y: figure.y.shared ? 'shared' : 'independent' }, axis: { x: 'independent', y: 'independent' } },
    config: {
      font: FONT,
      axis: { labelFontSize: 11, titleFontSize: 12, titleFontWeight: 'normal', gridColor: '#e5e5e5', titlePadding: 8 },
      header: { labelFontSize: 12, labelFontWeight: 'bold', labelPadding: 6 },
      legend: {
        labelFontSize: 12,
        symbolSize: 90,
        orient: 'bottom',
        direction: 'horizontal',
        columnPadding: 24,
        labelLimit: 0,
      },
      title: { fontSize: 15, subtitleFontSize: 11, subtitleColor: '#555555', subtitlePadding: 5 },
      view: { stroke: '#cccccc' },
      facet: { spacing: 22 },
    },
  } as TopLevelSpec;
}

function pointsOf({ name, figure }: Experiment, summaries: readonly CaseSummary[]): Point[] {
  return summaries
    .filter(({ experiment, metric }) => experiment === name && metric === figure.y.metric)
    .map(({ levels, median, low, high }) => ({
      x: figure.x.scale === 'level' ? levels[figure.x.factor]! : Number(levels[figure.x.factor]),
      series: levels[figure.series] ?? '',
      dash: figure.dash ? (levels[figure.dash] ?? '') : '',
      row: figure.row ? (levels[figure.row] ?? '') : '',
      column: figure.column ? (levels[figure.column] ?? '') : '',
      median,
      low,
      high,
    }));
}

function logScale(scale: 'log2' | 'log10', values: number[]) {
  const margin = scale === 'log2' ? 1.5 : 1.6;
  return {
    type: 'log' as const,
    base: scale === 'log2' ? 2 : 10,
    nice: false,
    domain: [Math.min(...values) / margin, Math.max(...values) * margin],
  };
}

function tickValues(scale: 'log2' | 'log10', points: readonly Point[]): number[] {
  const values = distinct(points.map((point) => Number(point.x))).sort((a, b) => a - b);
  // Every second power of two is enough to read, and does not collide.
  return scale === 'log2' && values.length > 6 ? values.filter((_, i) => i % 2 === 0) : values;
}

function tickLabels(scale: 'log2' | 'log10') {
  if (scale === 'log10') return { format: '~g' };
  return { labelExpr: "'2^' + format(log(datum.value) / log(2), '.0f')" };
}

function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
