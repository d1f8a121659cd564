import { FONT_SIZE, framed, legendColumns } from './frame.ts';
import type { Layout } from './layout.ts';
import type { Marks } from './marks.ts';
import type { PrintSize } from './print-size.ts';
import { type TextWidth, wrapText } from './text-width.ts';

const SPACING = 9;

/** Lays panels out in rows, as many side by side as the width allows; only outer panels have titles at their axes. */
export function panelLayout(
  marks: Marks,
  { width }: PrintSize,
  { isShared, notes, textWidth }: { isShared: boolean; notes: readonly string[]; textWidth: TextWidth },
): Layout {
  const { panels, axisWidth, group } = marks;
  const most = Math.floor((width - axisWidth.first + axisWidth.other) / (marks.leastWidth + axisWidth.other + SPACING));
  const columns = evenly(group > 1 ? group : panels.length, Math.max(1, most));
  const labels = marks.legend.map((label) => textWidth(label, FONT_SIZE));
  return {
    columns,
    rows: Math.ceil(panels.length / columns),
    spec: (panelWidth, from, to) => {
      const shown = panels.slice(from * columns, to * columns);
      const concat = shown.map(({ title, points }, i) => ({
        width: panelWidth,
        height: marks.height(panelWidth),
        layer: [
          marks.view(points, {
            width: panelWidth,
            isFirst: i % columns === 0,
            isBottom: i + columns >= shown.length,
          }),
          ...(title === '' ? [] : [panelTitle(wrapText(title, panelWidth, FONT_SIZE, textWidth), panelWidth)]),
        ],
      }));
      return framed(notes, legendColumns(labels, width - axisWidth.first), {
        concat,
        columns,
        spacing: SPACING,
        resolve: { scale: { x: 'shared', y: 'shared', [marks.values]: isShared ? 'shared' : 'independent' } },
      });
    },
  };
}

/** As a mark, since what Vega takes for a title it moves up for labels of axes beside it. */
function panelTitle(lines: readonly string[], width: number): object {
  return {
    data: { values: [{ title: lines }] },
    mark: { type: 'text', align: 'center', baseline: 'bottom', fontSize: FONT_SIZE, fontWeight: 'bold' },
    encoding: {
      x: { value: width / 2 },
      y: { value: -FONT_SIZE * (1.2 * (lines.length - 1) + 0.4) },
      text: { field: 'title', type: 'nominal' },
    },
  };
}

/** `count` things in rows of at most `most`, so that the last row is not much shorter than the others. */
function evenly(count: number, most: number): number {
  return Math.ceil(count / Math.ceil(count / most));
}
