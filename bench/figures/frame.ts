import type { TopLevelSpec } from 'vega-lite';
import { FONT_FAMILY } from './fonts.ts';

/** Points: the least that journals allow. */
export const FONT_SIZE = 7;
export const PADDING = 2;

/** The lines below a figure. */
export function noteTitle(lines: readonly string[]): object {
  return {
    text: lines,
    orient: 'bottom',
    anchor: 'start',
    frame: 'bounds',
    offset: 6,
    fontSize: FONT_SIZE,
    lineHeight: FONT_SIZE * 1.3,
    fontWeight: 'normal',
    color: '#444444',
  };
}

/** What all figures share: fonts, hairlines, margins, the legend and the note below. Lengths are points of print. */
export function framed(notes: readonly string[], legendColumns: number, content: object): TopLevelSpec {
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    title: noteTitle(notes),
    background: 'white',
    padding: PADDING,
    ...content,
    config: {
      font: FONT_FAMILY,
      aria: false,
      axis: {
        labelFontSize: FONT_SIZE,
        titleFontSize: FONT_SIZE,
        titleFontWeight: 'normal',
        titlePadding: 4,
        labelPadding: 2,
        labelColor: '#222222',
        domainWidth: 0.5,
        tickWidth: 0.5,
        tickSize: 3,
        gridWidth: 0.4,
        gridColor: '#dddddd',
      },
      legend: {
        labelFontSize: FONT_SIZE,
        symbolSize: 26,
        symbolStrokeWidth: 1,
        labelOffset: 3,
        orient: 'bottom',
        direction: 'horizontal',
        columns: legendColumns,
        columnPadding: LEGEND_GAP,
        rowPadding: 2,
        labelLimit: 0,
        offset: 6,
        layout: { bottom: { direction: 'vertical', anchor: 'start', margin: 3 } },
      },
      view: { stroke: '#bbbbbb', strokeWidth: 0.5 },
    },
  } as object as TopLevelSpec;
}

const LEGEND_GAP = 10;
const LEGEND_SYMBOL = 12;

/** How many entries of a legend stand side by side. */
export function legendColumns(labelWidths: readonly number[], width: number): number {
  const widest = Math.max(...labelWidths, 1) + LEGEND_SYMBOL + LEGEND_GAP;
  return Math.max(1, Math.min(labelWidths.length, Math.floor((width + LEGEND_GAP) / widest)));
}
