import type { Experiment } from '../experiment/experiment.ts';
import { formatNumber } from '../samples/table.ts';
import { levelLabel, type Style, stylesOf } from './palette.ts';
import { factorsOf, inOrder, type LevelField, type Point } from './points.ts';
import type { TextWidth } from './text-width.ts';
import { readableUnit } from './unit.ts';

/** Where a panel stands among the others, which decides what its axes say. */
export interface Place {
  readonly width: number;
  /** The first of its row. */
  readonly isFirst: boolean;
  /** No panel stands below it. */
  readonly isBottom: boolean;
}

/** One way to draw points: what differs between lines, bars and dots. */
export interface Marks {
  /** The panels of a figure: each has a title and points of its own. */
  readonly panels: readonly { readonly title: string; readonly points: readonly Point[] }[];
  /** How many panels belong together and should not be torn to several rows if they fit. */
  readonly group: number;
  /** The axis of the values. */
  readonly values: 'x' | 'y';
  /** Points that a panel needs at least, without its axis. */
  readonly leastWidth: number;
  /** Points left of the first panel of a row, and left of every other one. */
  readonly axisWidth: { readonly first: number; readonly other: number };
  /** Labels of the legend; empty: there is none. */
  readonly legend: readonly string[];
  height(panelWidth: number): number;
  /** The part of a Vega-Lite view that the mark decides: encoding and layers. */
  view(points: readonly Point[], place: Place): object;
}

/** What every kind of mark needs to know of a figure. */
export interface Drawn {
  readonly experiment: Experiment;
  readonly points: readonly Point[];
  readonly unit: string;
  readonly textWidth: TextWidth;
}

/** Labels and colours of the levels of the series, in the order of the experiment. */
export function seriesStyles({ experiment, points }: Drawn): Map<string, Style> {
  return stylesOf(inOrder(experiment, 'series', points), experiment.figure.series);
}

/** The points of each combination of levels of `fields` that has any, the first field varying slowest. */
export function panelsBy({ experiment, points }: Drawn, fields: readonly LevelField[], title: readonly LevelField[]) {
  let panels: { levels: Partial<Record<LevelField, string>>; points: readonly Point[] }[] = [{ levels: {}, points }];
  for (const field of fields) {
    const levels = inOrder(experiment, field, points);
    panels = panels.flatMap((panel) =>
      levels.map((level) => ({
        levels: { ...panel.levels, [field]: level },
        points: panel.points.filter((point) => String(point[field]) === level),
      })),
    );
  }
  const factors = factorsOf(experiment);
  const named = (levels: Partial<Record<LevelField, string>>) =>
    title.map((field) => (levels[field] ? levelLabel(levels[field], factors[field]) : ''));
  return panels
    .filter((panel) => panel.points.length > 0)
    .map((panel) => ({
      title: named(panel.levels)
        .filter((level) => level !== '')
        .join(', '),
      points: panel.points,
    }));
}

/** The rows of data behind a panel: levels as they are called, and texts for what shows when a mark is pointed at. */
export function rowsOf({ experiment, unit }: Drawn, points: readonly Point[], styles: Map<string, Style>): object[] {
  const order = experiment.factors[experiment.figure.x.factor] ?? [];
  return points.map((point) => ({
    ...point,
    series: styles.get(point.series)!.label,
    color: styles.get(point.series)!.color,
    dash: point.dash === '' ? '' : levelLabel(point.dash, experiment.figure.dash),
    order: order.indexOf(String(point.x)),
    number: formatNumber(point.median),
    value: `${formatNumber(point.median)} ${readableUnit(unit)}`,
    interval: `${formatNumber(point.low)} – ${formatNumber(point.high)}`,
    samples: point.disturbed === 0 ? `${point.n}` : `${point.n}, ${point.disturbed} of them disturbed`,
  }));
}

/** What a mark says when it is pointed at. */
export function tooltipOf({ experiment }: Drawn): object[] {
  const levels = Object.entries(factorsOf(experiment)).flatMap(([field, factor]) =>
    factor === undefined ? [] : [{ field, title: factor, type: 'nominal' }],
  );
  return [
    ...levels,
    { field: 'value', title: 'median', type: 'nominal' },
    { field: 'interval', title: '95 % interval', type: 'nominal' },
    { field: 'samples', title: 'samples', type: 'nominal' },
  ];
}
