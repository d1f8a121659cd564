import type { FunctionBuilder, Local } from '../../wasm-assembler/function-builder.ts';
import type { LaneCode } from './simd-lanes.ts';

/** Rows of one turn: two pairs. */
export const ROWS = 4;

/**
 * Emits a loop over `count` rows. `turn` emits the code for the next four of them, and what moves its pointers on; it
 * is given the masks of the rows that exist, one a pair, where not all of the four do.
 */
export function loopOverRows(lanes: LaneCode, count: Local, turn: (inRange: readonly Local[]) => void): void {
  const { code } = lanes;
  const row = code.local('i32');
  const whole = code.local('i32');
  code.get(count).i32(-ROWS).op('i32.and').tee(whole);
  code.when(() => {
    code.loop(() => {
      turn([]);
      code.get(row).i32(ROWS).op('i32.add').tee(row);
      code.get(whole).op('i32.lt_u');
    });
  });
  code
    .get(whole)
    .get(count)
    .op('i32.lt_u')
    .when(() => {
      const inRange = [0n, 2n].map((first) =>
        lanes.vector(() => {
          code.get(count).get(whole).op('i32.sub').op('i64.extend_i32_u').op('i64x2.splat');
          code.v128(first, first + 1n).op('i64x2.gt_s');
        }),
      );
      turn(inRange);
    });
}

/** Moves an address on by what one turn takes. */
export function advance(code: FunctionBuilder, pointer: Local, bytesPerRow: number): void {
  code
    .get(pointer)
    .i32(ROWS * bytesPerRow)
    .op('i32.add')
    .set(pointer);
}
