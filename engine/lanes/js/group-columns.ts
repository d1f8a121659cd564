import { SluiceError } from '../../../query/error.ts';
import { BOOL, type DataType, formatType } from '../../../query/types.ts';
import type { Column } from '../../column.ts';
import type { StateSlot } from '../../compile/js/accumulators.ts';
import { PRESENT } from '../../compile/js/groups-output.ts';
import { isLong } from '../../compile/js/representation.ts';
import type { StringTable } from '../../compile/js/text.ts';
import { wordsOf } from '../../compile/js/words.ts';
import { zeroValues } from '../../zero-values.ts';

/** The keys of groups 0 .. length - 1: `width` words each. */
export interface KeyTable {
  readonly words: Int32Array;
  readonly width: number;
  readonly length: number;
  readonly strings: StringTable;
}

/** What a slot holds for each group. */
export interface Slot {
  readonly numbers: Float64Array;
  readonly present: Uint8Array;
  readonly exact: readonly (bigint | undefined)[];
  readonly texts: readonly (Uint8Array | undefined)[];
}

/** Column of key `k`, whose words begin at `at`; doubles are given as they first came. */
export function keyColumn(
  { words, width, length, strings }: KeyTable,
  type: DataType,
  k: number,
  at: number,
  doubles: Float64Array | undefined,
): Column {
  const validity = new Uint8Array(length);
  const mask = Math.floor(k / 31);
  for (let group = 0; group < length; group++)
    validity[group] = ((words[group * width + mask] as number) >> (k % 31)) & 1 ? 0 : 1;
  if (type.kind === 'utf8')
    return textColumn(type, length, validity, (group) => strings.textOf(words[group * width + at] as number));
  const values = zeroValues(type, length);
  if (doubles) values.set(doubles.subarray(0, length) as never);
  else if (values instanceof Uint8Array || !isLong(type))
    for (let group = 0; group < length; group++) values[group] = words[group * width + at] as number;
  else {
    const count = wordsOf(type);
    const target = new Int32Array(values.buffer);
    for (let group = 0; group < length; group++)
      for (let i = 0; i < count; i++) target[group * count + i] = words[group * width + at + i] as number;
  }
  return { kind: 'fixed', type, length, values, ...nulls(validity) };
}

/** One state column out of a slot. Throws `bad-value` where a sum has left its type. */
export function slotColumn(
  name: string,
  type: DataType,
  length: number,
  { accumulator, seen }: StateSlot,
  slot: Slot,
): Column {
  const { numbers, present, texts } = slot;
  if (seen)
    return { kind: 'fixed', type: BOOL, length, values: Uint8Array.from(present.subarray(0, length), Math.sign) };
  const counts = accumulator === 'count' || accumulator === 'variance';
  const validity = new Uint8Array(length);
  for (let group = 0; group < length; group++)
    validity[group] = counts || (present[group] !== PRESENT.nothing && present[group] !== PRESENT.null) ? 1 : 0;
  if (type.kind === 'utf8') return textColumn(type, length, validity, (group) => texts[group] ?? new Uint8Array(0));
  const values = zeroValues(type, length);
  if (!isLong(type)) {
    for (let group = 0; group < length; group++)
      if (validity[group] === 1) (values as Float64Array)[group] = numbers[group] as number;
  } else {
    const words = new Int32Array(values.buffer);
    const count = wordsOf(type);
    for (let group = 0; group < length; group++) {
      if (validity[group] === 0) continue;
      const exact = exactOf(accumulator, slot, group);
      if (exact === undefined) {
        const number = numbers[group] as number;
        const high = Math.floor(number / 4294967296) | 0;
        for (let i = 0; i < count; i++) words[count * group + i] = i === 0 ? number | 0 : i === 1 ? high : high >> 31;
      } else {
        if (accumulator === 'sum' && (exact >= SUM_LIMIT || exact <= -SUM_LIMIT))
          throw new SluiceError('bad-value', `the sum "${name}" does not fit into ${formatType(type)}`);
        for (let i = 0; i < count; i++) words[count * group + i] = Number(BigInt.asIntN(32, exact >> BigInt(32 * i)));
      }
    }
  }
  return { kind: 'fixed', type, length, values, ...nulls(validity) };
}

const SUM_LIMIT = 10n ** 38n;

/** The value where it is no number: a sum is the number and what was moved to a bigint. */
function exactOf(
  accumulator: StateSlot['accumulator'],
  { numbers, present, exact }: Slot,
  group: number,
): bigint | undefined {
  if (accumulator !== 'sum') return present[group] === PRESENT.bigint ? exact[group] : undefined;
  const moved = exact[group];
  return moved === undefined ? undefined : moved + BigInt(numbers[group] as number);
}

function nulls(validity: Uint8Array) {
  return validity.includes(0) ? { validity } : {};
}

/** A text column without a way through strings, so that bytes stay as they are. */
function textColumn(type: DataType, length: number, validity: Uint8Array, textOf: (row: number) => Uint8Array): Column {
  const offsets = new Int32Array(length + 1);
  let bytes = new Uint8Array(1024);
  let end = 0;
  for (let row = 0; row < length; row++) {
    if (validity[row] === 1) {
      const text = textOf(row);
      if (end + text.length > bytes.length) {
        const grown = new Uint8Array(2 * (end + text.length));
        grown.set(bytes);
        bytes = grown;
      }
      bytes.set(text, end);
      end += text.length;
    }
    offsets[row + 1] = end;
  }
  return { kind: 'utf8', type, length, offsets, bytes: bytes.slice(0, end), ...nulls(validity) };
}
