import { SluiceError } from '../../../query/error.ts';
import type { BoundExpression } from '../../../query/expression.ts';
import type { BoundOutput } from '../../../query/fragment.ts';
import type { DataType } from '../../../query/types.ts';
import { type Accumulator, planAccumulators } from './accumulators.ts';
import type { Compiler } from './compiler.ts';
import { type Emitter, unlessNull, type Value } from './emitter.ts';
import { isLong } from './representation.ts';
import { emitStore, rowsReload } from './rows-output.ts';
import { asBytes } from './text-value.ts';
import { longWords, outputValue } from './words.ts';

type Groups = BoundOutput & { kind: 'groups' };

/** What a slot of a group holds, in its array of `present`. */
export const PRESENT = { nothing: 0, number: 1, bigint: 2, text: 3, null: 4 } as const;

/** Words before the keys of a group that tell which keys are NULL. */
export function maskWords(keys: number): number {
  return Math.ceil(keys / 31);
}

/** Takes the arrays of the sink S, and of its vectors P, into variables. */
export function groupsReload(output: Groups, declare: string): string {
  const list = planAccumulators(output.aggregates).slots.map(
    (_, i) => `a${i} = S.numbers[${i}], h${i} = S.present[${i}]`,
  );
  if (output.keys.length > 0) list.push('slots = S.slots', 'words = S.words');
  return list.length > 0 ? `${declare}${list.join(', ')};` : '';
}

/** Takes the arrays of the vectors, which never change, into variables. */
export function vectorsPrologue(output: Groups): string {
  const { vectors } = planAccumulators(output.aggregates);
  return vectors.length > 0
    ? `const P = S.vectors; ${rowsReload(vectors.length, 'const ').replaceAll('S.', 'P.')}`
    : '';
}

/** Emits what adds a row to its group: everything is computed before anything is changed. */
export function emitGroup(compiler: Compiler, output: Groups): void {
  const { emitter } = compiler;
  const { accumulators, vectors } = planAccumulators(output.aggregates);
  const computed = (arg: BoundExpression) => outputValue(compiler, arg);
  const updates = accumulators.map((accumulator) => {
    const value = accumulator.arg && computed(accumulator.arg);
    const inBytes = value?.kind === 'string' ? asBytes(emitter, value) : value;
    return { accumulator, value: inBytes, takesPart: accumulator.takesPart && computed(accumulator.takesPart) };
  });
  const waiting = vectors.map(computed);
  const keys = output.keys.map(({ expression }) => ({ type: expression.type, value: computed(expression) }));
  if (keys.length === 0) emitter.line('const group = 0;');
  else emitFind(emitter, keys, groupsReload(output, ''));
  for (const { accumulator, value, takesPart } of updates) {
    const code = update(emitter, accumulator, value);
    if (takesPart?.kind === 'number') emitter.line(`if (${unlessNull(takesPart.isNull, takesPart.value)}) { ${code} }`);
    else emitter.line(`{ ${code} }`);
  }
  if (vectors.length === 0) return;
  emitter.line('const out = P.length;');
  waiting.forEach((value, k) => {
    emitStore(emitter, 'P', k, value, (vectors[k] as BoundExpression).type);
  });
  emitter.line('S.vectorGroups[out] = group; P.length = out + 1; if (out + 1 === P.capacity) S.drain();');
}

