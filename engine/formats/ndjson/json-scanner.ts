import { isUtf8 } from 'node:buffer';
import { type NdjsonPath, newNode, type PathNode, pathTree } from './paths.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
/** Levels of nesting that are followed. */
const DEEPEST = 1_000;
/** Keys of an object that are kept to be compared with, and the bytes of the longest. */
const KEPT_KEYS = 512;
const LONGEST_KEPT_KEY = 256;
/** Of a value nobody wants. */
const NOTHING = newNode();

/** A JSON value as it stands in the bytes: `[start, end)`, a string's quotes included. */
export interface JsonToken {
  kind: 'string' | 'number' | 'true' | 'false' | 'null' | 'nested';
  start: number;
  end: number;
  /** A string that holds a backslash. */
  escaped: boolean;
}

/** What is wrong with a line of JSON; the caller adds where the line is. */
export class JsonSyntaxError extends Error {}

/** What may stand behind a backslash, and `u`. */
const ESCAPED = '"\\/bfnrt';

/** What many writers put where JSON has no number. */
const WORDS_FOR_NUMBERS = ['NaN', 'Infinity', '-Infinity'];

/** Is told what a line holds. */
export interface ValueTarget {
  /** A value that is wanted; `token` holds until the call returns. */
  value(slot: number, token: JsonToken): void;
  /** A key that the tree does not have; may give a node for its values. */
  member?(parent: PathNode, key: string): PathNode | undefined;
}

/** A key as it stands between two quotes, those included, and what is wanted of its values. */
interface KeptKey {
  readonly bytes: Uint8Array;
  readonly child: PathNode;
}

/**
 * Reads lines of JSON (RFC 8259) out of bytes without building objects. Checks what is wanted and the keys beside it:
 * grammar, escapes with surrogates in pairs, UTF-8. In values that nobody wants, and in arrays and objects of which no
 * part is wanted but their text, only strings must close and brackets match. `NaN`, `Infinity` and `-Infinity` are
 * numbers, as for most readers of NDJSON.
 */
export class JsonScanner {
  readonly #token: JsonToken = { kind: 'null', start: 0, end: 0, escaped: false };
  readonly #paths: readonly NdjsonPath[];
  readonly #root: PathNode;
  readonly #target: ValueTarget;
  /** The line that last had a value in each slot. */
  readonly #seen: number[] = [];
  #line = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  #end = 0;
  #at = 0;
  /** Keys of the objects of a node, in the order in which they came: the next line will mostly have the same. */
  readonly #kept = new Map<PathNode, KeptKey[]>();

  /** The value at `paths[i]` belongs to slot i. */
  constructor(paths: readonly NdjsonPath[], target: ValueTarget) {
    this.#paths = paths;
    this.#root = pathTree(paths);
    this.#target = target;
  }

