import type { Local } from '../../wasm-assembler/function-builder.ts';
import { type RowEmitter, words } from './csv-row-emitter.ts';

/** To be called before the loop that uses `emitPairs`. */
export function prepareDigits(row: RowEmitter): void {
  row.constant('low bytes', words(255, 255, 255, 255, 255, 255, 255, 255));
}

/**
 * Takes 16 digits, less '0' each; gives the numbers that pairs of them write, as u16, where `weights` (a constant of u16)
 * tell what the first digit of each pair counts. `bytes` is a local to work with.
 */
export function emitPairs(row: RowEmitter, weights: string, bytes: Local): void {
  row.f.tee(bytes);
  row.use(weights).op('i16x8.mul').get(bytes).i32(8).op('i16x8.shr_u').op('i16x8.add');
  row.use('low bytes').op('v128.and');
}
