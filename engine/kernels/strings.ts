/** Compares two texts by their bytes: negative, 0 or positive. */
export function compareUtf8(a: usize, aLength: u32, b: usize, bLength: u32): i32 {
  const shared = <usize>min(aLength, bLength);
  let i: usize = 0;
  for (; i + 8 <= shared; i += 8) {
    const x = load<u64>(a + i), y = load<u64>(b + i);
    if (x != y) return bswap(x) < bswap(y) ? -1 : 1;
  }
  for (; i < shared; i++) {
    const difference = <i32>load<u8>(a + i) - <i32>load<u8>(b + i);
    if (difference != 0) return difference;
  }
  return i32(aLength > bLength) - i32(aLength < bLength);
}

export function equalUtf8(a: usize, aLength: u32, b: usize, bLength: u32): i32 {
  return aLength == bLength && compareUtf8(a, aLength, b, bLength) == 0 ? 1 : 0;
}

// @ts-ignore: decorator
@inline
function characterLength(lead: u8): usize {
  return lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

/** LIKE with % (any run) and _ (one character); greedy with one point of return, so at most text x pattern steps. */
export function likeUtf8(text: usize, textLength: u32, pattern: usize, patternLength: u32): i32 {
  const textEnd = text + textLength, patternEnd = pattern + patternLength;
  let returnPattern: usize = 0, returnText: usize = 0;
  while (text < textEnd) {
    const symbol = pattern < patternEnd ? load<u8>(pattern) : 0;
    if (pattern < patternEnd && symbol == 37) {
      returnPattern = ++pattern;
      returnText = text;
    } else if (pattern < patternEnd && symbol == 95) {
      pattern++;
      text += characterLength(load<u8>(text));
    } else if (pattern < patternEnd && symbol == load<u8>(text)) {
      pattern++;
      text++;
    } else if (returnPattern) {
      pattern = returnPattern;
      returnText += characterLength(load<u8>(returnText));
      text = returnText;
    } else return 0;
  }
  if (text > textEnd) return 0;
  while (pattern < patternEnd && load<u8>(pattern) == 37) pattern++;
  return pattern == patternEnd ? 1 : 0;
}
