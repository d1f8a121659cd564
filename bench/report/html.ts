import type { Table } from '../samples/table.ts';

export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** Letters of a cell that may be broken into lines. */
const LONG = 40;
/** Rows of a table that is closed at first. */
const MANY = 30;

/** A table that the page's script makes sortable: a click on a heading sorts by its column. */
export function htmlTable(label: string, { header, rows }: Table): string {
  const used = header.map((_, c) => c).filter((c) => rows.some((row) => row[c] !== ''));
  const head = used.map((c) => `<th scope="col">${escapeHtml(header[c]!)}</th>`).join('');
  const cell = (text: string) => `<td${text.length > LONG ? ' class="long"' : ''}>${escapeHtml(text)}</td>`;
  const body = rows.map((row) => `<tr>${used.map((c) => cell(row[c]!)).join('')}</tr>`);
  const table = `<div class="scroll"><table class="sortable" aria-label="${escapeHtml(label)}">
<thead><tr>${head}</tr></thead>
<tbody>
${body.join('\n')}
</tbody></table></div>`;
  return rows.length <= MANY ? table : `<details><summary>${rows.length} rows</summary>${table}</details>`;
}

/** JSON inside a script element, where `<` could end it. */
export function inlineJson(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}
