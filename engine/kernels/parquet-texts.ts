// BYTE_ARRAYs of Parquet pages as vectors hold text: an array of addresses and one of lengths.
import { copyBlocks } from './page-copies';
import { lengthAt, startAt } from './text-runs';

// @ts-ignore: decorator
@inline
function setWord(words: usize, index: u32, value: u32): void {
  store<u32>(words + (<usize>index << 2), value);
}

/** PLAIN: each value is its length in 4 bytes, then its bytes. Gives how many of `count` lie whole in [at, end). */
export function parquetPlainTexts(at: usize, end: usize, addresses: usize, lengths: usize, count: u32): u32 {
  for (let index: u32 = 0; index < count; index++) {
    if (end - at < 4) return index;
    const length = load<u32>(at);
    at += 4;
    if (length > <u32>(end - at)) return index;
    setWord(addresses, index, <u32>at);
    setWord(lengths, index, length);
    at += length;
  }
  return count;
}

/** Addresses of texts that stand one behind the other. Gives how many of `count` lie whole in [at, end). */
export function parquetPlaceTexts(at: usize, end: usize, addresses: usize, lengths: usize, count: u32): u32 {
  for (let index: u32 = 0; index < count; index++) {
    const length = lengthAt(lengths, index);
    if (length > <u32>(end - at)) return index;
    setWord(addresses, index, <u32>at);
    at += length;
  }
  return count;
}

/**
 * The bytes of texts of which each begins with so many bytes of the one before as `prefixes` says, then takes
 * `lengths` more. Negative where a prefix is longer than the text before.
 */
export function parquetJoinedSize(prefixes: usize, lengths: usize, count: u32): f64 {
  let before: u64 = 0, size: u64 = 0;
  for (let index: u32 = 0; index < count; index++) {
    const prefix = <u64>lengthAt(prefixes, index);
    if (prefix > before) return -1;
    before = prefix + <u64>lengthAt(lengths, index);
    size += before;
  }
  return <f64>size;
}

/** Puts those texts together at `target`; `addresses` and `lengths` become theirs. Writes up to 15 bytes behind them. */
export function parquetJoinTexts(prefixes: usize, addresses: usize, lengths: usize, target: usize, count: u32): void {
  let before = target;
  for (let index: u32 = 0; index < count; index++) {
    const prefix = lengthAt(prefixes, index), rest = lengthAt(lengths, index);
    copyBlocks(target, before, prefix);
    copyBlocks(target + prefix, startAt(addresses, index), rest);
    setWord(addresses, index, <u32>target);
    setWord(lengths, index, prefix + rest);
    before = target;
    target += prefix + rest;
  }
}

/** 1 where all lengths are `length`. */
export function parquetLengthsAre(lengths: usize, length: u32, count: u32): u32 {
  for (let index: u32 = 0; index < count; index++) if (lengthAt(lengths, index) != length) return 0;
  return 1;
}

/** Addresses and lengths of texts of one length that stand one behind the other. */
export function parquetEvenTexts(at: usize, length: u32, addresses: usize, lengths: usize, count: u32): void {
  for (let index: u32 = 0; index < count; index++) {
    setWord(addresses, index, <u32>at);
    setWord(lengths, index, length);
    at += length;
  }
}