  /**
   * Reads `bytes[start .. end)`, a line; false when it is blank. Throws JsonSyntaxError when it is not one object or has
   * two values for one path, and what the target throws.
   */
  line(bytes: Uint8Array, start: number, end: number): boolean {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    this.#line++;
    this.#skipBlanks();
    if (this.#at === end) return false;
    if (this.#peek() !== OPEN_BRACE) throw this.#wrong('an object');
    this.#value(this.#root, 0);
    this.#skipBlanks();
    if (this.#at < end) throw new JsonSyntaxError('there is more behind the object');
    return true;
  }

  #value(node: PathNode, depth: number): void {
    if (node === NOTHING) {
      this.#skipValue(depth);
      return;
    }
    this.#skipBlanks();
    const token = this.#token;
    const start = this.#at;
    const byte = this.#peek();
    token.escaped = false;
    if (byte === QUOTE) this.#string();
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      if (depth > DEEPEST) throw new JsonSyntaxError(`nests deeper than ${DEEPEST} levels`);
      if (byte === OPEN_BRACE && (node.members.size > 0 || this.#target.member)) this.#object(node, depth);
      else if (byte === OPEN_BRACKET && node.elements.size > 0) this.#array(node, depth);
      else {
        this.#skipNested(depth);
        this.#at++;
        if (node.slot !== undefined) this.#checkUtf8(start, this.#at);
      }
      token.kind = 'nested';
      token.escaped = false;
    } else if (byte === 0x74) this.#word('true');
    else if (byte === 0x66) this.#word('false');
    else if (byte === 0x6e) this.#word('null');
    else this.#number();
    if (node.slot === undefined) return;
    if (this.#seen[node.slot] === this.#line)
      throw new JsonSyntaxError(`the key "${this.#paths[node.slot]?.name}" comes twice`);
    this.#seen[node.slot] = this.#line;
    token.start = start;
    token.end = this.#at;
    this.#target.value(node.slot, token);
  }

  #object(node: PathNode, depth: number): void {
    this.#at++;
    this.#skipBlanks();
    if (this.#peek() === CLOSE_BRACE) {
      this.#at++;
      return;
    }
    const kept = this.#keptKeys(node);
    for (let position = 0; ; position++) {
      this.#skipBlanks();
      let child = NOTHING;
      const found = this.#findKept(kept, position);
      if (found >= 0) {
        position = found;
        child = kept[found]!.child;
      } else child = this.#key(node, kept, position);
      this.#skipBlanks();
      if (this.#peek() !== COLON) throw this.#wrong('":"');
      this.#at++;
      this.#value(child, depth + 1);
      if (this.#endsAt(CLOSE_BRACE)) return;
    }
  }

  #array(node: PathNode, depth: number): void {
    this.#at++;
    this.#skipBlanks();
    if (this.#peek() === CLOSE_BRACKET) {
      this.#at++;
      return;
    }
    for (let index = 0; ; index++) {
      this.#value(node.elements.get(index) ?? NOTHING, depth + 1);
      if (this.#endsAt(CLOSE_BRACKET)) return;
    }
  }

  /** Goes to what ends a value that nobody wants: a comma or a closing bracket, or the line's end. */
  #skipValue(depth: number): void {
    for (; this.#at < this.#end; this.#at++) {
      const byte = this.#bytes[this.#at]!;
      if (byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET) return;
      if (byte === OPEN_BRACE || byte === OPEN_BRACKET) this.#skipNested(depth);
      else this.#skipFlat(byte);
    }
  }

  /** Goes from an opening bracket to the one that closes it. */
  #skipNested(depth: number): void {
    const closing: number[] = [];
    for (; this.#at < this.#end; this.#at++) {
      const byte = this.#bytes[this.#at]!;
      if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        if (depth + closing.length > DEEPEST) throw new JsonSyntaxError(`nests deeper than ${DEEPEST} levels`);
        closing.push(byte === OPEN_BRACE ? CLOSE_BRACE : CLOSE_BRACKET);
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        if (closing.at(-1) !== byte) break;
        closing.pop();
        if (closing.length === 0) return;
      } else this.#skipFlat(byte);
    }
    throw this.#wrong(`"," or "${String.fromCharCode(closing.at(-1)!)}"`);
  }

  /** Goes to the last byte of a string, or stays. */
  #skipFlat(byte: number): void {
    if (byte === BACKSLASH) throw this.#wrong('a value');
    if (byte === QUOTE) this.#skipString();
  }

  /** Goes to the closing quote of a string whatever is in it. */
  #skipString(): void {
    const bytes = this.#bytes;
    for (let at = this.#at + 1; at < this.#end; at++) {
      if (bytes[at] === BACKSLASH) at++;
      else if (bytes[at] === QUOTE) {
        this.#at = at;
        return;
      }
    }
    this.#at = this.#end;
    throw this.#wrong('a closing quote');
  }

  #checkUtf8(start: number, end: number): void {
    if (!isUtf8(this.#bytes.subarray(start, end)))
      throw new JsonSyntaxError(`${this.#excerpt(start, end)} is not UTF-8`);
  }

  /** Goes behind a comma, or the end of what it separates. */
  #endsAt(closing: number): boolean {
    this.#skipBlanks();
    const next = this.#peek();
    if (next !== closing && next !== COMMA) throw this.#wrong(`"," or "${String.fromCharCode(closing)}"`);
    this.#at++;
    return next === closing;
  }

