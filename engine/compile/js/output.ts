import { SluiceError } from '../../../query/error.ts';
import type { BoundExpression } from '../../../query/expression.ts';
import type { BoundOutput } from '../../../query/fragment.ts';
import type { DataType } from '../../../query/types.ts';
import { type Accumulator, planAccumulators } from './accumulators.ts';
import type { Emitter, NumberMode, Value } from './emitter.ts';
import type { ExpressionCompiler } from './expression.ts';
import { exactNumber, isLong } from './representation.ts';
import { asBytes } from './text-value.ts';

/** 32-bit words that a value of this type takes in a key or in a column of rows. */
export function wordsOf(type: DataType): number {
  if (isLong(type)) return type.kind === 'decimal' && type.precision > 18 ? 4 : 2;
  return type.kind === 'float64' ? 2 : 1;
}

/** Words before the keys of a group that tell which keys are NULL. */
export function maskWords(keys: number): number {
  return Math.ceil(keys / 31);
}

/** The columns that an output reads. */
export function outputExpressions(output: BoundOutput): readonly BoundExpression[] {
  if (output.kind === 'rows') return output.columns.map(({ expression }) => expression);
  const args = output.aggregates.flatMap(({ args }) => args);
  return [...output.keys.map(({ expression }) => expression), ...args];
}

/** Declarations that a generated function needs before its loop; S is the sink. */
export function outputPrologue(output: BoundOutput): string {
  return output.kind === 'rows' ? rowsReload(output.columns.length, 'let ') : groupsReload(output, 'let ');
}

/** Emits what hands one surviving row to the sink: everything is computed before anything is committed. */
export function emitOutput(compiler: ExpressionCompiler, output: BoundOutput, stop: string): void {
  if (output.kind === 'rows') emitRow(compiler, output, stop);
  else emitGroup(compiler, output);
}

function rowsReload(columns: number, declare: string): string {
  const list = Array.from({ length: columns }, (_, k) => `w${k} = S.values[${k}], n${k} = S.validity[${k}]`);
  return list.length > 0 ? `${declare}${list.join(', ')};` : '';
}

function emitRow(compiler: ExpressionCompiler, output: BoundOutput & { kind: 'rows' }, stop: string): void {
  const { emitter } = compiler;
  const values = output.columns.map(({ expression }) => outputValue(compiler, expression));
  emitter.line('const out = S.length;');
  emitter.block('if (out === S.capacity)', () => {
    emitter.line(`S.grow(); ${rowsReload(values.length, '')}`);
  });
  values.forEach((value, k) => {
    const type = (output.columns[k] as { expression: BoundExpression }).expression.type;
    if (value.isNull === 'true') emitter.line(`n${k}[out] = 0; S.nulls[${k}] = true;`);
    else if (value.isNull === '') emitter.line(`n${k}[out] = 1;`);
    else emitter.line(`if (${value.isNull}) { n${k}[out] = 0; S.nulls[${k}] = true; } else n${k}[out] = 1;`);
    if (value.kind === 'text') emitter.line(`S.appendText(${k}, out, ${value.bytes}, ${value.start}, ${value.end});`);
    else if (value.kind === 'string') emitter.line(`S.appendString(${k}, out, ${value.value});`);
    else if (type.kind === 'bool') emitter.line(`w${k}[out] = ${value.value} ? 1 : 0;`);
    else if (!isLong(type)) emitter.line(`w${k}[out] = ${value.value};`);
    else {
      const words = longWords(emitter, type, value.value);
      const stores = words.map((word, i) => `w${k}[${words.length} * out + ${i}] = ${word};`);
      emitter.line(stores.join(' '));
    }
  });
  emitter.line('S.length = out + 1;');
  if (output.limit !== undefined)
    emitter.line(`if (out + 1 >= ${emitter.constant(output.limit)}) { S.done = true; ${stop} }`);
}

/** A value that leaves the generated code. */
function outputValue(compiler: ExpressionCompiler, expression: BoundExpression): Value {
  const value = compiler.value(expression);
  return value.kind === 'number' ? exactNumber(compiler.emitter, value, expression.type) : value;
}

/** The 32-bit words of an integer, low first. */
function longWords(emitter: Emitter, type: DataType, value: string): string[] {
  const places = Array.from({ length: wordsOf(type) }, (_, i) => i);
  if (emitter.mode === 'exact')
    return places.map((i) => `Number(BigInt.asIntN(32, ${i === 0 ? value : `${value} >> ${32 * i}n`}))`);
  const high = emitter.variable(`Math.floor(${value} / 4294967296) | 0`);
  return places.map((i) => (i === 0 ? `${value} | 0` : i === 1 ? high : `${high} >> 31`));
}

type Groups = BoundOutput & { kind: 'groups' };

function groupsReload(output: Groups, declare: string): string {
  const list = planAccumulators(output.aggregates).accumulators.map(
    (_, i) => `a${i} = S.numbers[${i}], h${i} = S.present[${i}]`,
  );
  if (output.keys.length > 0) list.push('slots = S.slots', 'words = S.words');
  return list.length > 0 ? `${declare}${list.join(', ')};` : '';
}

