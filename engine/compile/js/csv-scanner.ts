import { type BoundExpression, operandsOf } from '../../../query/expression.ts';
import type { BoundFragment } from '../../../query/fragment.ts';
import { mayFail } from '../../../query/may-fail.ts';
import type { DataType, Schema } from '../../../query/types.ts';
import { type CsvFormat, NO_BYTE } from '../../csv-format.ts';
import { planFilterStages } from '../../operators/filter-stages.ts';
import { outputExpressions } from '../../operators/output-expressions.ts';
import { CsvFieldCode } from './csv-fields.ts';
import { Emitter, NotExpressible, type Value } from './emitter.ts';
import { ExpressionCompiler } from './expression.ts';
import { emitOutput, outputPrologue } from './output.ts';
import { boundOf, emptyOf } from './representation.ts';
import { runtime } from './runtime.ts';

/**
 * Scans rows from `from`, none that begins at or behind `rowLimit` and none that ends behind `valid`.
 * Gives the position of the first row not done; its complement when that row is beyond the fast variant.
 */
export type FastCsvScan = (sink: object, bytes: Uint8Array, from: number, rowLimit: number, valid: number) => number;

/** The same by way of `fields`, a careful reader of one row at a time; at most `maxRows` rows. */
export type ExactCsvScan = (
  sink: object,
  bytes: Uint8Array,
  from: number,
  rowLimit: number,
  valid: number,
  fields: object,
  maxRows: number,
) => number;

export interface CsvScanner {
  /** Absent where a constant is beyond ±2^53 and the like, and where the dialect is not a plain one. */
  readonly fast: FastCsvScan | undefined;
  readonly exact: ExactCsvScan;
  /** Whether it reads texts, which must be UTF-8; `fast` takes for granted that they are. */
  readonly readsText: boolean;
}

/** Generates the two scanners of a fragment over a CSV object. */
export function compileCsvScanner(fragment: BoundFragment, schema: Schema, format: CsvFormat): CsvScanner {
  let fast: FastCsvScan | undefined;
  try {
    if (isPlain(format)) fast = compileFast(fragment, schema, format);
  } catch (error) {
    if (!(error instanceof NotExpressible)) throw error;
  }
  const used = columnsOf([...fragment.conjuncts, ...outputExpressions(fragment.output)]);
  const readsText = [...used].some((j) => schema[j]?.type.kind === 'utf8');
  return { fast, exact: compileExact(fragment, schema, format.badRows === 'skip'), readsText };
}

/** All of a format that generated code depends on. */
export function csvShape(format: CsvFormat): readonly unknown[] {
  return [format.delimiter, format.quote, format.badRows, isPlain(format)];
}

/** Whether fields are what the fast variant takes them for: doubled quotes, lines that end in LF, one spelling a type. */
function isPlain(format: CsvFormat): boolean {
  return (
    format.escape === format.quote &&
    format.lineEnd === 10 &&
    format.comment === null &&
    !format.trim &&
    format.nulls.length === 1 &&
    format.nulls[0] === '' &&
    format.decimalMark === '.' &&
    format.thousands === null &&
    format.dateFormat === null &&
    format.timestampFormat === null
  );
}

const ESCAPE = '{ S.rows += rows; return ~row; }';

/**
 * One forward pass a row: fields between the needed ones are skipped by a byte loop; filter columns are parsed as they
 * come and each conjunct is tested as soon as its last column is there; other needed columns before that only have their
 * start noted, and are parsed when the row has passed; a row that fails is only counted through to its end.
 */
