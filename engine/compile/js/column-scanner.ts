import type { BoundFragment } from '../../../query/fragment.ts';
import type { DataType, Schema } from '../../../query/types.ts';
import { type Column, isWide } from '../../column.ts';
import { outputExpressions } from '../../operators/output-expressions.ts';
import { columnsOf, instantiate } from './csv-scanner.ts';
import { Emitter, NotExpressible, type NumberMode, type Value } from './emitter.ts';
import { ExpressionCompiler } from './expression.ts';
import { emitOutput, outputPrologue } from './output.ts';
import { boundOf, isLong } from './representation.ts';

/** Scans rows [from, to) of `columns`; gives the next row, or the complement of one beyond the fast variant. */
export type ColumnScan = (sink: object, columns: readonly Column[], from: number, to: number) => number;

export interface ColumnScanner {
  /** Schema indexes of the columns that the scans take, in this order. */
  readonly columns: readonly number[];
  readonly fast: ColumnScan | undefined;
  readonly exact: ColumnScan;
}

/** Generates the loops of a fragment over typed arrays. */
export function compileColumnScanner(fragment: BoundFragment, schema: Schema): ColumnScanner {
  const columns = [...columnsOf([...fragment.conjuncts, ...outputExpressions(fragment.output)])].sort((a, b) => a - b);
  let fast: ColumnScan | undefined;
  try {
    fast = compile('fast', fragment, schema, columns);
  } catch (error) {
    if (!(error instanceof NotExpressible)) throw error;
  }
  return { columns, fast, exact: compile('exact', fragment, schema, columns) };
}

function compile(mode: NumberMode, fragment: BoundFragment, schema: Schema, columns: readonly number[]): ColumnScan {
  const emitter = new Emitter(mode, '{ S.rows += i - from; return ~i; }');
  const typeOf = (j: number) => (schema[j] as { type: DataType }).type;
  const compiler = new ExpressionCompiler(emitter, (j) =>
    emitter.remembered(`column ${j}`, () => load(emitter, j, typeOf(j))),
  );
  columns.forEach((j, k) => {
    emitter.line(`const N${j} = C[${k}].validity, nulls${j} = N${j} !== undefined;`);
    if (typeOf(j).kind === 'utf8') emitter.line(`const B${j} = C[${k}].bytes, O${j} = C[${k}].offsets;`);
    else if (isLong(typeOf(j)) && mode === 'fast')
      emitter.line(
        `const V${j} = C[${k}].values, W${j} = new Int32Array(V${j}.buffer, V${j}.byteOffset, 2 * V${j}.length);`,
      );
    else emitter.line(`const V${j} = C[${k}].values;`);
  });
  emitter.block('for (let i = from; i < to; i++)', () => {
    for (const condition of fragment.conjuncts) emitter.line(`if (!${compiler.truth(condition)}) continue;`);
    emitOutput(compiler, fragment.output, 'S.rows += i + 1 - from; return i + 1;');
  });
  const source = `'use strict';\n${outputPrologue(fragment.output)}\n${emitter.source}\nS.rows += to - from; return to;`;
  return instantiate(emitter, 'S, C, from, to', source) as ColumnScan;
}

function load(emitter: Emitter, j: number, type: DataType): Value {
  const isNull = emitter.variable(`nulls${j} && N${j}[i] === 0`);
  if (type.kind === 'utf8') {
    const [start, end] = [emitter.variable(`O${j}[i]`), emitter.variable(`O${j}[i + 1]`)];
    return { kind: 'text', isNull, bytes: `B${j}`, start, end };
  }
  const bound = boundOf(type);
  const made = (code: string, largest = bound): Value => ({
    kind: 'number',
    isNull,
    value: emitter.variable(code),
    bound: largest,
  });
  if (type.kind === 'bool') return made(`!${isNull} && V${j}[i] !== 0`);
  if (!isLong(type)) return made(`${isNull} ? 0 : V${j}[i]`);
  const wide = isWide(type);
  if (emitter.mode === 'exact') return made(`${isNull} ? 0n : ${wide ? `R.wideAt(V${j}, i)` : `V${j}[i]`}`);
  const word = (at: number) => `W${j}[${wide ? 4 : 2} * i${at > 0 ? ` + ${at}` : ''}]`;
  const high = emitter.variable(word(1));
  if (wide) emitter.line(`if ((${word(2)} ^ ${high} >> 31 | ${word(3)} ^ ${high} >> 31) !== 0) ${emitter.escape}`);
  if (!(bound <= 1e15)) emitter.line(`if (${high} <= -2097152 || ${high} >= 2097152) ${emitter.escape}`);
  return made(`${isNull} ? 0 : ${high} * 4294967296 + (${word(0)} >>> 0)`, Math.min(bound, Number.MAX_SAFE_INTEGER));
}
