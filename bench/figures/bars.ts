import { levelAxis, valueAxis } from './axes.ts';
import { type Drawn, type Marks, type Place, panelsBy, rowsOf, seriesStyles, tooltipOf } from './marks.ts';
import { inOrder, type Point } from './points.ts';

const BAR = 6;
/** Between groups of bars. */
const GAP = 8;

/**
 * A panel for each level of the row and column factors, in each a group of bars for every level of x, with intervals.
 * The axis begins at zero.
 */
export function barMarks(drawn: Drawn): Marks {
  const { experiment, points } = drawn;
  const { y } = experiment.figure;
  const styles = seriesStyles(drawn);
  const labels = [...styles.values()].map(({ label }) => label);
  const offset = { xOffset: { field: 'series', type: 'nominal', sort: labels, scale: { domain: labels } } };
  const color = {
    field: 'series',
    type: 'nominal',
    title: null,
    scale: { domain: labels, range: [...styles.values()].map((style) => style.color) },
  };
  const view = (own: readonly Point[], place: Place) => {
    const value = valueAxis(drawn, own, place);
    return {
      data: { values: rowsOf(drawn, own, styles) },
      encoding: { x: levelAxis(drawn, place), ...offset },
      layer: [
        {
          mark: { type: 'bar', strokeWidth: 0.6 },
          encoding: {
            y: { ...value, field: 'median' },
            color,
            stroke: { field: 'color', type: 'nominal', scale: null },
            // Bars of which some samples are disturbed are pale.
            fillOpacity: { condition: { test: 'datum.disturbed > 0', value: 0.35 }, value: 1 },
            tooltip: tooltipOf(drawn),
          },
        },
        {
          mark: { type: 'rule', strokeWidth: 0.8, color: '#222222' },
          encoding: { y: { ...value, field: 'low' }, y2: { field: 'high' }, tooltip: tooltipOf(drawn) },
        },
      ],
    };
  };
  const groups = inOrder(experiment, 'x', points).length;
  return {
    panels: panelsBy(drawn, ['row', 'machine', 'column'], ['column', 'row', 'machine']),
    group: inOrder(experiment, 'column', points).length,
    values: 'y',
    leastWidth: Math.max(70, groups * (labels.length * BAR + GAP)),
    axisWidth: { first: 36, other: y.shared ? 0 : 18 },
    legend: labels,
    height: (width) => Math.min(130, Math.max(82, width * 0.75)),
    view,
  };
}
