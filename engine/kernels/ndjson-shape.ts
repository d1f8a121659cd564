import { COLON } from './json-bytes';
import { equalBytes } from './utf8';

// What is wanted of a line, as a tree, and what has been learnt of the order of keys; u32 fields.
//
// A node (16 bytes): +0 its first member or 0, +4 not 0: its members are wanted, +8 where the bounds of its values go or
// 0, +12 its first wanted element or 0.
// An element of an array (12 bytes): +0 its index, +4 its node, +8 the next one, of a higher index, or 0.
// A member, a key seen or wanted in a node (64 bytes): +0 the next member in the order learnt, or 0, NOT_SEEN before it
// has a place there; +4 the length of its key with both quotes and a colon; +8 where the key stands, with those; +12 the
// node of its value, 0: not wanted; +16 the node that it belongs to; +20 its hash; +24 WHOLE_KEY if it is not wanted, and
// its key, with those, has no more than 16 bytes, else another value; +32 the key's first 16 bytes; +48 a mask of ones
// where those are of the key.
//
// The shape itself: +0 members so far, +4 members there is room for (a power of two), +8 the members, +12 the next free
// byte for keys, +16 the end of the bytes for keys, +20 the hash table, u32 addresses of members, twice as many as
// members; +24 bytes of a row of bounds; +28 the next free byte for unescaped text; +32 the node of a line.

const MEMBER_BYTES: usize = 64;
const NOT_SEEN: u32 = 1;
/** What keyBytesAt gives where all of the key's first bytes stand, and something that it never gives. */
const WHOLE_KEY: u32 = 0xffff;
const NO_KEY: u32 = 0x10000;

/** Which of the first 16 bytes of a member's key, with quotes and colon, stand at an address; bits behind are set. */
// @ts-ignore: decorator
@inline
function keyBytesAt(member: usize, at: usize): u32 {
  return i8x16.bitmask(i8x16.eq(v128.and(v128.load(at), v128.load(member, 48)), v128.load(member, 32)));
}

/** 0 if the key of a member stands at an address, has up to 16 bytes, and is not wanted. */
// @ts-ignore: decorator
@inline
export function differsFromUnwanted(member: usize, at: usize): u32 {
  return keyBytesAt(member, at) ^ load<u32>(member, 24);
}

/** Whether the whole key of a member stands at an address. Reads up to 15 bytes behind. */
// @ts-ignore: decorator
@inline
export function standsAt(member: usize, at: usize): bool {
  if (keyBytesAt(member, at) != WHOLE_KEY) return false;
  const length = load<u32>(member, 4);
  return length <= 16 || equalBytes(<usize>load<u32>(member, 8) + 16, at + 16, length - 16);
}

/** Mixes the length, the first and the last 8 bytes of a key with its quotes, of 2 bytes at least. */
function hashOfKey(node: usize, key: usize, length: usize): u32 {
  let first = load<u64>(key);
  if (length < 8) first <<= (8 - length) << 3;
  const last = length < 8 ? 0 : load<u64>(key + length - 8);
  const mixed = (first ^ (last * 0x9e3779b97f4a7c15) ^ (<u64>node << 32) ^ length) * 0xff51afd7ed558ccd;
  return <u32>(mixed >> 32);
}

/**
 * The member of a node whose key, `length` bytes with its quotes, stands at an address; one that was not known is added.
 * 0 when there is no room for it. The key holds no backslash.
 */
function memberOf(shape: usize, node: usize, key: usize, length: usize): usize {
  const hash = hashOfKey(node, key, length);
  const capacity = load<u32>(shape, 4);
  const table = <usize>load<u32>(shape, 20);
  const mask = 2 * capacity - 1;
  let slot = hash & mask;
  while (true) {
    const member = <usize>load<u32>(table + (<usize>slot << 2));
    if (member == 0) break;
    if (
      load<u32>(member, 20) == hash && load<u32>(member, 16) == <u32>node && load<u32>(member, 4) == <u32>length + 1 &&
      equalBytes(<usize>load<u32>(member, 8), key, length)
    ) return member;
    slot = (slot + 1) & mask;
  }
  const count = load<u32>(shape);
  const text = <usize>load<u32>(shape, 12);
  if (count == capacity || text + length + 1 > <usize>load<u32>(shape, 16)) return 0;
  memory.copy(text, key, length);
  store<u8>(text + length, COLON);
  store<u32>(shape, <u32>(text + length + 1), 12);
  const member = <usize>load<u32>(shape, 8) + <usize>count * MEMBER_BYTES;
  store<u32>(shape, count + 1);
  store<u32>(member, NOT_SEEN);
  store<u32>(member, <u32>length + 1, 4);
  store<u32>(member, <u32>text, 8);
  store<u32>(member, 0, 12);
  store<u32>(member, <u32>node, 16);
  store<u32>(member, hash, 20);
  store<u32>(member, length < 16 ? WHOLE_KEY : NO_KEY, 24);
  memory.fill(member + 32, 0, 32);
  memory.copy(member + 32, text, min<usize>(length + 1, 16));
  memory.fill(member + 48, 255, min<usize>(length + 1, 16));
  store<u32>(table + (<usize>slot << 2), <u32>member);
  return member;
}

/** As memberOf. A member that comes for the first time gets its place before `expected`, or as the last (0). */
export function memberBefore(shape: usize, node: usize, key: usize, length: usize, expected: usize): usize {
  const member = memberOf(shape, node, key, length);
  if (member != 0 && load<u32>(member) == NOT_SEEN) {
    let link = node;
    while (<usize>load<u32>(link) != expected) link = <usize>load<u32>(link);
    store<u32>(member, <u32>expected);
    store<u32>(link, <u32>member);
  }
  return member;
}

/** Says that the value of a key, given with its quotes and without escapes, belongs to the node `child`. Gives 0 when there is no room. */
export function ndjsonWantMember(shape: usize, node: usize, key: usize, length: usize, child: usize): u32 {
  const member = memberOf(shape, node, key, length);
  if (member == 0) return 0;
  store<u32>(member, <u32>child, 12);
  store<u32>(member, NO_KEY, 24);
  return 1;
}
