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

/** What many writers put where JSON has no number. */
const WORDS_FOR_NUMBERS = ['NaN', 'Infinity', '-Infinity'];

/**
 * Reads JSON text (RFC 8259) out of bytes, one value after another, without building objects. `NaN`, `Infinity` and
 * `-Infinity` are numbers, as for most readers of NDJSON.
 */
export class JsonScanner {
  readonly token: JsonToken = { kind: 'null', start: 0, end: 0, escaped: false };
  #bytes: Uint8Array = new Uint8Array(0);
  #end = 0;
  #at = 0;

  /** Turns to `bytes[start .. end)`. */
  begin(bytes: Uint8Array, start: number, end: number): void {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  /** Whether only white space is left. */
  get done(): boolean {
    this.#skipBlanks();
    return this.#at >= this.#end;
  }

  /**
   * Reads an object's members: `key` is told where each key's text stands (without its quotes), and the member's value
   * is the token when `value` is called. Keys with escapes come decoded as JSON.parse decodes them.
   */
  object(key: (start: number, end: number, escaped: boolean) => number, value: (column: number) => void): void {
    this.#skipBlanks();
    this.#expect(OPEN_BRACE, 'an object');
    this.#skipBlanks();
    if (this.#peek() === CLOSE_BRACE) {
      this.#at++;
      return;
    }
    for (;;) {
      this.#skipBlanks();
      if (this.#peek() !== QUOTE) throw this.#wrong('a key in quotes');
      this.#string();
      const { start, end, escaped } = this.token;
      const column = key(start + 1, end - 1, escaped);
      this.#skipBlanks();
      this.#expect(COLON, '":"');
      this.#value(1);
      if (column >= 0) value(column);
      this.#skipBlanks();
      const next = this.#peek();
      this.#at++;
      if (next === CLOSE_BRACE) return;
      if (next !== COMMA) {
        this.#at--;
        throw this.#wrong('"," or "}"');
      }
    }
  }

  #value(depth: number): void {
    this.#skipBlanks();
    const { token } = this;
    const byte = this.#peek();
    if (byte === QUOTE) {
      this.#string();
      return;
    }
    token.start = this.#at;
    token.escaped = false;
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      const start = this.#at;
      this.#nested(byte === OPEN_BRACE ? CLOSE_BRACE : CLOSE_BRACKET, depth);
      token.kind = 'nested';
      token.start = start;
      token.escaped = false;
    } else if (byte === 0x74) this.#word('true');
    else if (byte === 0x66) this.#word('false');
    else if (byte === 0x6e) this.#word('null');
    else this.#number();
    token.end = this.#at;
  }

  #string(): void {
    const bytes = this.#bytes;
    const { token } = this;
    token.kind = 'string';
    token.start = this.#at;
    token.escaped = false;
    for (let at = this.#at + 1; at < this.#end; at++) {
      const byte = bytes[at]!;
      if (byte === QUOTE) {
        this.#at = token.end = at + 1;
        return;
      }
      if (byte === BACKSLASH) {
        token.escaped = true;
        at++;
      } else if (byte < 0x20) {
        this.#at = at;
        throw this.#wrong('an escaped control character');
      }
    }
    this.#at = this.#end;
    throw this.#wrong('a closing quote');
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
    this.token.kind = 'number';
    if (valid) this.#at = at;
    else if (!WORDS_FOR_NUMBERS.some((word) => this.#takes(word))) throw this.#wrong('a value');
  }

  #word(word: 'true' | 'false' | 'null'): void {
    if (!this.#takes(word)) throw this.#wrong('a value');
    this.token.kind = word;
  }

  /** Goes behind the word, if it stands here. */
  #takes(word: string): boolean {
    for (let i = 0; i < word.length; i++)
      if (this.#at + i >= this.#end || this.#bytes[this.#at + i] !== word.charCodeAt(i)) return false;
    this.#at += word.length;
    return true;
  }

  /** Skips an object or array, checking that it is one. */
  #nested(closing: number, depth: number): void {
    if (depth > DEEPEST) throw new JsonSyntaxError(`nests deeper than ${DEEPEST} levels`);
    this.#at++;
    this.#skipBlanks();
    if (this.#peek() === closing) {
      this.#at++;
      return;
    }
    for (;;) {
      if (closing === CLOSE_BRACE) {
        this.#skipBlanks();
        if (this.#peek() !== QUOTE) throw this.#wrong('a key in quotes');
        this.#string();
        this.#skipBlanks();
        this.#expect(COLON, '":"');
      }
      this.#value(depth + 1);
      this.#skipBlanks();
      const next = this.#peek();
      if (next !== closing && next !== COMMA) throw this.#wrong(`"," or "${String.fromCharCode(closing)}"`);
      this.#at++;
      if (next === closing) return;
    }
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

  #expect(byte: number, what: string): void {
    if (this.#peek() !== byte) throw this.#wrong(what);
    this.#at++;
  }

  #wrong(expected: string): JsonSyntaxError {
    const end = Math.min(this.#end, this.#at + 20);
    const found = Buffer.from(this.#bytes.subarray(this.#at, end)).toString();
    return new JsonSyntaxError(
      `expected ${expected}, found ${found === '' ? 'the end of the line' : JSON.stringify(found)}`,
    );
  }
}
