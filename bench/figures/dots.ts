import { FONT_SIZE } from './frame.ts';
import { type Drawn, type Marks, type Place, panelsBy, rowsOf, seriesStyles, tooltipOf } from './marks.ts';
import type { Point } from './points.ts';
import { wrapText } from './text-width.ts';
import { readableUnit } from './unit.ts';

const ROW_HEIGHT = 9.5;
const LEAST_WIDTH = 92;
const POINT = 18;
const HOLE = 6;
/** Between the farthest dot and its number. */
const NUMBER_GAP = 4;

/**
 * A panel for each level of x in each row and column, as far as there are cases; in each a line for every level of the
 * series with its dot, interval and number over an axis of logarithms, which all panels share unless each is to have its
 * own. For many contenders whose speeds lie far apart.
 */
export function dotMarks(drawn: Drawn): Marks {
  const { experiment, points, unit, textWidth } = drawn;
  const styles = seriesStyles(drawn);
  const labels = [...styles.values()].map(({ label }) => label);
  const { shared } = experiment.figure.y;
  const color = {
    field: 'series',
    type: 'nominal',
    scale: { domain: labels, range: [...styles.values()].map((style) => style.color) },
    legend: null,
  };
  const title = `${experiment.figure.y.title} (${readableUnit(unit)})`;
  const labelWidth = Math.max(...labels.map((label) => textWidth(label, FONT_SIZE)));
  const numberWidth = textWidth('0.0000', FONT_SIZE) + NUMBER_GAP;
  const view = (own: readonly Point[], { width, isFirst, isBottom }: Place) => {
    const inScale = shared ? points : own;
    const low = Math.min(...inScale.map((point) => point.low)) / 1.3;
    const high = Math.max(...inScale.map((point) => point.high)) * 1.1;
    // The axis goes on so far that the number of the farthest dot has room.
    const end = low * (high / low) ** (width / (width - numberWidth));
    const decades = Math.log10(end / low);
    const x = {
      type: 'quantitative',
      scale: { type: 'log', domain: [low, end], nice: false },
      axis: {
        grid: true,
        format: '~g',
        ...(decades > 1 ? { values: powersOfTen(low, end, width) } : { tickCount: 3 }),
        ...(shared && !isBottom && { labels: false, ticks: false }),
      },
      title: isBottom ? wrapText(title, width, FONT_SIZE, textWidth) : null,
    };
    const y = {
      field: 'series',
      type: 'nominal',
      sort: labels,
      scale: { domain: labels },
      title: null,
      axis: isFirst ? { labelLimit: 0, ticks: false } : { labels: false, ticks: false },
    };
    const tooltip = tooltipOf(drawn);
    const median = { x: { ...x, field: 'median' } };
    return {
      data: { values: rowsOf(drawn, own, styles) },
      encoding: { y, color },
      layer: [
        {
          mark: { type: 'rule', strokeWidth: 1 },
          encoding: { x: { ...x, field: 'low' }, x2: { field: 'high' }, tooltip },
        },
        { mark: { type: 'point', filled: true, size: POINT, opacity: 1 }, encoding: { ...median, tooltip } },
        {
          transform: [{ filter: 'datum.disturbed > 0' }],
          mark: { type: 'point', filled: true, size: HOLE, opacity: 1 },
          encoding: { ...median, color: { value: 'white' }, tooltip },
        },
        {
          mark: { type: 'text', align: 'left', baseline: 'middle', dx: NUMBER_GAP, fontSize: FONT_SIZE },
          encoding: {
            x: { ...x, field: 'high' },
            text: { field: 'number', type: 'nominal' },
            color: { value: '#333333' },
          },
        },
      ],
    };
  };
  return {
    panels: panelsBy(drawn, ['row', 'machine', 'column', 'x'], ['column', 'row', 'machine', 'x']),
    group: 1,
    values: 'x',
    leastWidth: LEAST_WIDTH,
    axisWidth: { first: labelWidth + 4, other: 0 },
    legend: [],
    height: () => ROW_HEIGHT * labels.length,
    view,
  };
}

/** The powers of ten within a range, as many as have room. */
function powersOfTen(low: number, high: number, width: number): number[] {
  const first = Math.ceil(Math.log10(low));
  const last = Math.floor(Math.log10(high));
  const room = Math.max(2, Math.floor(width / 24));
  const every = Math.ceil((last - first + 1) / room);
  return Array.from({ length: last - first + 1 }, (_, i) => first + i)
    .filter((exponent) => (exponent - first) % every === 0)
    .map((exponent) => Number(`1e${exponent}`));
}