function compileFast(fragment: BoundFragment, schema: Schema, format: CsvFormat): FastCsvScan {
  const last = schema.length - 1;
  const emitter = new Emitter('fast', ESCAPE);
  const fields = new CsvFieldCode({ ...format, quote: format.quote ?? NO_BYTE, fields: schema.length }, ESCAPE);
  const typeOf = (j: number) => (schema[j] as { type: DataType }).type;
  const compiler = new ExpressionCompiler(emitter, (j): Value => fields.value(j, typeOf(j)));
  const stages = planFilterStages(fragment.conjuncts);
  const conjuncts = fragment.conjuncts.map((condition) => ({
    condition,
    columns: columnsOf([condition]),
    stage: stages.findIndex((stage) => stage.conjuncts.includes(condition)),
  }));
  const filterColumns = columnsOf(fragment.conjuncts);
  const outputColumns = columnsOf(outputExpressions(fragment.output));
  const counts = format.badRows !== 'error';
  const lastFilter = Math.max(-1, ...filterColumns);
  const late = [...outputColumns].filter((j) => !filterColumns.has(j) && j < lastFilter).sort((a, b) => a - b);
  const needed = new Set([...filterColumns, ...outputColumns]);

  for (const j of needed) emitter.line(fields.declare(j, typeOf(j)));
  for (const j of late) emitter.line(`let at${j} = 0;`);
  emitter.block('for (;;)', () => {
    emitter.line('if (p >= rowLimit) { S.rows += rows; return p; } row = p;');
    if (last > 0)
      emitter.line('c = b[p]; if (c === 10) { p++; continue; } if (c === 13 && b[p + 1] === 10) { p += 2; continue; }');
    emitter.line(fields.lookForQuote());
    emitter.block('pass:', () => {
      let field = 0;
      const goTo = (j: number) => {
        if (j > field) emitter.line(fields.skip(j - field));
        field = j;
      };
      const test = () => {
        for (const [i, conjunct] of conjuncts.entries()) {
          const ready = [...conjunct.columns].every((j) => j < field);
          if (!ready || tested.has(conjunct)) continue;
          // One that can fail is only tested on rows that pass all before it.
          if (mayFail(conjunct.condition) && conjuncts.slice(0, i).some((other) => !tested.has(other))) continue;
          // Whether a bad value is seen, and counted, must not depend on where its column stands.
          if (counts && conjuncts.some((other) => other.stage < conjunct.stage && !tested.has(other))) continue;
          tested.add(conjunct);
          emitter.line(`if (!${compiler.truth(conjunct.condition)}) { k = ${last - field}; break pass; }`);
        }
      };
      const tested = new Set<object>();
      test();
      for (const j of [...needed].sort((a, b) => a - b)) {
        // Late columns side by side are found again one after the other.
        if (late.includes(j) && late.includes(j - 1)) continue;
        goTo(j);
        if (late.includes(j)) emitter.line(`at${j} = p;`);
        else {
          emitter.line(fields.parse(j, typeOf(j)));
          field = j + 1;
          test();
        }
      }
      if (field <= last) emitter.line(fields.skipToEnd(String(last - field)));
      emitter.line(`if (p > valid) { S.rows += rows; return row; }`);
      if (late.length > 0) emitter.line('end = p;');
      for (const j of late) emitter.line(`${late.includes(j - 1) ? '' : `p = at${j};`} ${fields.parse(j, typeOf(j))}`);
      if (late.length > 0) emitter.line('p = end;');
      // An escape from here on has not counted the row yet.
      emitOutput(compiler, fragment.output, 'S.rows += rows + 1; return p;');
      emitter.line('rows++; continue;');
    });
    emitter.line(`if (k >= 0) { ${fields.skipToEnd('k')} }`);
    emitter.line('if (p > valid) { S.rows += rows; return row; } rows++;');
  });
  const source = `'use strict';
const w = R.wordsOf(b);
let nq = -1, p = from, row = from, rows = 0, c = 0, d = 0, k = 0, x = 0, y = 0, o = 0, v = 0, end = 0, q = false, m = false;
${outputPrologue(fragment.output)}
${emitter.source}`;
  return instantiate(emitter, 'S, b, from, rowLimit, valid', source) as FastCsvScan;
}

function compileExact(fragment: BoundFragment, schema: Schema, skips: boolean): ExactCsvScan {
  const emitter = new Emitter('exact', '');
  const typeOf = (j: number) => (schema[j] as { type: DataType }).type;
  const compiler = new ExpressionCompiler(emitter, (j): Value => exactColumn(j, typeOf(j)));
  const filterColumns = columnsOf(fragment.conjuncts);
  const load = (columns: readonly number[]) => {
    for (const j of columns) {
      const type = typeOf(j);
      const value = `const v${j} = F.${type.kind === 'utf8' ? 'text' : 'value'}(${j}), z${j} = v${j} === null`;
      if (type.kind === 'utf8') emitter.line(`${value}, u${j} = z${j} ? b : v${j}, e${j} = z${j} ? 0 : v${j}.length;`);
      else emitter.line(`${value}, c${j} = z${j} ? ${emptyOf(type, 'exact')} : v${j};`);
    }
    if (skips && columns.length > 0) emitter.line('if (F.skipped) { rows--; continue; }');
  };
  emitter.block('while (maxRows-- > 0)', () => {
    emitter.line('if (p >= rowLimit) break;');
    emitter.line('const next = F.read(b, p, valid); if (next < 0) break;');
    emitter.line('p = next; if (F.skipped) continue; rows++;');
    for (const { columns, conjuncts } of planFilterStages(fragment.conjuncts)) {
      load(columns);
      for (const condition of conjuncts) emitter.line(`if (!${compiler.truth(condition)}) continue;`);
    }
    load([...columnsOf(outputExpressions(fragment.output))].filter((j) => !filterColumns.has(j)));
    emitOutput(compiler, fragment.output, 'S.rows += rows; return p;');
  });
  const source = `'use strict';
let p = from, rows = 0;
${outputPrologue(fragment.output)}
${emitter.source}
S.rows += rows; return p;`;
  return instantiate(emitter, 'S, b, from, rowLimit, valid, F, maxRows', source) as ExactCsvScan;
}

function exactColumn(j: number, type: DataType): Value {
  if (type.kind === 'utf8') return { kind: 'text', isNull: `z${j}`, bytes: `u${j}`, start: '0', end: `e${j}` };
  return { kind: 'number', isNull: `z${j}`, value: `c${j}`, bound: boundOf(type) };
}

/** Makes the function; R is the runtime, K0, K1, … the constants. */
export function instantiate(emitter: Emitter, parameters: string, source: string): unknown {
  const names = emitter.constants.map((_, i) => `K${i}`);
  const make = new Function('R', ...names, `return function scan(${parameters}) {\n${source}\n};`);
  return make(runtime, ...emitter.constants);
}

/** Schema indexes of the columns that expressions read. */
export function columnsOf(expressions: readonly BoundExpression[]): Set<number> {
  const columns = new Set<number>();
  const visit = (expression: BoundExpression): void => {
    if (expression.kind === 'column') columns.add(expression.index);
    else operandsOf(expression).forEach(visit);
  };
  expressions.forEach(visit);
  return columns;
}
