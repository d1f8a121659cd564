import { VECTOR_SIZE } from '../../task.ts';
import type { Local } from '../../wasm-assembler/function-builder.ts';
import { bytes, type ColumnLocals, type RowEmitter } from './csv-row-emitter.ts';

export type TextField =
  | { readonly kind: 'text' }
  /** Only where it starts and stops, with the mark of quoted fields; `stopsAt` is the distance of the stops from the starts. */
  | { readonly kind: 'bounds'; readonly stopsAt: number };

/** What does not change from row to row; before the loop. `escapeByte` is the one that texts in quotes may not hold. */
export function prepareText(row: RowEmitter, escapeByte: number): void {
  if (!row.forms.quotes) return;
  row.constant(
    'escape',
    bytes(() => escapeByte),
  );
  row.constant(
    'places',
    bytes((i) => i),
  );
}

/** A text, as its start and its length, both u32. */
export function emitText(row: RowEmitter, column: ColumnLocals): void {
  row.valueAddress(column, 4).get(row.start).store('i32.store');
  row.valueAddress(column, 4);
  row.length().store('i32.store', 4 * VECTOR_SIZE);
}

/** Where a field starts and stops; `isQuoted` is 1 where it was. */
export function emitBounds(row: RowEmitter, stopsAt: number, column: ColumnLocals, isQuoted: Local): void {
  const { f } = row;
  row.valueAddress(column, 4).get(row.start);
  if (row.forms.quotes) f.get(isQuoted).i32(31).op('i32.shl').op('i32.or');
  f.store('i32.store');
  row.valueAddress(column, 4).get(row.stop).store('i32.store', stopsAt);
}

/** A text that holds an escape byte is in doubt. */
export function doubtEscapes(row: RowEmitter): void {
  const { f } = row;
  const [at, length] = [f.local('i32'), f.local('i32')];
  /** Compares the 16 bytes at an address. */
  const compare = (address: () => unknown) => {
    address();
    f.load('v128.load');
    row.use('escape').op('i8x16.eq');
  };
  row.length().tee(length).i32(15).op('i32.gt_u');
  f.when(() => {
    f.get(row.start).set(at);
    f.loop(() => {
      compare(() => f.get(at));
      row.doubtBytes();
      f.get(at).i32(16).op('i32.add').tee(at).i32(16).op('i32.add').get(row.stop).op('i32.le_u');
    });
    compare(() => f.get(row.stop).i32(16).op('i32.sub'));
    row.doubtBytes();
    f.i32(0).set(length);
  });
  compare(() => f.get(row.start));
  f.get(length).op('i8x16.splat');
  row.use('places').op('i8x16.gt_s').op('v128.and');
  row.doubtBytes();
}
