import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CsvDialect, RFC_4180 } from '../../../engine/csv-format.ts';
import { CsvFieldValues } from '../../../engine/formats/csv/field-value.ts';
import { ColumnFacts } from '../../../engine/lanes/wasm/column-facts.ts';
import { FieldParser } from '../../../engine/lanes/wasm/field-parser.ts';
import { instantiateKernels } from '../../../engine/lanes/wasm/kernels.ts';
import { EngineMemory } from '../../../engine/lanes/wasm/memory.ts';
import { allocateVector, type Vector } from '../../../engine/lanes/wasm/vector.ts';
import { VECTOR_SIZE } from '../../../engine/task.ts';
import { parseScalar } from '../../../query/format-value.ts';
import { type DataType, parseType, type Scalar } from '../../../query/types.ts';

const DECLINED = 'declined';
const QUOTED = 2 ** 31;

/** Runs the parse kernels over texts. What stands before and behind a text is noise. */
class Parsers {
  readonly #memory = new EngineMemory();
  readonly #kernels = instantiateKernels(this.#memory);
  readonly facts = new ColumnFacts(this.#memory);

  parse(
    texts: readonly string[],
    type: DataType,
    dialect: CsvDialect = RFC_4180,
    quoted = false,
  ): (Scalar | typeof DECLINED)[] {
    const memory = this.#memory;
    const mark = memory.mark();
    const parser = new FieldParser(this.#kernels, memory, type, dialect);
    const vector = allocateVector(memory, type);
    const [starts, stops] = [memory.allocate(4 * texts.length), memory.allocate(4 * texts.length)];
    const bytes = texts.map((text) => Buffer.from(text));
    const area = memory.allocate(bytes.reduce((sum, { length }) => sum + length + 1, 64));
    memory.u8.fill(0x37, area, area + 32);
    let at = area + 32;
    bytes.forEach((text, i) => {
      memory.u32[(starts >> 2) + i] = quoted ? at + QUOTED : at;
      memory.u32[(stops >> 2) + i] = at + text.length;
      memory.u8.set(text, at);
      at += text.length;
      memory.u8[at++] = 0x2c;
    });
    memory.u8.fill(0x37, at, at + 32);
    this.facts.clear();
    const declined = new Set<number>();
    parser.prepare({ starts, stops }, 0, texts.length);
    for (let from = 0; ; from++) {
      from = parser.parse({ starts, stops }, 0, from, texts.length, vector, this.facts.address);
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
      case 'utf8': {
        const [address, length] = [values, values + 4 * VECTOR_SIZE].map((at) => view.getUint32(at + 4 * index, true));
        return Buffer.from(this.#memory.u8.subarray(address, address! + length!)).toString();
      }
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
const separated = sequence(
  blanks,
  sign,
  ...Array.from({ length: 4 }, () => sequence(digits(4), fc.constantFrom('', ',', '.'))),
  digits(4),
);
const nullish = fc.constantFrom(
  '',
  'NA',
  'na',
  'N',
  '-',
  '--',
  'unknown value',
  'unknown values',
  '10',
  '1',
  '\\N',
  'true',
);
const twoOf = (most: number) => fc.nat(most).map((n) => String(n).padStart(2, '0'));
const formatted = fc.oneof(
  sequence(twoOf(32), fc.constant('/'), twoOf(13), fc.constant('/'), fc.constantFrom('1999', '2024', '0000', '24')),
  sequence(fc.constantFrom('1999', '2024', '0000'), twoOf(13), twoOf(32)),
  sequence(
    twoOf(13),
    fc.constant('/'),
    twoOf(32),
    fc.constant('/2000 '),
    twoOf(24),
    fc.constantFrom(':', '-'),
    twoOf(60),
    fc.constant(':'),
    twoOf(60),
  ),
  sequence(
    twoOf(24),
    fc.constant('h'),
    twoOf(60),
    fc.constant(' 2024-'),
    twoOf(13),
    fc.constant('-'),
    twoOf(32),
    fc.constantFrom(' %', '%'),
  ),
  sequence(twoOf(32), fc.constant('.'), twoOf(13), fc.constant('.'), twoOf(99)),
  fc.constantFrom('infinity', 'epoch', '2024-01-01', '2024-01-01 00:00:00'),
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

  const DIALECTS: readonly (readonly [string, Partial<CsvDialect>, fc.Arbitrary<string>, readonly string[]])[] = [
    ['a comma before the fraction', { decimalMark: ',' }, number, ['decimal(15,2)', 'decimal(30,2)', 'double', 'int']],
    ['separators of thousands', { thousands: ',' }, separated, ['decimal(15,2)', 'decimal(30,2)', 'double', 'bigint']],
    [
      'a comma before the fraction and points between thousands',
      { decimalMark: ',', thousands: '.' },
      separated,
      ['decimal(15,2)', 'double', 'bigint'],
    ],
    [
      'spellings of NULL',
      { nulls: ['NA', '-', 'unknown value', '10'] },
      nullish,
      ['int', 'double', 'varchar', 'boolean'],
    ],
    ['spellings of NULL, the empty one too', { nulls: ['', '\\N'] }, nullish, ['bigint', 'varchar', 'date']],
    ['no spelling of NULL', { nulls: [] }, nullish, ['bigint', 'varchar']],
    ['%d/%m/%Y', { dateFormat: '%d/%m/%Y' }, formatted, ['date']],
    ['%Y%m%d', { dateFormat: '%Y%m%d' }, formatted, ['date']],
    ['%d.%m.%y', { dateFormat: '%d.%m.%y' }, formatted, ['date']],
    ['%m/%d/%Y %H:%M:%S', { timestampFormat: '%m/%d/%Y %H:%M:%S' }, formatted, ['timestamp']],
    ['%Hh%M %Y-%m-%d %%', { timestampFormat: '%Hh%M %Y-%m-%d %%' }, formatted, ['timestamp']],
  ];
  test.each(DIALECTS)('Dialects are read as the careful path reads them: %s.', (_name, changes, form, names) => {
    const dialect: CsvDialect = { ...RFC_4180, ...changes };
    const reference = new CsvFieldValues(dialect);
    for (const type of names.map(parseType)) {
      fc.assert(
        fc.property(texts(form), fc.boolean(), (fields, quoted) => {
          const values = parsers.parse(fields, type, dialect, quoted);
          fields.forEach((field, i) => {
            if (values[i] !== DECLINED)
              expect([field, values[i]]).toEqual([field, reference.value(field, quoted, type)]);
          });
        }),
        { numRuns: 300 },
      );
    }
  });

  test('Texts of formats that have one length need no careful path.', () => {
    const usual: readonly (readonly [string, Partial<CsvDialect>, string, Scalar])[] = [
      ['date', { dateFormat: '%d/%m/%Y' }, '31/12/1970', 364],
      ['date', { dateFormat: '%Y%m%d' }, '19700102', 1],
      ['timestamp', { timestampFormat: '%m/%d/%Y %H:%M:%S' }, '01/02/1970 00:00:01', 86_401_000_000n],
      ['timestamp', { timestampFormat: 'at %S seconds on %d.%m.%Y' }, 'at 02 seconds on 01.01.1970', 2_000_000n],
      ['decimal(15,2)', { thousands: ',' }, '1,234,567.89', 123456789n],
      ['decimal(15,2)', { thousands: '.', decimalMark: ',' }, '1.234.567,89', 123456789n],
      ['bigint', { nulls: ['NULL'] }, 'NULL', null],
    ];
    for (const [name, changes, field, value] of usual)
      expect(parsers.parse([field], parseType(name), { ...RFC_4180, ...changes })).toEqual([value]);
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
