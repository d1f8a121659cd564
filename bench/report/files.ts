import type { PrintSize } from '../figures/print-size.ts';

/** Names of files within the run folder. */

export function partFile(figure: string, size: PrintSize, part: number, extension: 'svg' | 'pdf' | 'png'): string {
  return `figures/${figure}-${size.name}${part === 0 ? '' : `-part${part + 1}`}.${extension}`;
}

export function pointsFile(experiment: string): string {
  return `figures/${experiment}-points.csv`;
}

export function samplesFile(experiment: string): string {
  return `figures/${experiment}-samples.csv`;
}

export function tableFile(table: string): string {
  return `figures/${table}.tex`;
}