function emitGroup(compiler: ExpressionCompiler, output: Groups): void {
  const { emitter } = compiler;
  const { accumulators } = planAccumulators(output.aggregates);
  const args = accumulators.map(({ arg }) => {
    const value = arg && outputValue(compiler, arg);
    return value?.kind === 'string' ? asBytes(emitter, value) : value;
  });
  const keys = output.keys.map(({ expression }) => ({
    type: expression.type,
    value: outputValue(compiler, expression),
  }));
  if (keys.length === 0) emitter.line('const group = 0;');
  else emitFind(emitter, keys, groupsReload(output, ''));
  accumulators.forEach((accumulator, i) => {
    const value = args[i];
    const code = updateCode(emitter.mode, accumulator, i, value);
    emitter.line(value?.isNull ? `if (!(${value.isNull})) { ${code} }` : `{ ${code} }`);
  });
}

/** Finds the group of the current row's keys, or makes it: `g`. Open addressing; the words decide equality. */
function emitFind(emitter: Emitter, keys: readonly { type: DataType; value: Value }[], reload: string): void {
  const words: string[] = [];
  for (let first = 0; first < keys.length; first += 31) {
    const bits = keys
      .slice(first, first + 31)
      .map(({ value: { isNull } }, bit) => (isNull ? `(${isNull} ? ${1 << bit} : 0)` : '0'));
    words.push(emitter.variable(bits.join(' | ')));
  }
  keys.forEach(({ type, value }) => {
    for (const word of keyWords(emitter, type, value))
      words.push(emitter.variable(value.isNull ? `${value.isNull} ? 0 : ${word}` : word));
  });
  emitter.line('let hash = 0;');
  for (const word of words) emitter.line(`hash = Math.imul(hash ^ ${word}, 0x9e3779b1); hash ^= hash >>> 15;`);
  emitter.line('let slot = hash & (slots.length - 1), group = 0;');
  emitter.block('for (;;)', () => {
    emitter.line('group = slots[slot] - 1;');
    const store = words.map((word, i) => `S.key[${i}] = ${word};`).join(' ');
    emitter.line(`if (group < 0) { ${store} group = S.insert(slot); ${reload} break; }`);
    emitter.line(`const at = group * ${words.length};`);
    emitter.line(`if (${words.map((word, i) => `words[at + ${i}] === ${word}`).join(' && ')}) break;`);
    emitter.line('slot = (slot + 1) & (slots.length - 1);');
  });
}

function keyWords(emitter: Emitter, type: DataType, value: Value): string[] {
  if (value.kind === 'string') return [`S.strings.wordOfString(${value.value})`];
  if (value.kind === 'text') return [`S.strings.wordOf(${value.bytes}, ${value.start}, ${value.end})`];
  if (type.kind === 'bool') return [`(${value.value} ? 1 : 0)`];
  if (type.kind === 'float64') {
    // -0 and 0 are one key, and so are all NaN.
    emitter.line(`S.double[0] = ${value.value} === 0 ? 0 : ${value.value} !== ${value.value} ? NaN : ${value.value};`);
    return [emitter.variable('S.doubleWords[0]'), emitter.variable('S.doubleWords[1]')];
  }
  if (!isLong(type)) return [value.value];
  return longWords(emitter, type, value.value).map((word) => `(${word})`);
}

/** What one row, not NULL, does to the accumulator of its group. */
function updateCode(mode: NumberMode, { kind, arg }: Accumulator, i: number, value: Value | undefined): string {
  if (kind === 'count' || !value || !arg) return `a${i}[group]++;`;
  if (value.kind === 'text') return `S.${kind}Text(${i}, group, ${value.bytes}, ${value.start}, ${value.end});`;
  if (value.kind === 'string') throw new SluiceError('internal', 'a text to aggregate is not in bytes');
  const exact = mode === 'exact' && isLong(arg.type);
  const v = arg.type.kind === 'bool' ? `(${value.value} ? 1 : 0)` : value.value;
  const old = `a${i}[group]`;
  const seen = `h${i}[group] = 1;`;
  if (kind === 'sum') {
    if (arg.type.kind === 'float64') return `${old} += ${v}; ${seen}`;
    if (exact) return `S.addExact(${i}, group, ${v}); ${seen}`;
    const tooLarge = 'x > 9007199254740991 || x < -9007199254740991';
    return `const x = ${old} + ${v}; if (${tooLarge}) S.flush(${i}, group, ${v}); else ${old} = x; ${seen}`;
  }
  if (exact) return `S.${kind}Exact(${i}, group, ${v});`;
  const better = kind === 'min' ? `${v} < ${old} || ${old} !== ${old}` : `${v} > ${old} || ${v} !== ${v}`;
  return `if (h${i}[group] === 0 || ${better}) { ${old} = ${v}; ${seen} }`;
}
