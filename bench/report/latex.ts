import { FONT_SIZE } from '../figures/frame.ts';
import { TWO_COLUMNS } from '../figures/print-size.ts';
import { loadTextWidth } from '../figures/text-width.ts';
import type { Manifest } from '../results/run-folder.ts';
import type { Table } from '../samples/table.ts';
import type { Chapter, ReportFigure } from './chapter.ts';
import { partFile, tableFile } from './files.ts';

/** Rows that fit on a page; longer tables are broken over pages. */
const PAGE_ROWS = 60;
/** How wide letters of Times are, against those of DejaVu Sans, at most. */
const TIMES = 0.85;
/** Points between two columns of a table. */
const COLUMN_GAP = 8;

const SPECIAL: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '{': '\\{',
  '}': '\\}',
  $: '\\$',
  '&': '\\&',
  '#': '\\#',
  '%': '\\%',
  _: '\\_',
  '^': '\\textasciicircum{}',
  '~': '\\textasciitilde{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '|': '\\textbar{}',
  '"': '\\textquotedbl{}',
  "'": '\\textquotesingle{}',
  '–': '--',
  '—': '---',
  '−': '$-$',
  '×': '$\\times$',
  '±': '$\\pm$',
  '≤': '$\\le$',
  '≥': '$\\ge$',
  '≈': '$\\approx$',
  µ: '\\textmu{}',
  μ: '\\textmu{}',
  '…': '\\ldots{}',
  '→': '$\\rightarrow$',
  '\u00a0': '~',
};
const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** Text as LaTeX; a letter that pdflatex has no glyph for is written as its code point. */
export function escapeLatex(text: string): string {
  return Array.from(text, (letter) => {
    const special = SPECIAL[letter];
    if (special !== undefined) return special;
    const power = SUPERSCRIPTS.indexOf(letter);
    if (power >= 0) return `\\textsuperscript{${power}}`;
    if (/[\x20-\x7e\u00c0-\u017f]/.test(letter)) return letter;
    return /\s/.test(letter) ? ' ' : `[U+${letter.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}]`;
  }).join('');
}

/**
 * A table for booktabs. Columns that do not fit the width of a page go into further tables below it, each with the
 * columns that name the row; more rows than a page holds need longtable.
 */
export async function latexTable(table: Table): Promise<string> {
  const blocks = await columnBlocks(table);
  return blocks.map((columns) => latexBlock(table, columns)).join('\n\\medskip\n\n');
}

function latexBlock({ header, rows }: Table, columns: readonly number[]): string {
  const line = (cells: readonly string[]) => `${columns.map((c) => escapeLatex(cells[c]!)).join(' & ')} \\\\`;
  const isLong = rows.length > PAGE_ROWS;
  const environment = isLong ? 'longtable' : 'tabular';
  const align = columns.map((c) => (isNumeric(rows, c) ? 'r' : 'l')).join('');
  return [
    `\\begin{${environment}}{@{}${align}@{}}`,
    '\\toprule',
    line(header),
    '\\midrule',
    ...(isLong ? ['\\endhead'] : []),
    ...rows.map(line),
    '\\bottomrule',
    `\\end{${environment}}`,
    '',
  ].join('\n');
}

function isNumeric(rows: Table['rows'], column: number): boolean {
  return rows.every((row) => /^(wrong|-?[\d.]+[*~]?( \(.*\))?)?$/.test(row[column]!));
}

/** The columns of each block: those that name rows, then as many others as fit beside them. */
async function columnBlocks({ header, rows }: Table): Promise<number[][]> {
  const textWidth = await loadTextWidth();
  const widths = header.map((_, c) =>
    Math.max(...[header, ...rows].map((row) => TIMES * textWidth(row[c]!, FONT_SIZE))),
  );
  const used = header.map((_, c) => c).filter((c) => rows.some((row) => row[c] !== ''));
  const isValue = (c: number) => c > 0 && rows.some((row) => / \(.*\)$/.test(row[c]!) || row[c] === 'wrong');
  const firstValue = used.find(isValue) ?? used.length;
  const names = used.filter((c) => c < firstValue);
  const nameWidth = names.reduce((sum, c) => sum + widths[c]! + COLUMN_GAP, 0);
  const blocks: number[][] = [];
  let room = 0;
  for (const column of used.filter((c) => c >= firstValue)) {
    const width = widths[column]! + COLUMN_GAP;
    if (blocks.length === 0 || width > room) {
      blocks.push([...names]);
      room = TWO_COLUMNS.width - nameWidth;
    }
    blocks.at(-1)!.push(column);
    room -= width;
  }
  return blocks.length === 0 ? [names] : blocks;
}

/** A document with all figures and tables, to be compiled in the run folder, and to be copied from. */
export function latexDocument(manifest: Manifest, chapters: readonly Chapter[]): string {
  const { environment, started, size } = manifest;
  const setting = `Run of ${started.slice(0, 10)} (${size}): ${environment.cpu}, ${environment.cores} cores, Node ${environment.node}, commit ${environment.commit.slice(0, 12)}.`;
  return `% pdflatex figures.tex, in this folder. Figures are ${TWO_COLUMNS.mm} mm wide; for one column take the files named -84mm.
\\documentclass[10pt]{article}
\\usepackage[T1]{fontenc}
\\usepackage[utf8]{inputenc}
\\usepackage{mathptmx,textcomp,graphicx,booktabs,longtable,caption}
\\usepackage[a4paper,textwidth=${TWO_COLUMNS.mm}mm,textheight=260mm]{geometry}
\\setlength{\\tabcolsep}{${COLUMN_GAP / 2}pt}
\\setlength{\\LTpre}{2pt}
\\setlength{\\LTpost}{2pt}
\\setlength{\\parindent}{0pt}
\\captionsetup{font=small,justification=raggedright,singlelinecheck=false}
\\begin{document}
${escapeLatex(setting)}

${chapters.map(latexChapter).join('\n\\clearpage\n')}
\\end{document}
`;
}

function latexChapter({ experiment, findings, figures, tables }: Chapter): string {
  const answers = findings.map((finding) => `\\item ${escapeLatex(finding)}`);
  return [
    `\\section*{${escapeLatex(experiment.question)}}`,
    ...(answers.length > 0 ? ['\\begin{itemize}', ...answers, '\\end{itemize}'] : []),
    ...figures.map((figure, i) => latexFigure(figure, i === 0 ? (findings[0] ?? '') : '')),
    ...tables.map(
      ({ name, title }) =>
        `{\\scriptsize\\raggedright\n\\captionof{table}{${escapeLatex(title)}}\\label{tab:${name}}\n\\input{${tableFile(name)}}\n}`,
    ),
  ].join('\n\n');
}

function latexFigure({ name, title, sizes }: ReportFigure, finding: string): string {
  const { size, parts } = sizes.at(-1)!;
  return parts
    .map((_, index) => {
      const part = parts.length > 1 ? ` (Part ${index + 1} of ${parts.length}.)` : '';
      const caption = escapeLatex(`${title} ${index === 0 ? finding : ''}`.trim() + part);
      const label = index === 0 ? `\\label{fig:${name}}` : '';
      return [
        '\\begin{figure}[htbp]',
        `\\includegraphics[width=${size.mm}mm]{${partFile(name, size, index, 'pdf')}}`,
        `\\caption{${caption}}${label}`,
        '\\end{figure}',
      ].join('\n');
    })
    .join('\n\n');
}
