import type { Command } from 'commander';
import { FUNCTIONS } from '../../query/functions.ts';

/** `sluice functions`: what expressions may call. */
export function registerFunctions(program: Command): void {
  program
    .command('functions')
    .description('list the operators and functions of queries; both lanes run all of them')
    .addHelpText('after', '\nExample:\n  sluice functions | grep aggregate')
    .action(() => {
      const rows = FUNCTIONS.map(({ name, kind, signature, doc }) => [name, kind, signature, doc]);
      const width = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
      const widths = [width(0), width(1), width(2), 0];
      for (const row of rows)
        process.stdout.write(`${row.map((text, column) => text.padEnd(widths[column] ?? 0)).join('  ')}\n`);
    });
}
