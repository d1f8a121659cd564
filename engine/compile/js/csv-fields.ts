import { SluiceError } from '../../../query/error.ts';
import type { DataType } from '../../../query/types.ts';
import { fourTimes } from './csv-words.ts';
import type { Value } from './emitter.ts';
import { boundOf, isLong } from './representation.ts';

/** The bytes that structure a CSV object, and how many fields a row has. */
export interface CsvShape {
  readonly delimiter: number;
  readonly quote: number;
  readonly fields: number;
}

/**
 * Reads digits from `c` on into `v`, as an integer of 32 bits: right for up to 9 of them. `c` becomes what follows, `p`
 * stands behind it.
 */
const SHORT_DIGITS = 'while ((d = (c - 48) >>> 0) <= 9) { v = (Math.imul(v, 10) + d) | 0; c = b[p++]; }';

/**
 * Code of the fast scanner for one field of a row. Before: `p` is at the field's start. After: at the start of the next
 * field, or behind the row end. Anything out of the ordinary escapes; the exact variant then says what is wrong.
 * Behind the valid bytes stands padding of quote, delimiter and newline, which ends every loop here.
 */
export class CsvFieldCode {
  readonly #shape: CsvShape;
  readonly #escape: string;
  /** Bytes above it have no meaning. */
  readonly #highest: number;

  constructor(shape: CsvShape, escapeCode: string) {
    this.#shape = shape;
    this.#escape = escapeCode;
    this.#highest = Math.max(shape.delimiter, shape.quote, 10);
  }

  /** Declarations of the variables that `parse` sets for a field. */
  declare(j: number, type: DataType): string {
    if (type.kind === 'utf8') return `let z${j} = false, u${j} = b, s${j} = 0, e${j} = 0;`;
    return `let z${j} = false, c${j} = ${type.kind === 'bool' ? 'false' : '0'};`;
  }

  /** Where the parsed value of a field is. */
  value(j: number, type: DataType): Value {
    if (type.kind === 'utf8') return { kind: 'text', isNull: `z${j}`, bytes: `u${j}`, start: `s${j}`, end: `e${j}` };
    // 15 digits at most make a number here.
    const bound = isLong(type) ? Math.min(boundOf(type), 2 ** 53) : boundOf(type);
    return { kind: 'number', isNull: `z${j}`, value: `c${j}`, bound };
  }

  /** Skips `count` > 0 fields, none of them the last. */
  skip(count: number): string {
    const { delimiter, quote } = this.#shape;
    const bytewise =
      `d = ${count}; while (d > 0) { c = b[p++]; if (c === ${delimiter}) d--;` +
      ` else if (c === ${quote}) { p = R.afterQuoted(b, w, p, row, ${delimiter}, ${quote}); if (p < 0) ${this.#escape} }` +
      ` else if (c === 10) ${this.#escape} }`;
    return `x = R.afterFields(w, p, ${fourTimes(delimiter)}, ${count});
if (x >= 0 && x <= nq) p = x; else { ${bytewise} }`;
  }

  /** Goes behind the row end, which must be `count` delimiters away. */
  skipToEnd(count: string): string {
    const { delimiter, quote } = this.#shape;
    return `x = R.rowEnd(b, w, p, row, ${delimiter}, ${quote}, nq < p ? p : nq, ${count}); if (x < 0) ${this.#escape}
p = x;`;
  }

  /**
   * At a row's start: `nq` becomes the position of the next quote. Most rows have none, and are then done by words
   * that need not look out for one.
   */
  lookForQuote(): string {
    return `if (nq < p) nq = R.nextByte(b, ${this.#shape.quote}, p);`;
  }

