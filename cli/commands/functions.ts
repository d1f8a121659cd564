import type { Command } from 'commander';
import { FUNCTIONS, type FunctionEntry } from '../../query/functions.ts';

/** `sluice functions`: what expressions may call. */
export function registerFunctions(program: Command): void {
  program
    .command('functions')
    .description('list the operators and functions of queries; both lanes run all of them')
    .addHelpText(
      'after',
      `
The columns are: name, kind, where the wasm lane runs it (kernel, or host: its JavaScript form), signature, aliases,
what it does.

Example:
  sluice functions | grep aggregate`,
    )
    .action(() => {
      const listed = FUNCTIONS.filter((entry) => entry.kind !== 'function' || !entry.internal);
      const rows = listed.map((entry) => [
        entry.name,
        entry.kind === 'function' ? entry.category : entry.kind,
        runsIn(entry),
        entry.signature,
        entry.aliases.filter((alias) => alias !== entry.name && !alias.startsWith('!')).join(' ') || '-',
        entry.doc,
      ]);
      const width = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
      const widths = [0, 1, 2, 3, 4].map(width);
      for (const row of rows)
        process.stdout.write(`${row.map((text, column) => text.padEnd(widths[column] ?? 0)).join('  ')}\n`);
    });
}

/** Operators and aggregates are compiled; of the library, an overload without a kernel is called in the host. */
function runsIn(entry: FunctionEntry): string {
  if (entry.kind !== 'function' || entry.overloads.every(({ kernel }) => kernel !== undefined)) return 'kernel';
  return entry.overloads.some(({ kernel }) => kernel !== undefined) ? 'kernel, host' : 'host';
}