  #keptKeys(node: PathNode): KeptKey[] {
    const known = this.#kept.get(node);
    if (known) return known;
    const made: KeptKey[] = [];
    this.#kept.set(node, made);
    return made;
  }

  /** Goes behind the key, if it is the one expected at `position` or one of the next: those between were left out. */
  #findKept(kept: readonly KeptKey[], position: number): number {
    const bytes = this.#bytes;
    const start = this.#at;
    const last = Math.min(kept.length, position + 4);
    for (let index = position; index < last; index++) {
      const key = kept[index]!.bytes;
      const { length } = key;
      if (start + length > this.#end) continue;
      let at = 0;
      while (at < length && bytes[start + at] === key[at]) at++;
      if (at < length) continue;
      this.#at = start + length;
      return index;
    }
    return -1;
  }

  #key(node: PathNode, kept: KeptKey[], position: number): PathNode {
    const start = this.#at;
    this.#string();
    const text = this.#bytes.slice(start, this.#at);
    const key = unescapeJson(text, 0, text.length);
    const child = node.members.get(key) ?? this.#target.member?.(node, key) ?? NOTHING;
    if (kept.length < KEPT_KEYS && text.length <= LONGEST_KEPT_KEY) kept.splice(position, 0, { bytes: text, child });
    return child;
  }

  /** A string, up to behind its closing quote. */
  #string(): void {
    const bytes = this.#bytes;
    const token = this.#token;
    const start = this.#at;
    if (this.#peek() !== QUOTE) throw this.#wrong('a key in quotes');
    token.kind = 'string';
    token.escaped = false;
    let bits = 0;
    for (let at = start + 1; at < this.#end; at++) {
      const byte = bytes[at]!;
      bits |= byte;
      if (byte === QUOTE) {
        if (bits >= 0x80) this.#checkUtf8(start, at + 1);
        this.#at = at + 1;
        return;
      }
      if (byte === BACKSLASH) {
        token.escaped = true;
        const length = this.#escapeLength(at);
        if (length === 0) throw new JsonSyntaxError(`${this.#excerpt(at, at + 12)} does not begin with a valid escape`);
        at += length - 1;
      } else if (byte < 0x20) {
        this.#at = at;
        throw this.#wrong('an escaped control character');
      }
    }
    this.#at = this.#end;
    throw this.#wrong('a closing quote');
  }

  /** Bytes of the escape at a backslash, of both where it takes a surrogate pair; 0 when it is none. */
  #escapeLength(at: number): number {
    const letter = at + 1 < this.#end ? this.#bytes[at + 1]! : 0;
    if (letter !== 0x75) return ESCAPED.includes(String.fromCharCode(letter)) ? 2 : 0;
    const unit = this.#unit(at);
    if (unit < 0 || (unit & 0xfc00) === 0xdc00) return 0;
    if ((unit & 0xfc00) !== 0xd800) return 6;
    return (this.#unit(at + 6) & 0xfc00) === 0xdc00 ? 12 : 0;
  }

  /** The UTF-16 unit of `\\uXXXX` at an offset; -1 when it is none. */
  #unit(at: number): number {
    const text = Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset + at, Math.min(6, this.#end - at)).toString(
      'latin1',
    );
    return /^\\u[\da-f]{4}$/i.test(text) ? Number.parseInt(text.slice(2), 16) : -1;
  }

  #number(): void {
    const bytes = this.#bytes;
    const start = this.#at;
    let at = start;
    const digits = (): number => {
      const from = at;
      while (at < this.#end && bytes[at]! >= 0x30 && bytes[at]! <= 0x39) at++;
      return at - from;
    };
    if (bytes[at] === 0x2d) at++;
    const first = at;
    const whole = digits();
    let valid = whole > 0 && (whole === 1 || bytes[first] !== 0x30);
    if (at < this.#end && bytes[at] === 0x2e) {
      at++;
      valid &&= digits() > 0;
    }
    if (at < this.#end && (bytes[at]! | 0x20) === 0x65) {
      at++;
      if (bytes[at] === 0x2b || bytes[at] === 0x2d) at++;
      valid &&= digits() > 0;
    }
    this.#token.kind = 'number';
    if (valid) this.#at = at;
    else if (!WORDS_FOR_NUMBERS.some((word) => this.#takes(word))) throw this.#wrong('a value');
  }

  #word(word: 'true' | 'false' | 'null'): void {
    if (!this.#takes(word)) throw this.#wrong('a value');
    this.#token.kind = word;
  }

  /** Goes behind the word, if it stands here. */
  #takes(word: string): boolean {
    for (let i = 0; i < word.length; i++)
      if (this.#at + i >= this.#end || this.#bytes[this.#at + i] !== word.charCodeAt(i)) return false;
    this.#at += word.length;
    return true;
  }

  #skipBlanks(): void {
    const bytes = this.#bytes;
    let at = this.#at;
    while (at < this.#end && (bytes[at] === 0x20 || bytes[at] === 0x09 || bytes[at] === 0x0d)) at++;
    this.#at = at;
  }

  /** The next byte, -1 at the end. */
  #peek(): number {
    return this.#at < this.#end ? this.#bytes[this.#at]! : -1;
  }

  #excerpt(start: number, end: number): string {
    const stop = Math.min(end, start + 60, this.#end);
    return Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset + start, stop - start).toString();
  }

  #wrong(expected: string): JsonSyntaxError {
    const found = this.#excerpt(this.#at, this.#at + 20);
    return new JsonSyntaxError(
      `expected ${expected}, found ${found === '' ? 'the end of the line' : JSON.stringify(found)}`,
    );
  }
}

/** The string whose quotes stand at `start` and before `end`, which the scanner has checked. */
export function unescapeJson(bytes: Uint8Array, start: number, end: number): string {
  return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString()) as string;
}
