import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CsvDialect, RFC_4180 } from '../../../engine/csv-format.ts';
import { ColumnFacts } from '../../../engine/lanes/wasm/column-facts.ts';
import { fieldParser } from '../../../engine/lanes/wasm/field-parser.ts';
import { instantiateKernels } from '../../../engine/lanes/wasm/kernels.ts';
import { EngineMemory } from '../../../engine/lanes/wasm/memory.ts';
import { allocateVector, type Vector } from '../../../engine/lanes/wasm/vector.ts';
import { parseScalar } from '../../../query/format-value.ts';
import { type DataType, parseType, type Scalar } from '../../../query/types.ts';

const DECLINED = 'declined';

/** Runs the parse kernels over texts. What stands before and behind a text is noise. */
class Parsers {
  readonly #memory = new EngineMemory();
  readonly #kernels = instantiateKernels(this.#memory);
  readonly facts = new ColumnFacts(this.#memory);

  parse(texts: readonly string[], type: DataType, dialect: CsvDialect = RFC_4180): (Scalar | typeof DECLINED)[] {
    const memory = this.#memory;
    const mark = memory.mark();
    const parser = fieldParser(this.#kernels, memory, type, dialect);
    const vector = allocateVector(memory, type);
    const [starts, stops] = [memory.allocate(4 * texts.length), memory.allocate(4 * texts.length)];
    const bytes = texts.map((text) => Buffer.from(text));
    const area = memory.allocate(bytes.reduce((sum, { length }) => sum + length + 1, 64));
    memory.u8.fill(0x37, area, area + 32);
    let at = area + 32;
    bytes.forEach((text, i) => {
      memory.u32[(starts >> 2) + i] = at;
      memory.u32[(stops >> 2) + i] = at + text.length;
      memory.u8.set(text, at);
      at += text.length;
      memory.u8[at++] = 0x2c;
    });
    memory.u8.fill(0x37, at, at + 32);
    this.facts.clear();
    const declined = new Set<number>();
    for (let from = 0; ; from++) {
      from = parser({ starts, stops }, 0, from, texts.length, vector, this.facts.address);
      if (from === texts.length) break;
      declined.add(from);
    }
    const values = texts.map((_, i) => (declined.has(i) ? DECLINED : this.#read(vector, i)));
    memory.release(mark);
    return values;
  }

  #read({ type, values, validity }: Vector, index: number): Scalar {
    const view = new DataView(this.#memory.memory.buffer);
    if (view.getUint8(validity + index) === 0) return null;
    switch (type.kind) {
      case 'bool':
        return view.getUint8(values + index) === 1;
      case 'int32':
      case 'date':
        return view.getInt32(values + 4 * index, true);
      case 'float64':
        return view.getFloat64(values + 8 * index, true);
      case 'decimal':
        if (type.precision > 18)
          return (
            (view.getBigInt64(values + 16 * index + 8, true) << 64n) | view.getBigUint64(values + 16 * index, true)
          );
        return view.getBigInt64(values + 8 * index, true);
      default:
        return view.getBigInt64(values + 8 * index, true);
    }
  }
}

const parsers = new Parsers();

/** The value that the careful path gives; undefined for an error. */
function careful(text: string, type: DataType): Scalar | undefined {
  if (text === '') return null;
  try {
    return parseScalar(text, type);
  } catch {
    return undefined;
  }
}

const digits = (maximum: number) => fc.stringMatching(/^[0-9]*$/, { maxLength: maximum });
const sign = fc.constantFrom('', '', '', '-', '+', '-+', '+-');
const blanks = fc.constantFrom('', '', '', '', ' ', '\t ', '\n', '\v');
const sequence = (...parts: fc.Arbitrary<string>[]) => fc.tuple(...parts).map((texts) => texts.join(''));
const exponent = fc.oneof(
  { weight: 3, arbitrary: fc.constant('') },
  sequence(fc.constantFrom('e', 'E'), sign, digits(4)),
);
const number = sequence(
  blanks,
  sign,
  digits(20),
  fc.constantFrom('', '.', '.', '.', '..', ','),
  digits(20),
  exponent,
  blanks,
);
const twoDigits = fc.oneof(
  { weight: 5, arbitrary: fc.nat(70).map((n) => String(n).padStart(2, '0')) },
  fc.nat(9).map(String),
);
const date = sequence(
  fc.constantFrom('', '', '', ' ', '-'),
  fc.oneof(fc.constantFrom('0000', '0001', '1899', '1900', '2000', '2024', '9999', '10000'), fc.nat(9999).map(String)),
  fc.constantFrom('-', '-', '-', '-', '/', ' '),
  fc.constantFrom('00', '01', '02', '02', '03', '04', '09', '10', '11', '12', '13', '99', '1'),
  fc.constantFrom('-', '-', '-', '-', '/', ' '),
  fc.constantFrom('00', '01', '15', '28', '29', '30', '31', '32', '1', '99'),
  fc.constantFrom('', '', '', '', ' ', 'x', '1'),
);
const clock = sequence(
  fc.constantFrom(' ', 'T', 't', '  '),
  twoDigits,
  fc.constantFrom(':', ':', ':', '-'),
  twoDigits,
  fc.constantFrom(':', ':', ':', '-'),
  twoDigits,
  fc.oneof(fc.constant(''), sequence(fc.constantFrom('.', '.', ','), digits(18))),
  fc.constantFrom('', '', '', 'Z', 'z', '+00', ' '),
);
const word = fc.oneof(
  fc.constantFrom(
    'true',
    'FALSE',
    'True',
    't',
    'F',
    'yes',
    'No',
    'y',
    'N',
    '1',
    '0',
    '2',
    'tru',
    'truee',
    'nan',
    'inf',
  ),
  fc.string({ maxLength: 6 }),
);
/** Some byte of a text replaced by any other. */
const spoiled = (text: fc.Arbitrary<string>) =>
  fc.tuple(text, fc.nat(30), fc.nat(127)).map(([whole, at, code]) => {
    return whole.slice(0, at) + String.fromCharCode(code) + whole.slice(at + 1);
  });
const texts = (form: fc.Arbitrary<string>) =>
  fc.array(
    fc.oneof({ weight: 6, arbitrary: form }, { weight: 1, arbitrary: spoiled(form) }, { weight: 1, arbitrary: word }),
    {
      minLength: 1,
      maxLength: 20,
    },
  );

const FORMS: readonly (readonly [string, fc.Arbitrary<string>])[] = [
  ['int', number],
  ['bigint', number],
  ['decimal(9,0)', number],
  ['decimal(15,2)', number],
  ['decimal(18,18)', number],
  ['decimal(5,3)', number],
  ['decimal(19,0)', number],
  ['decimal(38,10)', number],
  ['decimal(30,30)', number],
  ['double', number],
  ['date', date],
  ['timestamp', fc.oneof(date, sequence(date, clock))],
  ['boolean', word],
];

describe('parse kernels', () => {
  test.each(FORMS)('Each text is read as the careful path reads it, or declined: %s.', (name, form) => {
    const type = parseType(name);
    fc.assert(
      fc.property(texts(form), (fields) => {
        const values = parsers.parse(fields, type);
        fields.forEach((field, i) => {
          if (values[i] !== DECLINED) expect([field, values[i]]).toEqual([field, careful(field, type)]);
        });
      }),
      { numRuns: 800 },
    );
  });

  test('Decimals and doubles may have another mark before the fraction.', () => {
    const dialect: CsvDialect = { ...RFC_4180, decimalMark: ',' };
    for (const name of ['decimal(15,2)', 'decimal(30,2)', 'double']) {
      const type = parseType(name);
      fc.assert(
        fc.property(texts(number), (fields) => {
          const values = parsers.parse(fields, type, dialect);
          fields.forEach((field, i) => {
            if (values[i] === DECLINED) return;
            expect(field).not.toContain('.');
            expect([field, values[i]]).toEqual([field, careful(field.replace(',', '.'), type)]);
          });
        }),
      );
    }
  });

  const USUAL: readonly (readonly [string, readonly string[]])[] = [
    ['int', ['0', '-1', '+7', ' 12', '13\t', '2147483647', '-2147483648']],
    ['bigint', ['9223372036854775807', '-9223372036854775808', '1234567890123456', '12345678901234567', ' +5 ']],
    ['decimal(15,2)', ['1.50', '-0.07', '5', '5.', '.5', '1.005', '-1.005', '+3.10 ', '9999999999999.99', '0.123456']],
    ['decimal(18,2)', ['1234567890123456.78', '-1234567890123456.78']],
    ['decimal(38,10)', ['1234567890123456789012345678.0123456789', '-0.0000000001', '18446744073709551616.0000000000']],
    [
      'double',
      ['0.1', '-12.75', '1e10', '1.5E-7', '0.12345678901234567', '123456789012345.67', ' 5 ', '+5', '5.', '.5'],
    ],
    ['double', ['1.7976931348623157e308', '5e-324', '2.2250738585072011e-308', '0.000012345678901234567']],
    ['date', ['1970-01-01', '2024-02-29', '2000-02-29', '9999-12-31', '0001-01-01']],
    ['timestamp', ['2024-02-29', '2024-02-29 23:59:59', '2024-02-29T23:59:59Z', '2024-02-29 23:59:59.1']],
    ['timestamp', ['2024-02-29 23:59:59.123456789', '1969-12-31T23:59:59.999999Z']],
    ['boolean', ['true', 'FALSE', 't', 'F', 'yes', 'No', 'Y', 'n', '1', '0']],
  ];
  test.each(USUAL)('Usual texts need no careful path: %s.', (name, fields) => {
    const type = parseType(name);
    expect(parsers.parse(fields, type)).toEqual(fields.map((field) => parseScalar(field, type)));
  });

  test('Doubles are the nearest ones, also of hard texts.', () => {
    const type = parseType('double');
    const bits = fc
      .bigInt({ min: 0n, max: (1n << 64n) - 1n })
      .map((word) => new Float64Array(new BigUint64Array([word]).buffer)[0]!);
    const finite = fc.oneof(bits, fc.double({ noNaN: true, noDefaultInfinity: true })).filter(Number.isFinite);
    const hard = fc.oneof(
      finite.map(String),
      fc.tuple(finite, fc.integer({ min: 16, max: 18 })).map(([value, n]) => value.toExponential(n)),
      // Exactly between two doubles, and one unit of the 19th digit off.
      fc
        .tuple(fc.bigInt({ min: 1n << 53n, max: (1n << 54n) - 1n }), fc.nat(8), fc.constantFrom(-1n, 0n, 1n))
        .map(([odd, shift, off]) => String(((odd | 1n) << BigInt(shift)) + off)),
      fc
        .tuple(fc.bigInt({ min: 1n, max: (1n << 64n) - 1n }), fc.integer({ min: -345, max: 310 }))
        .map(([value, power]) => `${value}e${power}`),
    );
    let declined = 0;
    let all = 0;
    fc.assert(
      fc.property(fc.array(hard, { minLength: 1, maxLength: 50 }), (fields) => {
        const values = parsers.parse(fields, type);
        fields.forEach((field, i) => {
          all++;
          if (values[i] === DECLINED) declined++;
          else expect([field, values[i]]).toEqual([field, Number(field)]);
        });
      }),
      { numRuns: 800 },
    );
    expect(declined / all).toBeLessThan(0.2);
  });

  test('The facts tell how many bits the magnitudes need, and whether there are NULLs.', () => {
    for (const name of ['bigint', 'decimal(18,0)', 'decimal(38,0)']) {
      const type = parseType(name);
      fc.assert(
        fc.property(fc.array(fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }), { minLength: 1 }), (values) => {
          parsers.parse(values.map(String), type);
          const bits = values.map((value) => (value === 0n ? 0 : (value < 0n ? -value : value).toString(2).length));
          expect(parsers.facts.magnitudeBits(type)).toBe(Math.max(...bits));
          expect(parsers.facts.hasNulls()).toBe(false);
        }),
      );
      parsers.parse(['1', ''], type);
      expect(parsers.facts.hasNulls()).toBe(true);
    }
    const wide = parseType('decimal(38,0)');
    parsers.parse(['1', '-18446744073709551616'], wide);
    expect(parsers.facts.magnitudeBits(wide)).toBe(128);
  });
});
