import type { BoundExpression } from '../../../query/expression.ts';
import type { BatchFunction, Projected } from '../../compile/to-wasm/batch-module.ts';
import { VECTOR_SIZE } from '../../task.ts';
import type { Kernels } from './kernels.ts';
import type { EngineMemory } from './memory.ts';
import type { Vector } from './vector.ts';

type Filter = Extract<BatchFunction, { kind: 'filter' }>;

/** A pattern that starts with % and a text: the text, and what follows, which starts with % again. */
interface Search {
  readonly column: number;
  readonly part: string;
  readonly rest: string;
}

/** Kernels over a whole vector of text, by the overload that they compute. */
const LETTER_CASE: Readonly<Record<string, 'upperTexts' | 'lowerTexts'>> = {
  'upper(varchar)': 'upperTexts',
  'lower(varchar)': 'lowerTexts',
};

/**
 * A filter that only searches a text in a column, by a kernel for whole vectors. The function takes a number of rows and
 * gives how many pass. Undefined for other filters.
 */
export function textFilter(
  memory: EngineMemory,
  kernels: Kernels,
  { conjuncts, selection }: Filter,
  inputs: ReadonlyMap<number, Vector>,
): ((count: number) => number) | undefined {
  const [conjunct, ...others] = conjuncts;
  const search = conjunct && others.length === 0 ? searchOf(conjunct) : undefined;
  if (!search) return undefined;
  const vector = inputs.get(search.column) as Vector;
  const [part, partLength] = writeText(memory, search.part);
  const [rest, restLength] = writeText(memory, search.rest);
  return (count) => {
    const { values, validity, hasNulls } = vector;
    const lengths = values + 4 * VECTOR_SIZE;
    const nulls = hasNulls ? validity : 0;
    return kernels.selectLike(values, lengths, nulls, count, part, partLength, rest, restLength, selection);
  };
}

function searchOf(conjunct: BoundExpression): Search | undefined {
  if (conjunct.kind !== 'function' && conjunct.kind !== 'call') return undefined;
  const [column, pattern, escapeWith] = conjunct.args;
  if (column?.kind !== 'column' || pattern?.kind !== 'literal' || typeof pattern.value !== 'string') return undefined;
  if (conjunct.kind === 'function') {
    if (conjunct.overload !== 'contains(varchar, varchar)' || pattern.value === '') return undefined;
    return { column: column.index, part: pattern.value, rest: '%' };
  }
  if (conjunct.operator !== 'like' || escapeWith?.kind !== 'literal' || escapeWith.value !== '') return undefined;
  const pieces = /^%+([^%_]+)(%.*)$/s.exec(pattern.value);
  return pieces ? { column: column.index, part: pieces[1] as string, rest: pieces[2] as string } : undefined;
}

/** Writes a text to memory of its own; gives its address and its bytes. */
function writeText(memory: EngineMemory, text: string): [number, number] {
  const bytes = Buffer.from(text);
  const address = memory.allocate(bytes.length);
  memory.u8.set(bytes, address);
  return [address, bytes.length];
}

/** Whether `textProjection` knows a kernel for the expression. */
export function isTextProjection(expression: BoundExpression): boolean {
  return (
    expression.kind === 'function' &&
    LETTER_CASE[expression.overload] !== undefined &&
    expression.args[0]?.kind === 'column'
  );
}

/** Fills the vector of an output that `isTextProjection`; `callState` leads to the room for text, and may not fail. */
export function textProjection(
  memory: EngineMemory,
  kernels: Kernels,
  { expression, place }: Projected,
  inputs: ReadonlyMap<number, Vector>,
  callState: number,
): (count: number) => void {
  const { overload, args } = expression as Extract<BoundExpression, { kind: 'function' }>;
  const kernel = kernels[LETTER_CASE[overload] as 'upperTexts' | 'lowerTexts'];
  const vector = inputs.get((args[0] as Extract<BoundExpression, { kind: 'column' }>).index) as Vector;
  const lengths = 4 * VECTOR_SIZE;
  return (count) => {
    const { values, validity, hasNulls } = vector;
    kernel(values, values + lengths, hasNulls ? validity : 0, count, place.values, place.values + lengths, callState);
    if (hasNulls) memory.u8.copyWithin(place.validity, validity, validity + count);
    else memory.u8.fill(1, place.validity, place.validity + count);
  };
}
