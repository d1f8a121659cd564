import { FONT_SIZE } from './frame.ts';
import type { Drawn, Place } from './marks.ts';
import { inOrder, type Point } from './points.ts';
import { wrapText } from './text-width.ts';
import { readableUnit } from './unit.ts';

/** Numbers of axes: in full up to six digits, beyond with k, M, G. */
const NUMBER_LABEL = "abs(datum.value) >= 1e6 ? format(datum.value, '~s') : format(datum.value, ',.6~r')";
const LABEL_GAP = 5;
/** Between the outermost marks and the frame, as a factor. */
const LOG_MARGIN = 1.2;
/** From which only powers of ten have ticks. */
const MANY_DECADES = 2.5;
const HIDDEN = { labels: false, ticks: false, title: null };

/** The axis of numbers; `shared`: the panels of a row have one in common, which only the first one writes down. */
export function valueAxis({ experiment, unit, points }: Drawn, own: readonly Point[], { isFirst }: Place) {
  const { title, scale, shared } = experiment.figure.y;
  const inScale = shared ? points : own;
  const low = Math.min(...inScale.map((point) => point.low));
  const high = Math.max(...inScale.map((point) => point.high));
  const ticks = scale === 'log10' ? { values: logTicks(low / LOG_MARGIN, high * LOG_MARGIN) } : { tickCount: 4 };
  return {
    type: 'quantitative',
    // In two lines: one that Vega thinks longer than the panel is high would push the panel's own title away.
    title: isFirst ? [title, `(${readableUnit(unit)})`] : null,
    scale:
      scale === 'log10'
        ? { type: 'log', nice: false, domain: [low / LOG_MARGIN, high * LOG_MARGIN] }
        : { zero: true, nice: true },
    axis: { ...ticks, ...(isFirst || !shared ? { labelExpr: NUMBER_LABEL } : HIDDEN) },
  };
}

/** Powers of ten within a range; where there are few, their multiples by 2 and 5 too. */
function logTicks(low: number, high: number): number[] {
  const first = Math.floor(Math.log10(low));
  const exponents = Array.from({ length: Math.ceil(Math.log10(high)) - first + 1 }, (_, i) => first + i);
  const steps = Math.log10(high / low) > MANY_DECADES ? [1] : [1, 2, 5];
  return exponents
    .flatMap((exponent) => steps.map((step) => Number(`${step}e${exponent}`)))
    .filter((tick) => tick >= low && tick <= high);
}

/** x as places, one a level, in the order of the experiment; labels are slanted where they would collide. */
export function levelAxis({ experiment, points, textWidth }: Drawn, { width, isBottom }: Place) {
  const sort = inOrder(experiment, 'x', points);
  const widths = sort.map((label) => textWidth(label, FONT_SIZE));
  const collide = widths.some((own, i) => (own + (widths[i + 1] ?? 0)) / 2 + LABEL_GAP > width / sort.length);
  const axis = collide ? { labelAngle: -40, labelLimit: 0 } : { labelAngle: 0 };
  const title = wrapText(experiment.figure.x.title, width, FONT_SIZE, textWidth);
  return {
    field: 'x',
    type: 'ordinal',
    sort,
    ...(isBottom ? { title, axis: { ...axis, ticks: false } } : { axis: HIDDEN }),
  };
}

/** x as numbers on a logarithmic scale, with ticks at levels of the experiment, as many as there is room for. */
export function logAxis({ experiment, points, textWidth }: Drawn, { width, isBottom }: Place) {
  const { title, scale } = experiment.figure.x;
  const values = [...new Set(points.map((point) => Number(point.x)))].sort((a, b) => a - b);
  const powers = scale === 'log2' ? values.filter((value) => Number.isInteger(Math.log2(value))) : [];
  const label = scale === 'log2' ? powerOfTwo : String;
  const widest = Math.max(...values.map((value) => textWidth(label(value), FONT_SIZE))) + LABEL_GAP;
  const first = values[0]!;
  const last = values.at(-1)!;
  const margin = Math.max((last / first) ** 0.04, 1.05);
  const shown = apart(
    powers.length > 1 ? powers : values,
    widest * (Math.log((last * margin * margin) / first) / width),
  );
  return {
    field: 'x',
    type: 'quantitative',
    title: isBottom ? wrapText(title, width, FONT_SIZE, textWidth) : null,
    scale: { type: 'log', base: scale === 'log2' ? 2 : 10, nice: false, domain: [first / margin, last * margin] },
    axis: {
      values: shown,
      grid: false,
      labelExpr: shown.map((value) => `datum.value === ${value} ? '${label(value)}' : `).join('') + NUMBER_LABEL,
      ...(!isBottom && HIDDEN),
    },
  };
}

/** Those of the ascending values whose logarithms are at least `distance` from the one kept before. */
function apart(values: readonly number[], distance: number): number[] {
  const kept: number[] = [];
  for (const value of values) if (kept.length === 0 || Math.log(value / kept.at(-1)!) >= distance) kept.push(value);
  return kept;
}

function powerOfTwo(value: number): string {
  const exponent = Math.log2(value);
  if (!Number.isInteger(exponent)) return String(value);
  return `2${String(exponent).replaceAll(/\d/g, (digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]!)}`;
}
