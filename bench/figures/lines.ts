import { levelAxis, logAxis, valueAxis } from './axes.ts';
import { type Drawn, type Marks, type Place, panelsBy, rowsOf, seriesStyles, tooltipOf } from './marks.ts';
import { stylesOf } from './palette.ts';
import { inOrder, type Point } from './points.ts';

const SOLID = [1, 0];
const DASHES = [SOLID, [3, 2], [1, 1.5], [5, 1.5, 1, 1.5]];
const POINT = 18;
/** Of the white inside of a hollow point. */
const HOLE = 6;

/** A panel for each level of the row and column factors, in each lines over x, with the interval of every median. */
export function lineMarks(drawn: Drawn): Marks {
  const { experiment, points } = drawn;
  const { x, y, dash } = experiment.figure;
  const styles = seriesStyles(drawn);
  const labels = [...styles.values()].map(({ label }) => label);
  const dashes = [...stylesOf(inOrder(experiment, 'dash', points), dash).values()].map(({ label }) => label);
  const color = {
    field: 'series',
    type: 'nominal',
    title: null,
    scale: { domain: labels, range: [...styles.values()].map((style) => style.color) },
  };
  const shape = { ...color, scale: { domain: labels, range: [...styles.values()].map((style) => style.shape) } };
  const strokeDash = {
    field: 'dash',
    type: 'nominal',
    title: null,
    scale: { domain: dashes, range: dashes.map((_, i) => DASHES[i % DASHES.length]) },
    legend: { symbolType: 'stroke', symbolSize: 140, encoding: { symbols: { stroke: { value: '#444444' } } } },
  };
  const view = (own: readonly Point[], place: Place) => {
    const median = { y: { ...valueAxis(drawn, own, place), field: 'median' } };
    return {
      data: { values: rowsOf(drawn, own, styles) },
      encoding: {
        x: x.scale === 'level' ? levelAxis(drawn, place) : logAxis(drawn, place),
        color,
        ...(dash !== undefined && { strokeDash }),
      },
      layer: [
        { mark: { type: 'line', strokeWidth: 1 }, encoding: { ...median, order: { field: 'order' } } },
        {
          mark: { type: 'rule', strokeWidth: 0.8 },
          encoding: {
            y: { ...median.y, field: 'low' },
            y2: { field: 'high' },
            strokeDash: { value: SOLID },
            tooltip: tooltipOf(drawn),
          },
        },
        {
          mark: { type: 'point', filled: true, size: POINT, opacity: 1 },
          encoding: { ...median, shape, strokeDash: { value: SOLID }, tooltip: tooltipOf(drawn) },
        },
        {
          transform: [{ filter: 'datum.disturbed > 0' }],
          mark: { type: 'point', filled: true, size: HOLE, opacity: 1 },
          encoding: {
            ...median,
            shape,
            color: { value: 'white' },
            strokeDash: { value: SOLID },
            tooltip: tooltipOf(drawn),
          },
        },
      ],
    };
  };
  return {
    panels: panelsBy(drawn, ['row', 'machine', 'column'], ['column', 'row', 'machine']),
    group: inOrder(experiment, 'column', points).length,
    values: 'y',
    leastWidth: 70,
    axisWidth: { first: 36, other: y.shared ? 0 : 18 },
    legend: labels,
    height: (width) => Math.min(130, Math.max(82, width * 0.75)),
    view,
  };
}
