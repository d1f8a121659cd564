import { SluiceError } from '../error.ts';

/** `COPY (query) TO 'path' (options)`, as DuckDB writes it. */
export interface CopyStatement {
  /** Where it stood in the text, so that positions hold. */
  readonly query: string;
  readonly path: string;
  readonly options: readonly CopyOption[];
}

export interface CopyOption {
  /** In lower case. */
  readonly name: string;
  /** A word or a number as it is written, or a text without its quotes; `true` where there is none. */
  readonly value: string;
  /** Offset in the text. */
  readonly at: number;
}

interface Token {
  readonly kind: 'word' | 'text' | 'name' | 'mark';
  /** Without quotes. */
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

const BLANK = /(?:\s|--[^\n]*|\/\*.*?\*\/)*/sy;
const TOKEN = /'(?<text>(?:[^']|'')*)'|"(?<name>(?:[^"]|"")*)"|\$(\w*)\$.*?\$\3\$|(?<word>[\w.+-]+)|./sy;

/** The statement; undefined for any other text. Throws `syntax` with the position. */
export function parseCopy(text: string): CopyStatement | undefined {
  const first = tokenAt(text, 0);
  return isWord(first, 'copy') ? new CopyParser(text, first.end).parse() : undefined;
}

class CopyParser {
  readonly #text: string;
  #next: Token | undefined;

  constructor(text: string, offset: number) {
    this.#text = text;
    this.#next = tokenAt(text, offset);
  }

  parse(): CopyStatement {
    const query = this.#query();
    this.#word('to');
    const path = this.#take('text', "the path in quotes, such as 'out.parquet'").value;
    if (isWord(this.#next, 'with')) this.#advance();
    const options = isMark(this.#next, '(') ? this.#options() : [];
    if (isMark(this.#next, ';')) this.#advance();
    if (this.#next) throw this.#expected('the end of the statement');
    return { query, path, options };
  }

  /** What stands in parentheses, or `FROM table`, which is as long as `COPY table`. */
  #query(): string {
    if (isMark(this.#next, '(')) {
      const start = this.#next.end;
      const end = this.#closing();
      return ' '.repeat(start) + this.#text.slice(start, end);
    }
    const { start, end, kind } = this.#next ?? { start: 0, end: 0, kind: 'mark' };
    if (kind === 'mark') throw this.#expected('a query in parentheses, or a table');
    this.#advance();
    const copied = /copy/i.exec(this.#text)!.index;
    return `${' '.repeat(copied)}FROM${' '.repeat(start - copied - 4)}${this.#text.slice(start, end)}`;
  }

  /** Goes behind the parenthesis that closes the one that is next, and gives its place. */
  #closing(): number {
    let depth = 0;
    for (; this.#next; this.#advance()) {
      if (isMark(this.#next, '(')) depth++;
      if (!isMark(this.#next, ')') || --depth > 0) continue;
      const { start } = this.#next;
      this.#advance();
      return start;
    }
    throw this.#expected('")" behind the query');
  }

  #options(): CopyOption[] {
    const options: CopyOption[] = [];
    do {
      this.#advance();
      const { value: name, start } = this.#take('word', 'an option');
      const value = isMark(this.#next, ',') || isMark(this.#next, ')') ? 'true' : this.#value();
      options.push({ name: name.toLowerCase(), value, at: start });
    } while (isMark(this.#next, ','));
    if (!isMark(this.#next, ')')) throw this.#expected('"," or ")"');
    this.#advance();
    return options;
  }

  #value(): string {
    if (this.#next?.kind !== 'word' && this.#next?.kind !== 'text') throw this.#expected('a value');
    const { value } = this.#next;
    this.#advance();
    return value;
  }

  #word(word: string): void {
    if (!isWord(this.#next, word)) throw this.#expected(word.toUpperCase());
    this.#advance();
  }

  #take(kind: Token['kind'], what: string): Token {
    const token = this.#next;
    if (token?.kind !== kind) throw this.#expected(what);
    this.#advance();
    return token;
  }

  #advance(): void {
    this.#next = tokenAt(this.#text, this.#next!.end);
  }

  #expected(what: string): SluiceError {
    const offset = this.#next?.start ?? this.#text.length;
    return new SluiceError('syntax', `COPY: expected ${what}`, { text: this.#text, offset });
  }
}

/** The token behind blanks and comments; undefined at the end. Dollar-quoted texts are marks: only queries hold them. */
function tokenAt(text: string, offset: number): Token | undefined {
  BLANK.lastIndex = offset;
  BLANK.exec(text);
  const start = BLANK.lastIndex;
  TOKEN.lastIndex = start;
  const groups = TOKEN.exec(text)?.groups;
  if (!groups) return undefined;
  const end = TOKEN.lastIndex;
  if (groups.text !== undefined) return { kind: 'text', value: groups.text.replaceAll("''", "'"), start, end };
  if (groups.name !== undefined) return { kind: 'name', value: groups.name, start, end };
  if (groups.word !== undefined) return { kind: 'word', value: groups.word, start, end };
  return { kind: 'mark', value: text.slice(start, end), start, end };
}

function isWord(token: Token | undefined, word: string): token is Token {
  return token?.kind === 'word' && token.value.toLowerCase() === word;
}

function isMark(token: Token | undefined, mark: string): token is Token {
  return token?.kind === 'mark' && token.value === mark;
}
