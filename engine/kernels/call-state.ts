// What a library kernel shares with the compiled code that calls it: 32 bytes, whose address is the last parameter.
//   0 u32  next free address of the area for new text      8 u32  1: the result is NULL
//   4 u32  end of that area                               12 u32  why the call failed, 0 for not (query/call-failures.ts)
//  16 i64  high word of a result of more than 64 bits

export const RESULT_OUT_OF_RANGE: u32 = 1;
export const SQUARE_ROOT_OF_NEGATIVE: u32 = 2;
export const LOGARITHM_OF_ZERO: u32 = 3;
export const LOGARITHM_OF_NEGATIVE: u32 = 4;
export const INPUT_OUT_OF_RANGE: u32 = 5;
export const TEXT_TOO_LONG: u32 = 6;
export const UNREADABLE_TEXT: u32 = 7;
export const VALUE_DOES_NOT_FIT: u32 = 8;
export const DANGLING_ESCAPE: u32 = 9;

/** No failure: the value is one that the kernel does not know how to treat, and the host does. */
export const LEFT_TO_HOST: u32 = 0xffff;

// @ts-ignore: decorator
@external('env', 'extendText')
declare function extendText(state: usize, bytes: u32): void;

/** Takes `bytes` for new text, at most 1 GiB; give back what is not used with `giveBack`. */
// @ts-ignore: decorator
@inline
export function takeText(state: usize, bytes: u32): usize {
  if (bytes > load<u32>(state, 4) - load<u32>(state)) extendText(state, bytes);
  const at = <usize>load<u32>(state);
  store<u32>(state, <u32>at + bytes);
  return at;
}

/** The text that was taken last ends here. */
// @ts-ignore: decorator
@inline
export function giveBack(state: usize, end: usize): void {
  store<u32>(state, <u32>end);
}

/** A text as a result. */
// @ts-ignore: decorator
@inline
export function textAt(address: usize, length: u32): i64 {
  return (<i64>length << 32) | <i64>address;
}

// @ts-ignore: decorator
@inline
export function giveNull(state: usize): void {
  store<u32>(state, 1, 8);
}

// @ts-ignore: decorator
@inline
export function fail(state: usize, failure: u32): void {
  store<u32>(state, failure, 12);
}

/** The low word of a wide result, whose high word goes to the state. */
// @ts-ignore: decorator
@inline
export function giveWide(state: usize, low: u64, high: i64): i64 {
  store<i64>(state, high, 16);
  return <i64>low;
}

/** Where the tables end that come with the module. */
export function endOfTables(): usize {
  return __heap_base;
}
