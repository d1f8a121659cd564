import type { BoundExpression } from '../../../query/expression.ts';
import type { BoundOutput } from '../../../query/fragment.ts';
import type { DataType } from '../../../query/types.ts';
import type { Compiler } from './compiler.ts';
import type { Emitter, Value } from './emitter.ts';
import { isLong } from './representation.ts';
import { longWords, outputValue } from './words.ts';

type Rows = BoundOutput & { kind: 'rows' };

/** Takes the arrays of `columns` columns of the sink S into variables. */
export function rowsReload(columns: number, declare: string): string {
  const list = Array.from({ length: columns }, (_, k) => `w${k} = S.values[${k}], n${k} = S.validity[${k}]`);
  return list.length > 0 ? `${declare}${list.join(', ')};` : '';
}

/** Emits what adds a row to the sink S. */
export function emitRow(compiler: Compiler, output: Rows, stop: string): void {
  const { emitter } = compiler;
  const values = output.columns.map(({ expression }) => outputValue(compiler, expression));
  emitter.line('const out = S.length;');
  emitter.block('if (out === S.capacity)', () => {
    emitter.line(`S.grow(); ${rowsReload(values.length, '')}`);
  });
  values.forEach((value, k) => {
    emitStore(emitter, 'S', k, value, (output.columns[k] as { expression: BoundExpression }).expression.type);
  });
  emitter.line('S.length = out + 1;');
  if (output.limit !== undefined && !output.orderBy?.length)
    emitter.line(`if (out + 1 >= ${emitter.constant(output.limit)}) { S.done = true; ${stop} }`);
}

/** Emits what stores a value as row `out` of column `k` of a sink, whose arrays are `w<k>` and `n<k>`. */
export function emitStore(emitter: Emitter, sink: string, k: number, value: Value, type: DataType): void {
  if (value.isNull === 'true') emitter.line(`n${k}[out] = 0; ${sink}.nulls[${k}] = true;`);
  else if (value.isNull === '') emitter.line(`n${k}[out] = 1;`);
  else emitter.line(`if (${value.isNull}) { n${k}[out] = 0; ${sink}.nulls[${k}] = true; } else n${k}[out] = 1;`);
  if (value.kind === 'text')
    emitter.line(`${sink}.appendText(${k}, out, ${value.bytes}, ${value.start}, ${value.end});`);
  else if (value.kind === 'string') emitter.line(`${sink}.appendString(${k}, out, ${value.value});`);
  else if (type.kind === 'bool') emitter.line(`w${k}[out] = ${value.value} ? 1 : 0;`);
  else if (!isLong(type)) emitter.line(`w${k}[out] = ${value.value};`);
  else {
    const words = longWords(emitter, type, value.value);
    emitter.line(words.map((word, i) => `w${k}[${words.length} * out + ${i}] = ${word};`).join(' '));
  }
}
