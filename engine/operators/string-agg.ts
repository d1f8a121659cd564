import { isUtf8 } from 'node:buffer';
import { SluiceError } from '../../query/error.ts';
import { UTF8 } from '../../query/types.ts';
import type { Column } from '../column.ts';
import type { AggregateState, GroupNumbers } from './aggregate-state.ts';
import { damaged, eachState, stateColumn } from './state-bytes.ts';
import { ValueLog } from './value-log.ts';
import { text } from './words.ts';

const encoder = new TextEncoder();

/** string_agg: the texts in the order of rows, the separator between them. The state is the UTF-8 text so far. */
export class StringAggState implements AggregateState {
  readonly #name: string;
  readonly #separator: Uint8Array;
  readonly #limit: number;
  readonly #pieces = new ValueLog(UTF8);

  /** Holds `limit` bytes at most. */
  constructor(name: string, separator: string, limit: number) {
    this.#name = name;
    this.#separator = encoder.encode(separator);
    this.#limit = limit;
  }

  get bytes(): number {
    return this.#pieces.bytes;
  }

  update([operand]: readonly Column[], groups: GroupNumbers, length: number): void {
    this.#pieces.append(operand!, groups, length);
    this.#check();
  }

  merge([states]: readonly Column[], groups: GroupNumbers, length: number): void {
    this.#pieces.append(finishStringAgg([states!], length), groups, length);
    this.#check();
  }

  partial(length: number): Column[] {
    const { starts, rows } = this.#pieces.byGroup(length);
    const { bytes, offsets } = text(this.#pieces.values.column());
    const sizeOf = (group: number) => {
      const [first, last] = [starts[group]!, starts[group + 1]!];
      if (first === last) return undefined;
      let size = (last - first - 1) * this.#separator.length;
      for (let i = first; i < last; i++) size += offsets[rows[i]! + 1]! - offsets[rows[i]!]!;
      return size;
    };
    const write = (group: number, view: DataView, from: number) => {
      const target = new Uint8Array(view.buffer, view.byteOffset);
      let at = from;
      for (let i = starts[group]!; i < starts[group + 1]!; i++) {
        if (i > starts[group]!) {
          target.set(this.#separator, at);
          at += this.#separator.length;
        }
        const piece = bytes.subarray(offsets[rows[i]!], offsets[rows[i]! + 1]);
        target.set(piece, at);
        at += piece.length;
      }
    };
    return [stateColumn(this.#name, length, sizeOf, write)];
  }

  #check(): void {
    if (this.bytes <= this.#limit) return;
    throw new SluiceError('bad-value', `the texts of "${this.#name}" take more than ${this.#limit >> 20} MiB`);
  }
}

/** The texts of the states. */
export function finishStringAgg([states]: readonly Column[], length: number): Column {
  const { bytes, validity } = text(states);
  const offsets = new Int32Array(length + 1);
  const target = new Uint8Array(bytes.length);
  let end = 0;
  let row = 0;
  eachState(states, length, (at, _view, from, to) => {
    offsets.fill(end, row + 1, at + 1);
    row = at + 1;
    if (!isUtf8(bytes.subarray(from, to))) throw damaged('it is no UTF-8');
    target.set(bytes.subarray(from, to), end);
    end += to - from;
    offsets[row] = end;
  });
  offsets.fill(end, row + 1);
  return { kind: 'utf8', type: UTF8, length, offsets, bytes: target.subarray(0, end), ...(validity && { validity }) };
}
