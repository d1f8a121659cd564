import type { BoundOutput } from '../../../query/fragment.ts';
import type { Compiler } from './compiler.ts';
import { emitGroup, groupsReload, vectorsPrologue } from './groups-output.ts';
import { emitRow, rowsReload } from './rows-output.ts';

/** Declarations that a generated function needs before its loop; S is the sink. */
export function outputPrologue(output: BoundOutput): string {
  if (output.kind === 'rows') return rowsReload(output.columns.length, 'let ');
  return `${groupsReload(output, 'let ')} ${vectorsPrologue(output)}`;
}

/** Emits what hands one surviving row to the sink: everything is computed before anything is committed. */
export function emitOutput(compiler: Compiler, output: BoundOutput, stop: string): void {
  if (output.kind === 'rows') emitRow(compiler, output, stop);
  else emitGroup(compiler, output);
}