/** Finds the group of the current row's keys, or makes it. Open addressing; the words decide equality. */
function emitFind(emitter: Emitter, keys: readonly { type: DataType; value: Value }[], reload: string): void {
  const words: string[] = [];
  for (let first = 0; first < keys.length; first += 31) {
    const bits = keys
      .slice(first, first + 31)
      .map(({ value: { isNull } }, bit) => (isNull ? `(${isNull} ? ${1 << bit} : 0)` : '0'));
    words.push(emitter.variable(bits.join(' | ')));
  }
  const floats: string[] = [];
  keys.forEach(({ type, value }, k) => {
    for (const word of keyWords(emitter, type, value))
      words.push(emitter.variable(value.isNull ? `${value.isNull} ? 0 : ${word}` : word));
    if (type.kind === 'float64' && value.kind === 'number') floats.push(`S.doubleKey[${k}] = ${value.value};`);
  });
  emitter.line('let hash = 0;');
  for (const word of words) emitter.line(`hash = Math.imul(hash ^ ${word}, 0x9e3779b1); hash ^= hash >>> 15;`);
  emitter.line('let slot = hash & (slots.length - 1), group = 0;');
  emitter.block('for (;;)', () => {
    emitter.line('group = slots[slot] - 1;');
    const store = [...words.map((word, i) => `S.key[${i}] = ${word};`), ...floats].join(' ');
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

/** What one row does to the accumulator of its group. */
function update(emitter: Emitter, accumulator: Accumulator, value: Value | undefined): string {
  const { kind, slot, arg } = accumulator;
  const number = `a${slot}[group]`;
  if (!value || !arg) return `${number}++;`;
  const present = `h${slot}[group]`;
  if (kind === 'first' || kind === 'last') {
    const take = `if (${value.isNull || 'false'}) ${present} = ${PRESENT.null}; else { ${put(emitter, accumulator, value)} }`;
    return kind === 'last' ? take : `if (${present} === 0) { ${take} }`;
  }
  const code = updateByValue(emitter, accumulator, value);
  return value.isNull === '' ? code : `if (!(${value.isNull})) { ${code} }`;
}

/** What a row that is not NULL does. */
function updateByValue(emitter: Emitter, accumulator: Accumulator, value: Value): string {
  const { kind, slot, arg } = accumulator;
  const number = `a${slot}[group]`;
  const present = `h${slot}[group]`;
  if (kind === 'count') return `${number}++;`;
  if (kind === 'any') return `if (${present} === 0) { ${put(emitter, accumulator, value)} }`;
  if (value.kind === 'text') return `S.${kind}Text(${slot}, group, ${value.bytes}, ${value.start}, ${value.end});`;
  const v = numberOf(accumulator, value);
  if (kind === 'variance')
    return `const n = ${number} + 1, mean = a${slot + 1}[group], next = mean + (${v} - mean) / n; ${number} = n; a${slot + 1}[group] = next; a${slot + 2}[group] += (${v} - next) * (${v} - mean);`;
  const exact = emitter.mode === 'exact' && arg !== undefined && isLong(arg.type);
  const seen = `${present} = ${PRESENT.number};`;
  if (kind === 'sum') {
    if (arg?.type.kind === 'float64') return `${number} += ${v}; ${seen}`;
    if (exact) return `S.addExact(${slot}, group, ${v}); ${seen}`;
    const tooLarge = 'x > 9007199254740991 || x < -9007199254740991';
    return `const x = ${number} + ${v}; if (${tooLarge}) S.flushSum(${slot}, group, ${v}); else ${number} = x; ${seen}`;
  }
  if (exact) return `S.${kind}Exact(${slot}, group, ${v});`;
  const nan = arg?.type.kind === 'float64';
  const better =
    kind === 'min'
      ? `${v} < ${number}${nan ? ` || ${number} !== ${number}` : ''}`
      : `${v} > ${number}${nan ? ` || ${v} !== ${v}` : ''}`;
  return `if (${present} === 0 || ${better}) { ${number} = ${v}; ${seen} }`;
}

/** Keeps the value as it is. */
function put(emitter: Emitter, accumulator: Accumulator, value: Value): string {
  const { slot, arg } = accumulator;
  if (value.kind === 'text') return `S.putText(${slot}, group, ${value.bytes}, ${value.start}, ${value.end});`;
  const v = numberOf(accumulator, value);
  if (emitter.mode === 'exact' && arg && isLong(arg.type)) return `S.putExact(${slot}, group, ${v});`;
  return `a${slot}[group] = ${v}; h${slot}[group] = ${PRESENT.number};`;
}

function numberOf({ arg }: Accumulator, value: Value): string {
  if (value.kind !== 'number') throw new SluiceError('internal', 'the js lane was given text where a number belongs');
  return arg?.type.kind === 'bool' ? `(${value.value} ? 1 : 0)` : value.value;
}
