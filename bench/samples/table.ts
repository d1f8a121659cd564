import type { Estimate } from '../statistics/bootstrap.ts';

/** A table of text: every row as long as the header. */
export interface Table {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
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

/** A probability as papers give it: three digits, and `< 0.001` below. */
export function formatP(p: number): string {
  return p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(3)}`;
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

/** A table as CSV (RFC 4180, but with bare line feeds), the header first. */
export function formatCsv({ header, rows }: Table): string {
  return [header, ...rows].map((row) => `${row.map(csvField).join(',')}\n`).join('');
}

export function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
