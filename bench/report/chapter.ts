import type { Experiment } from '../experiment/experiment.ts';
import { figureLayout } from '../figures/figure.ts';
import { drawParts, type Part } from '../figures/fit.ts';
import type { Layout } from '../figures/layout.ts';
import { ONE_COLUMN, type PrintSize, TWO_COLUMNS } from '../figures/print-size.ts';
import { splitLayout, splitTable } from '../figures/split.ts';
import { loadTextWidth } from '../figures/text-width.ts';
import { ratioTable } from '../findings/compare.ts';
import { findingTables, tellFindings } from '../findings/registry.ts';
import type { Manifest } from '../results/run-folder.ts';
import { summaryTable } from '../results/summary-table.ts';
import { describeLevels } from '../samples/levels.ts';
import type { Sample } from '../samples/samples.ts';
import type { CaseSummary } from '../samples/summary.ts';
import type { Table } from '../samples/table.ts';
import { pointsTable } from './points-table.ts';

/** A figure in one print size, in as many parts as it takes pages. */
export interface SizedFigure {
  readonly size: PrintSize;
  readonly parts: readonly Part[];
}

export interface ReportFigure {
  /** Of its files. */
  readonly name: string;
  readonly title: string;
  /** One column, then two. */
  readonly sizes: readonly SizedFigure[];
}

export interface ReportTable {
  /** Of its file. */
  readonly name: string;
  readonly title: string;
  readonly table: Table;
}

/** An experiment with all that a reader is shown of it. */
export interface Chapter {
  readonly experiment: Experiment;
  readonly findings: readonly string[];
  /** What is drawn and what that means: empty where every case is wrong. */
  readonly figures: readonly ReportFigure[];
  readonly tables: readonly ReportTable[];
  readonly points: Table;
  /** The raw measurements behind it. */
  readonly samples: readonly Sample[];
  readonly disturbed: number;
  readonly skipped: Manifest['skipped'];
  readonly wrong: Manifest['wrong'];
  readonly contests: Manifest['contests'];
}

/** Of wrong cases a figure names so many. */
const NAMED = 3;

/** Draws the figures of one experiment and computes its tables. `summaries` and `samples` are its own. */
export async function writeChapter(
  experiment: Experiment,
  manifest: Manifest,
  summaries: readonly CaseSummary[],
  samples: readonly Sample[],
): Promise<Chapter> {
  const textWidth = await loadTextWidth();
  const { name, question, split } = experiment;
  const own = <T extends { experiment: string }>(list: readonly T[]) => list.filter((item) => item.experiment === name);
  const wrong = own(manifest.wrong);
  const findings = tellFindings(experiment, summaries, manifest.seed);
  const notes = wrong.length === 0 ? [] : [wrongNote(wrong)];
  const draw = async (file: string, title: string, layout: (size: PrintSize) => Layout | undefined) => {
    const sizes: SizedFigure[] = [];
    for (const size of [ONE_COLUMN, TWO_COLUMNS]) {
      const laidOut = layout(size);
      if (laidOut) sizes.push({ size, parts: await drawParts(laidOut, size, [title, ...findings].join(' ')) });
    }
    return sizes.length === 0 ? [] : [{ name: file, title, sizes }];
  };
  const figures = [
    ...(await draw(name, question, (size) => figureLayout(experiment, summaries, size, { textWidth, notes }))),
    ...(await draw(`${name}-split`, split?.title ?? '', (size) => splitLayout(experiment, summaries, size, textWidth))),
  ];
  const tables = [
    {
      name: `${name}-medians`,
      title: `${experiment.figure.y.title}: medians with their 95 % intervals`,
      table: summaryTable(experiment, summaries),
    },
    {
      name: `${name}-ratios`,
      title: 'Ratios with their 95 % intervals',
      table: ratioTable(experiment, summaries, manifest.seed),
    },
    ...findingTables(experiment, summaries, manifest.seed).map((table, i) => ({
      name: `${name}-finding-${i + 1}`,
      title: table.header[0] === '' ? 'Behind the findings' : table.header[0]!,
      table,
    })),
    ...(split ? [{ name: `${name}-split`, title: split.title, table: splitTable(experiment, summaries) }] : []),
  ];
  return {
    experiment,
    findings,
    figures,
    tables: tables.filter(({ table }) => table.rows.length > 0),
    points: pointsTable(experiment, summaries),
    samples,
    disturbed: samples.filter((sample) => sample.disturbed).length,
    skipped: own(manifest.skipped),
    wrong,
    contests: own(manifest.contests),
  };
}

function wrongNote(wrong: Manifest['wrong']): string {
  const named = wrong.slice(0, NAMED).map(({ levels }) => describeLevels(levels));
  const more = wrong.length > NAMED ? ` and ${wrong.length - NAMED} more` : '';
  return `Not drawn, since their results are wrong: ${named.join('; ')}${more}.`;
}
