// Texts without some characters at their ends: results point into the operand.
import { textAt } from './call-state';
import { characterLength, codePointAt, equalBytes, previousCharacter } from './utf8';

// @ts-ignore: decorator
@inline
function isSpace(code: u32): bool {
  if (code < 0x1680) return code == 0x20 || code == 0xa0;
  return code == 0x1680 || (code >= 0x2000 && code <= 0x200a) || code == 0x202f || code == 0x205f || code == 0x3000;
}

/** The first character that is no space. */
function skipSpaces(at: usize, end: usize): usize {
  while (at < end && isSpace(codePointAt(at))) at += characterLength(load<u8>(at));
  return at;
}

/** Behind the last character that is no space. */
function dropSpaces(start: usize, end: usize): usize {
  while (end > start) {
    const last = previousCharacter(start, end);
    if (!isSpace(codePointAt(last))) break;
    end = last;
  }
  return end;
}

// @ts-ignore: decorator
@inline
function result(start: usize, end: usize): i64 {
  return textAt(start, <u32>(end - start));
}

export function trimSpaces(text: usize, length: u32, state: usize): i64 {
  const start = skipSpaces(text, text + length);
  return result(start, dropSpaces(start, text + length));
}

export function trimSpacesLeft(text: usize, length: u32, state: usize): i64 {
  return result(skipSpaces(text, text + length), text + length);
}

export function trimSpacesRight(text: usize, length: u32, state: usize): i64 {
  return result(text, dropSpaces(text, text + length));
}

/** Whether the character of `length` bytes at an address is one of a set's. */
function isMember(at: usize, length: usize, set: usize, setEnd: usize): bool {
  while (set < setEnd) {
    const own = characterLength(load<u8>(set));
    if (own == length && equalBytes(at, set, length)) return true;
    set += own;
  }
  return false;
}

function skipMembers(at: usize, end: usize, set: usize, setEnd: usize): usize {
  while (at < end) {
    const length = characterLength(load<u8>(at));
    if (!isMember(at, length, set, setEnd)) break;
    at += length;
  }
  return at;
}

function dropMembers(start: usize, end: usize, set: usize, setEnd: usize): usize {
  while (end > start) {
    const last = previousCharacter(start, end);
    if (!isMember(last, end - last, set, setEnd)) break;
    end = last;
  }
  return end;
}

export function trimUtf8(text: usize, length: u32, set: usize, setLength: u32, state: usize): i64 {
  const start = skipMembers(text, text + length, set, set + setLength);
  return result(start, dropMembers(start, text + length, set, set + setLength));
}

export function trimLeftUtf8(text: usize, length: u32, set: usize, setLength: u32, state: usize): i64 {
  return result(skipMembers(text, text + length, set, set + setLength), text + length);
}

export function trimRightUtf8(text: usize, length: u32, set: usize, setLength: u32, state: usize): i64 {
  return result(text, dropMembers(text, text + length, set, set + setLength));
}