  /** Parses field `j` into its variables. */
  parse(j: number, type: DataType): string {
    switch (type.kind) {
      case 'utf8':
        return this.#text(j);
      case 'int32':
      case 'int64':
        return this.#integer(j, type.kind === 'int32');
      case 'decimal':
        return this.#decimal(j, type);
      case 'float64':
        return this.#double(j);
      case 'date':
        return `${this.#date(j)}\nif (q) { if (c !== ${this.#shape.quote}) ${this.#escape} c = b[p++]; } ${this.#end(j)} }`;
      case 'timestamp':
        return this.#timestamp(j);
      case 'bool':
        return this.#bool(j);
      case 'binary':
        throw new SluiceError('internal', 'no CSV column holds binary values');
    }
  }

  /** Checks that the byte in `c`, behind which `p` stands, ends field `j`. */
  #end(j: number): string {
    if (j < this.#shape.fields - 1) return `if (c !== ${this.#shape.delimiter}) ${this.#escape}`;
    return `if (c !== 10) { if (c !== 13 || b[p] !== 10) ${this.#escape} p++; }`;
  }

  /** Enters a field that may be quoted, with a sign: `q`, `m` (minus); leaves the first digit in `c`. */
  #start(sign: boolean): string {
    const minus = sign ? ' m = c === 45; if (m) c = b[p++];' : '';
    return `c = b[p++]; q = c === ${this.#shape.quote}; if (q) c = b[p++];${minus}`;
  }

  /** A number must have 1 to 15 digits, `x` of them; an empty field is NULL. `v` is set to its magnitude. */
  #finishNumber(j: number, signed: string): string {
    return `if (x === 0) { if (q || m) ${this.#escape} z${j} = true; c${j} = 0; } else { if (x > 15) ${this.#escape} z${j} = false; ${signed} }
if (q) { if (c !== ${this.#shape.quote}) ${this.#escape} c = b[p++]; } ${this.#end(j)}`;
  }

  #integer(j: number, small: boolean): string {
    const range = small ? ` if (v > 2147483647) ${this.#escape}` : '';
    return `${this.#start(true)} v = 0; o = p - 1; ${SHORT_DIGITS} x = p - 1 - o;
if (x > 9) v = R.digits(b, o, p - 1);
${this.#finishNumber(j, `${range} c${j} = m ? 0 - v : v;`)}`;
  }

  #decimal(j: number, type: DataType & { kind: 'decimal' }): string {
    const { precision, scale } = type;
    const digits = SHORT_DIGITS;
    // x counts digits; y is how many fraction digits are missing.
    const fraction =
      `o = p - 1; ${digits} x = p - 1 - o; y = ${scale};\n` +
      `if (c === 46) { y = p; c = b[p++]; ${digits} y = p - y - 1; x += y; y = ${scale} - y; if (y < 0 || x === 0) ${this.#escape} }\n` +
      `if (x > 9) v = R.digits(b, o, p - 1);\n` +
      `if (y > 0) { v *= R.powers[y]; x = x === 0 ? 0 : x + y; }`;
    // No 15 digits reach 10^15.
    const limit = precision < 15 ? ` if (v >= ${10 ** precision}) ${this.#escape}` : '';
    return `${this.#start(true)} v = 0; ${fraction} ${this.#finishNumber(j, `${limit} c${j} = m ? 0 - v : v;`)}`;
  }

  #double(j: number): string {
    const digits = 'while ((d = c - 48) >= 0 && d <= 9) { v = v * 10 + d; c = b[p++]; }';
    const last = j === this.#shape.fields - 1;
    const ends = last ? '(c === 10 || c === 13)' : `c === ${this.#shape.delimiter}`;
    const { quote } = this.#shape;
    // Up to 15 digits and 22 places both operands are exact, so that one division rounds correctly.
    return `o = p; ${this.#start(true)} v = 0; x = p; y = 0; ${digits} x = p - x;
if (c === 46) { y = p; c = b[p++]; ${digits} y = p - y - 1; x += y; }
if (x > 0 && x <= 15 && y <= 15 && (q ? c === ${quote} : ${ends})) {
v = y === 0 ? v : v / R.powers[y]; z${j} = false; c${j} = m ? -v : v;
if (q) c = b[p++]; ${this.#end(j)}
} else {
p = o; c = b[p++]; if (c === ${quote}) ${this.#escape}
while (c !== ${this.#shape.delimiter} && c !== 10 && c !== 13 && c !== ${quote}) c = b[p++];
if (p - 1 === o) { z${j} = true; c${j} = 0; } else { v = R.double(b, o, p - 1); if (v !== v) ${this.#escape} z${j} = false; c${j} = v; }
${this.#end(j)} }`;
  }

  /** Ends inside a block that the caller closes, `c` behind the date, so that a time may follow. */
  #date(j: number): string {
    const digits = [0, 1, 2, 3, 5, 6, 8, 9];
    const load = digits.map((at) => `g${at} = ${at === 0 ? 'c' : `b[p + ${at - 1}]`} - 48`).join(', ');
    const wrong = digits.flatMap((at) => [`g${at}`, `9 - g${at}`]).join(' | ');
    const empty = this.#shape.fields - 1 === j ? '(c === 10 || c === 13)' : `c === ${this.#shape.delimiter}`;
    return `${this.#start(false)} if (!q && ${empty}) { z${j} = true; c${j} = 0; ${this.#end(j)} } else { const ${load};
if ((${wrong}) < 0 || b[p + 3] !== 45 || b[p + 6] !== 45) ${this.#escape}
v = R.days(g0 * 1000 + g1 * 100 + g2 * 10 + g3, g5 * 10 + g6, g8 * 10 + g9); if (v === -2147483648) ${this.#escape}
z${j} = false; c${j} = v; p += 9; c = b[p++];`;
  }

  #timestamp(j: number): string {
    const { quote, delimiter } = this.#shape;
    return `${this.#date(j)}
o = p - 11; while (c !== ${delimiter} && c !== 10 && c !== 13 && c !== ${quote}) c = b[p++];
c${j} = R.timestamp(b, o, p - 1, v); if (c${j} !== c${j}) ${this.#escape}
if (q) { if (c !== ${quote}) ${this.#escape} c = b[p++]; } ${this.#end(j)} }`;
  }

  #bool(j: number): string {
    const { delimiter, quote } = this.#shape;
    return `o = p; c = b[p++]; while (c !== ${delimiter} && c !== 10 && c !== 13 && c !== ${quote}) c = b[p++];
if (c === ${quote}) ${this.#escape}
x = p - 1 - o; if (x === 0) { z${j} = true; c${j} = false; } else {
if (x === 4 && b[o] === 116 && b[o + 1] === 114 && b[o + 2] === 117 && b[o + 3] === 101) c${j} = true;
else if (x === 5 && b[o] === 102 && b[o + 1] === 97 && b[o + 2] === 108 && b[o + 3] === 115 && b[o + 4] === 101) c${j} = false;
else ${this.#escape} z${j} = false; } ${this.#end(j)}`;
  }

  #text(j: number): string {
    const { delimiter, quote, fields } = this.#shape;
    const last = j === fields - 1;
    const stop = last
      ? `if (c === 10) break; if (c === ${delimiter} || c === ${quote}) ${this.#escape}`
      : `if (c === ${delimiter}) break; if (c === 10 || c === ${quote}) ${this.#escape}`;
    const carriageReturn = last ? ` if (e${j} > s${j} && b[e${j} - 1] === 13) e${j}--;` : '';
    return `if (b[p] === ${quote}) {
s${j} = p + 1; p = R.afterQuoted(b, w, p + 1, p, ${delimiter}, ${quote}); if (p < 0) ${this.#escape}
e${j} = p - 1; z${j} = false; u${j} = R.withoutDoubledQuotes(b, s${j}, e${j}, ${quote});
if (u${j} !== b) { s${j} = 0; e${j} = u${j}.length; } c = b[p++]; ${this.#end(j)}
} else { s${j} = p; for (;;) { c = b[p++]; if (c > ${this.#highest}) continue; ${stop} }
e${j} = p - 1; u${j} = b;${carriageReturn} z${j} = s${j} === e${j}; }`;
  }
}
