// LIKE: % stands for any run of characters, _ for one. The pieces between % are searched from left to right, each where
// it first occurs, and the last at the end of the text, so that no input makes the search go back over an earlier piece.
import { DANGLING_ESCAPE, fail, giveBack, takeText } from './call-state';
import { endOfLooseRun, lengthAt, startAt } from './text-runs';
import { characterLength, findBytes, previousCharacter } from './utf8';

// Bytes that are in no text: what wildcards become where an escape character makes % and _ literal.
const ANY_RUN: u8 = 0xff;
const ANY_ONE: u8 = 0xfe;
const NOTHING: u8 = 0xfd;

/** Whether the text matches; `escape` is one ASCII character or empty. */
export function likeUtf8(
  text: usize,
  length: u32,
  pattern: usize,
  patternLength: u32,
  escape: usize,
  escapeLength: u32,
  state: usize,
): i32 {
  // An empty text may stand at address 0, which here means that a piece was not found.
  if (length == 0) text = pattern | 1;
  if (escapeLength == 0) return i32(matches(text, text + length, pattern, pattern + patternLength, 0x25, 0x5f));
  const plain = takeText(state, patternLength + 1);
  const end = unescape(pattern, pattern + patternLength, load<u8>(escape), plain);
  giveBack(state, plain);
  return i32(
    end > plain && load<u8>(end - 1) == NOTHING
      ? matchesDangling(text, text + length, plain, state)
      : matches(text, text + length, plain, end, ANY_RUN, ANY_ONE),
  );
}

/**
 * The rows of a utf8 vector that match `%PART REST`, where `rest` starts with % and neither has escapes; the part has no
 * wildcards and at least one byte. `validity` is 0 when no row is NULL. Writes their numbers (u32) and gives how many.
 * Texts that stand close behind one another are searched as one, with what stands between them.
 */
export function selectLike(
  starts: usize, lengths: usize, validity: usize, count: u32, part: usize, partLength: u32, rest: usize,
  restLength: u32, selection: usize,
): u32 {
  const matchesAll = restLength == 1;
  let out = selection;
  for (let row: u32 = 0; row < count; ) {
    const behind = endOfLooseRun(starts, lengths, validity, row, count);
    if (behind == row) {
      row++;
      continue;
    }
    const end = startAt(starts, behind - 1) + lengthAt(lengths, behind - 1);
    let at = findBytes(startAt(starts, row), end, part, partLength);
    while (at < end) {
      let textEnd = startAt(starts, row) + lengthAt(lengths, row);
      while (textEnd <= at) textEnd = startAt(starts, ++row) + lengthAt(lengths, row);
      const tail = at + partLength;
      if (at < startAt(starts, row)) at = startAt(starts, row);
      else if (tail > textEnd) at++;
      else {
        if (matchesAll || matches(tail, textEnd, rest, rest + restLength, 0x25, 0x5f)) {
          store<u32>(out, row);
          out += 4;
        }
        at = textEnd;
      }
      at = findBytes(at, end, part, partLength);
    }
    row = behind;
  }
  return <u32>(out - selection) >> 2;
}

/** Writes the pattern with wildcards of their own and without escapes; one at the very end becomes NOTHING. */
function unescape(pattern: usize, end: usize, escape: u8, out: usize): usize {
  for (; pattern < end; pattern++, out++) {
    const byte = load<u8>(pattern);
    if (byte == escape) store<u8>(out, ++pattern < end ? load<u8>(pattern) : NOTHING);
    else store<u8>(out, byte == 0x25 ? ANY_RUN : byte == 0x5f ? ANY_ONE : byte);
  }
  return out;
}

/** Whether the text matches a pattern whose wildcards are the bytes `run` and `one`. */
// @ts-ignore: decorator
@inline
function matches(text: usize, end: usize, pattern: usize, patternEnd: usize, run: u8, one: u8): bool {
  let pieceEnd = endOfPiece(pattern, patternEnd, run);
  text = matchPiece(text, end, pattern, pieceEnd, one);
  if (text == 0) return false;
  if (pieceEnd == patternEnd) return text == end;
  while (true) {
    pattern = pieceEnd + 1;
    pieceEnd = endOfPiece(pattern, patternEnd, run);
    if (pieceEnd == patternEnd) return endsWithPiece(text, end, pattern, pieceEnd, one);
    if (pattern < pieceEnd) text = searchPiece(text, end, pattern, pieceEnd, one);
    if (text == 0) return false;
  }
}

// @ts-ignore: decorator
@inline
function endOfPiece(pattern: usize, end: usize, run: u8): usize {
  while (pattern < end && load<u8>(pattern) != run) pattern++;
  return pattern;
}

/** Behind the piece, when it stands at `text`; else 0. */
function matchPiece(text: usize, end: usize, piece: usize, pieceEnd: usize, one: u8): usize {
  for (; piece < pieceEnd; piece++) {
    if (text >= end) return 0;
    const symbol = load<u8>(piece);
    if (symbol == one) text += characterLength(load<u8>(text));
    else if (symbol == load<u8>(text)) text++;
    else return 0;
  }
  return text;
}

/** Behind the piece's first occurrence; else 0. */
function searchPiece(text: usize, end: usize, piece: usize, pieceEnd: usize, one: u8): usize {
  if (endOfPiece(piece, pieceEnd, one) == pieceEnd) {
    const at = findBytes(text, end, piece, pieceEnd - piece);
    return at < end ? at + (pieceEnd - piece) : 0;
  }
  for (; text < end; text += characterLength(load<u8>(text))) {
    const behind = matchPiece(text, end, piece, pieceEnd, one);
    if (behind != 0) return behind;
  }
  return 0;
}

/** Whether the piece ends the text, and starts no earlier than `text`. */
function endsWithPiece(text: usize, end: usize, piece: usize, pieceEnd: usize, one: u8): bool {
  while (pieceEnd > piece) {
    if (end <= text) return false;
    const symbol = load<u8>(--pieceEnd);
    if (symbol == one) end = previousCharacter(text, end);
    else if (load<u8>(--end) != symbol) return false;
  }
  return true;
}

/** An escape that ends its pattern fails the match that gets there with text left: character by character, as SQL says it. */
function matchesDangling(text: usize, end: usize, pattern: usize, state: usize): bool {
  let returnPattern: usize = 0, returnText: usize = 0;
  while (text < end) {
    const symbol = load<u8>(pattern);
    if (symbol == NOTHING) {
      fail(state, DANGLING_ESCAPE);
      return false;
    }
    if (symbol == ANY_RUN) {
      returnPattern = ++pattern;
      returnText = text;
    } else if (symbol == ANY_ONE) {
      pattern++;
      text += characterLength(load<u8>(text));
    } else if (symbol == load<u8>(text)) {
      pattern++;
      text++;
    } else if (returnPattern) {
      pattern = returnPattern;
      returnText += characterLength(load<u8>(returnText));
      text = returnText;
    } else return false;
  }
  return false;
}
