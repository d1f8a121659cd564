import type { Experiment } from '../experiment/experiment.ts';
import type { Levels } from '../experiment/factors.ts';
import { type Estimate, estimate } from '../statistics/statistics.ts';
import { caseKey, type Sample } from './samples.ts';

/** All rounds of one metric of one case. */
export interface CaseSummary extends Estimate {
  readonly experiment: string;
  readonly levels: Levels;
  readonly metric: string;
  readonly unit: string;
  readonly values: readonly number[];
  /** How many of the values are marked as disturbed. */
  readonly disturbed: number;
}

/** Median and interval of every case and metric, in the order of the samples. */
export function summarize(samples: readonly Sample[], seed: number): CaseSummary[] {
  const groups = new Map<string, Sample[]>();
  for (const sample of samples) {
    const key = `${caseKey(sample.experiment, sample.levels)} ${sample.metric}`;
    const group = groups.get(key);
    if (group) group.push(sample);
    else groups.set(key, [sample]);
  }
  return [...groups.values()].map((group) => {
    const { experiment, levels, metric, unit } = group[0]!;
    const values = group.map((sample) => sample.value);
    const disturbed = group.filter((sample) => sample.disturbed).length;
    return { experiment, levels, metric, unit, values, disturbed, ...estimate(values, seed) };
  });
}

/** A number with three significant digits, never in exponents where people read them. */
export function formatNumber(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return String(value);
  if (Math.abs(value) < 1e-4) return value.toExponential(2);
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(digits, 7));
}

/** A median and its interval. */
export function formatInterval({ median, low, high }: Estimate, mark = ''): string {
  return `${formatNumber(median)}${mark} (${formatNumber(low)} – ${formatNumber(high)})`;
}

/** A table of text: every row as long as the header. */
export interface Table {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The summaries that the experiment's figure shows. */
export function shownSummaries({ name, figure }: Experiment, summaries: readonly CaseSummary[]): CaseSummary[] {
  const { series, without, y } = figure;
  return summaries.filter(
    ({ experiment, metric, levels }) =>
      experiment === name && metric === y.metric && !without.includes(levels[series] ?? ''),
  );
}

/**
 * The metric of the experiment's figure: a row for each combination of levels, in the order of the experiment, and
 * a column for each level of the figure's series, holding the median and its interval. A `*` marks medians of which
 * some samples are disturbed.
 */
export function summaryTable(experiment: Experiment, summaries: readonly CaseSummary[]): Table {
  const { series } = experiment.figure;
  const shown = shownSummaries(experiment, summaries);
  const rank = ({ levels }: CaseSummary) =>
    Object.entries(experiment.factors).map(([factor, order]) => order.indexOf(levels[factor] ?? ''));
  const sorted = [...shown].sort((a, b) => compareLists(rank(a), rank(b)));
  const names = [...new Set(sorted.map(({ levels }) => levels[series] ?? ''))];
  const factors = Object.keys(experiment.factors).filter((factor) => factor !== series);
  const rows = new Map<string, string[]>();
  for (const summary of sorted) {
    const { levels, disturbed } = summary;
    const own = factors.map((factor) => levels[factor] ?? '');
    const row = rows.get(own.join('\n')) ?? [...own, ...names.map(() => '')];
    row[factors.length + names.indexOf(levels[series] ?? '')] = formatInterval(summary, disturbed > 0 ? '*' : '');
    rows.set(own.join('\n'), row);
  }
  return { header: [...factors, ...names.map((name) => `${name}, ${shown[0]?.unit}`)], rows: [...rows.values()] };
}

function compareLists(a: readonly number[], b: readonly number[]): number {
  const place = a.findIndex((value, i) => value !== b[i]);
  return place < 0 ? 0 : a[place]! - b[place]!;
}

/** Aligned text; columns that are empty in every row are left out. */
export function formatTable({ header, rows }: Table): string {
  const used = header.map((_, c) => c).filter((c) => rows.some((row) => row[c] !== ''));
  const widths = used.map((c) => Math.max(header[c]!.length, ...rows.map((row) => row[c]!.length)));
  const numeric = used.map((c) => rows.every((row) => /^[-\d.]/.test(row[c]!) || row[c] === ''));
  const line = (cells: readonly string[]) =>
    used
      .map((c, i) => (numeric[i] ? cells[c]!.padStart(widths[i]!) : cells[c]!.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd();
  return [line(header), used.map((_, i) => '-'.repeat(widths[i]!)).join('  '), ...rows.map(line)].join('\n');
}
