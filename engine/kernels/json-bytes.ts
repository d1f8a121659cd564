// The bytes that mean something in JSON.
export const NEWLINE: u8 = 10;
export const RETURN: u8 = 13;
export const SPACE: u8 = 32;
export const QUOTE: u8 = 34;
export const COMMA: u8 = 44;
export const COLON: u8 = 58;
export const OPEN_BRACKET: u8 = 91;
export const BACKSLASH: u8 = 92;
export const CLOSE_BRACKET: u8 = 93;
export const OPEN_BRACE: u8 = 123;
export const CLOSE_BRACE: u8 = 125;

// What vectors of one byte are made of. They come from memory: a constant vector is put together anew, by several
// instructions, wherever it is used, in loops too.
const VECTOR_BYTES = memory.data<u8>([QUOTE, BACKSLASH, COMMA, NEWLINE, 31, 32, 122, 48, 10]);

// Offsets of bytes among those.
export const QUOTES: usize = 0;
export const BACKSLASHES: usize = 1;
export const COMMAS: usize = 2;
export const LINE_FEEDS: usize = 3;
/** The last control character. */
export const CONTROLS: usize = 4;
/** The bit in which brackets differ from braces. */
export const BRACKET_BITS: usize = 5;
/** What stands before "{". */
export const BEFORE_BRACES: usize = 6;
/** "0" */
export const ZERO_DIGITS: usize = 7;
export const TENS: usize = 8;

// @ts-ignore: decorator
@inline
export function vectorOf(offset: usize): v128 {
  return v128.load_splat<u8>(VECTOR_BYTES + offset);
}
