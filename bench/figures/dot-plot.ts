import type { Experiment } from '../experiment/experiment.ts';
import { formatNumber } from '../samples/table.ts';
import { stylesOf } from './palette.ts';
import { inOrder, type Point } from './points.ts';
import { readableUnit } from './unit.ts';

const WIDTH = 210;
const ROW_HEIGHT = 19;
const COLUMNS = 3;
/** Room for a label right of the farthest dot, as a factor of its value. */
const LABEL_ROOM = 7;

/**
 * A panel for each level of x in each row and column, as far as there are cases; in each a line for every level of the
 * series with its dot, interval and number over an axis of logarithms that all panels share. For many contenders whose
 * speeds lie far apart.
 */
export function dotPanels(experiment: Experiment, points: readonly Point[], unit: string) {
  const { figure } = experiment;
  const series = inOrder(experiment, figure.series, points, 'series');
  const styles = stylesOf(series);
  const labels = series.map((level) => styles.get(level)!.label);
  const lows = points.map(({ low }) => low);
  const highs = points.map(({ high }) => high);
  const scale = { type: 'log', domain: [Math.min(...lows) / 1.3, Math.max(...highs) * LABEL_ROOM], nice: false };
  const axis = { tickCount: 4, format: '~g', grid: true };
  const x = { type: 'quantitative', scale, axis, title: `${figure.y.title} (${readableUnit(unit)})` };
  const y = { field: 'series', type: 'nominal', sort: labels, title: null, axis: { labelLimit: 0, ticks: false } };
  const color = {
    field: 'series',
    type: 'nominal',
    scale: { domain: labels, range: series.map((level) => styles.get(level)!.color) },
    legend: null,
  };
  const panels = inOrder(experiment, figure.row, points, 'row').flatMap((row) =>
    inOrder(experiment, figure.column, points, 'column').flatMap((column) =>
      inOrder(experiment, figure.x.factor, points, 'x').map((level) => ({
        title: [column, row, level].filter((part) => part !== '').join(', '),
        values: points
          .filter((point) => point.row === row && point.column === column && String(point.x) === level)
          .map((point) => ({
            ...point,
            series: styles.get(point.series)!.label,
            number: formatNumber(point.median),
          })),
      })),
    ),
  );
  const concat = panels
    .filter(({ values }) => values.length > 0)
    .map(({ title, values }) => ({
      width: WIDTH,
      height: ROW_HEIGHT * labels.length,
      title: { text: title, anchor: 'middle', fontSize: 12, offset: 6 },
      data: { values },
      encoding: { y, color },
      layer: [
        { mark: { type: 'rule', strokeWidth: 1.6 }, encoding: { x: { ...x, field: 'low' }, x2: { field: 'high' } } },
        { mark: { type: 'point', filled: true, size: 55, opacity: 1 }, encoding: { x: { ...x, field: 'median' } } },
        {
          mark: { type: 'text', align: 'left', baseline: 'middle', dx: 9, fontSize: 10 },
          encoding: {
            x: { ...x, field: 'high' },
            text: { field: 'number', type: 'nominal' },
            color: { value: '#333333' },
          },
        },
      ],
    }));
  return { concat, columns: COLUMNS };
}
