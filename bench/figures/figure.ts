import type { Experiment } from '../experiment/experiment.ts';
import type { CaseSummary } from '../samples/summary.ts';
import { barMarks } from './bars.ts';
import { dotMarks } from './dots.ts';
import { FONT_SIZE, PADDING } from './frame.ts';
import type { Layout } from './layout.ts';
import { lineMarks } from './lines.ts';
import type { Drawn, Marks } from './marks.ts';
import { panelLayout } from './panels.ts';
import { type Point, pointsOf } from './points.ts';
import type { PrintSize } from './print-size.ts';
import { type TextWidth, wrapText } from './text-width.ts';

const MARKS: Readonly<Record<Experiment['figure']['mark'], (drawn: Drawn) => Marks>> = {
  lines: lineMarks,
  bars: barMarks,
  dots: dotMarks,
};

/** An experiment's figure, laid out for a width of print; undefined where there is nothing to draw. `notes` stand below it, besides what the marks mean. */
export function figureLayout(
  experiment: Experiment,
  summaries: readonly CaseSummary[],
  size: PrintSize,
  { textWidth, notes }: { textWidth: TextWidth; notes: readonly string[] },
): Layout | undefined {
  const { figure } = experiment;
  const all = pointsOf(experiment, summaries);
  const isLog = figure.y.scale === 'log10' || figure.mark === 'dots';
  const points = isLog ? aboveZero(all) : all;
  if (points.length === 0) return undefined;
  const unit = summaries.find(({ metric }) => metric === figure.y.metric)?.unit ?? '';
  const marks = MARKS[figure.mark]({ experiment, points, unit, textWidth });
  const lines = [...meaning(figure.mark, points), ...leftOut(all.length - points.length), ...notes].flatMap((note) =>
    wrapText(note, size.width - 2 * PADDING, FONT_SIZE, textWidth),
  );
  return panelLayout(marks, size, { isShared: figure.y.shared, notes: lines, textWidth });
}

/** What a logarithmic axis can show; an interval that reaches down to zero is drawn as far as the least value. */
function aboveZero(points: readonly Point[]): Point[] {
  const shown = points.filter(({ median }) => median > 0);
  const least = Math.min(...shown.flatMap(({ median, low }) => (low > 0 ? [low] : [median])));
  return shown.map((point) => (point.low > 0 ? point : { ...point, low: least }));
}

function leftOut(count: number): string[] {
  return count === 0 ? [] : [`Not drawn on the logarithmic axis: ${count} of the medians, which are not above zero.`];
}

function meaning(mark: Experiment['figure']['mark'], points: readonly Point[]): string[] {
  const hollow = mark === 'bars' ? 'Pale' : 'Hollow';
  const note = points.some(({ disturbed }) => disturbed > 0)
    ? ` ${hollow}: something else on the machine disturbed some of the samples.`
    : '';
  return [`Medians with their 95 % bootstrap intervals.${note}`];
}
