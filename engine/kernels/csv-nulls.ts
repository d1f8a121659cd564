import { QUOTED } from './csv-fields';
import { equalBytes } from './utf8';

/**
 * Makes NULLs of unquoted fields that equal one of some texts: they become empty. `spellings` are the texts, not empty
 * themselves: address and length of each, u32. With `emptyIsText`, unquoted fields that are empty before become quoted
 * ones, which are no NULLs.
 */
export function csvMarkNulls(
  starts: usize, stops: usize, rows: usize, count: u32, spellings: usize, spellingCount: u32, emptyIsText: bool,
): void {
  const end = spellings + (<usize>spellingCount << 3);
  for (let index: u32 = 0; index < count; index++) {
    const row = rows ? <usize>load<u32>(rows + (<usize>index << 2)) << 2 : <usize>index << 2;
    const start = load<u32>(starts + row);
    if (start & QUOTED) continue;
    const length = load<u32>(stops + row) - start;
    if (length == 0) {
      if (emptyIsText) store<u32>(starts + row, start | QUOTED);
      continue;
    }
    for (let spelling = spellings; spelling < end; spelling += 8) {
      if (length != load<u32>(spelling, 4) || !equalBytes(start, load<u32>(spelling), length)) continue;
      store<u32>(stops + row, start);
      break;
    }
  }
}
