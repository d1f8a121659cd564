import type { Table } from '../samples/table.ts';

export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** A table that the page's script makes sortable: a click on a heading sorts by its column. */
export function htmlTable(label: string, { header, rows }: Table): string {
  const used = header.map((_, c) => c).filter((c) => rows.some((row) => row[c] !== ''));
  const head = used.map((c) => `<th scope="col">${escapeHtml(header[c]!)}</th>`).join('');
  const body = rows.map((row) => `<tr>${used.map((c) => `<td>${escapeHtml(row[c]!)}</td>`).join('')}</tr>`);
  return `<div class="scroll"><table class="sortable" aria-label="${escapeHtml(label)}">
<thead><tr>${head}</tr></thead>
<tbody>
${body.join('\n')}
</tbody></table></div>`;
}

/** JSON inside a script element, where `<` could end it. */
export function inlineJson(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}
