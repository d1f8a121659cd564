import { levelAxis, valueAxis } from './axes.ts';
import { type Drawn, type Marks, type Place, panelsBy, rowsOf, seriesStyles, tooltipOf } from './marks.ts';
import { inOrder, type Point } from './points.ts';

const BAR = 6;
/** Between groups of bars. */
const GAP = 8;

/**
 * A panel for each level of the row and column factors, in each a group of bars for every level of x, with intervals.
 * On a logarithmic axis bars begin at the power of ten below the least value.
 */
export function barMarks(drawn: Drawn): Marks {
  const { experiment, points } = drawn;
  const { y } = experiment.figure;
  const styles = seriesStyles(drawn);
  const labels = [...styles.values()].map(({ label }) => label);
  const floor = 10 ** Math.floor(Math.log10(Math.min(...points.map(({ low }) => low))));
  const base = y.scale === 'log10' ? { y2: { datum: floor } } : {};
  const offset = { xOffset: { field: 'series', type: 'nominal', sort: labels, scale: { domain: labels } } };
  const color = {
    field: 'series',
    type: 'nominal',
    title: null,
    scale: { domain: labels, range: [...styles.values()].map((style) => style.color) },
  };
  const view = (own: readonly Point[], place: Place) => {
    const axis = valueAxis(drawn, own, place);
    const value = y.scale === 'log10' ? { ...axis, scale: { ...axis.scale, domainMin: floor } } : axis;
    return {
      data: { values: rowsOf(drawn, own, styles) },
      encoding: { x: levelAxis(drawn, place), ...offset },
      layer: [
        {
          mark: { type: 'bar', strokeWidth: 0.6 },
          encoding: {
            y: { ...value, field: 'median' },
            ...base,
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
    leastWidth: Math.max(70, groups * (labels.length * BAR + GAP)),
    axisWidth: { first: 36, other: y.shared ? 0 : 18 },
    legend: labels,
    height: (width) => Math.min(130, Math.max(82, width * 0.75)),
    view,
  };
}
