import { formatDate, formatTimestamp, parseDate, parseTimestamp } from './calendar.ts';
import { SluiceError } from './error.ts';
import { type DataType, formatType, type Scalar } from './types.ts';

/**
 * A value in the exact text form of CSV results, unquoted. NULL is ''. Floats in the shortest digits that read back.
 */
export function formatScalar(value: Scalar, type: DataType): string {
  if (value === null) return '';
  switch (type.kind) {
    case 'decimal':
      return formatDecimal(value as bigint, type.scale);
    case 'date':
      return formatDate(value as number);
    case 'timestamp':
      return formatTimestamp(value as bigint);
    case 'float64':
      return formatFloat(value as number);
    default:
      return String(value);
  }
}

/** An unscaled integer written with its scale: (12345n, 2) is 123.45. */
export function formatDecimal(unscaled: bigint, scale: number): string {
  if (scale === 0) return unscaled.toString();
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/**
 * A value as SQL's cast to text writes it: doubles as 1.0, 1e+20 or 1e-07, decimals below one of DECIMAL(p,p) as .5.
 */
export function castToText(value: Exclude<Scalar, null>, type: DataType): string {
  if (type.kind === 'float64') return doubleText(value as number);
  const text = formatScalar(value, type);
  return type.kind === 'decimal' && type.precision === type.scale ? text.replace('0.', '.') : text;
}

function doubleText(value: number): string {
  const magnitude = Math.abs(value);
  if (!Number.isFinite(value)) return formatFloat(value);
  if (value !== 0 && (magnitude >= 1e16 || magnitude < 1e-4)) {
    const [mantissa, exponent = ''] = value.toExponential().split('e');
    return `${mantissa}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`;
  }
  return Number.isInteger(value) ? `${formatFloat(value)}.0` : String(value);
}

function formatFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  return Object.is(value, -0) ? '-0' : String(value);
}

const NUMBER_FORM = /^[+-]?(?:\d+(?:_\d+)*(?:\.(?:\d+(?:_\d+)*)?)?|\.\d+(?:_\d+)*)(?:e[+-]?\d+(?:_\d+)*)?$/i;
const RADIX_FORM = /^0(?:x[0-9a-f]+(?:_[0-9a-f]+)*|b[01]+(?:_[01]+)*)$/i;
const SPACES_AROUND = /^[ \t-\r]+|[ \t-\r]+$/g;
const FLOAT_WORDS: Record<string, number> = {
  inf: Infinity,
  '+inf': Infinity,
  '+infinity': Infinity,
  infinity: Infinity,
  '-inf': -Infinity,
  '-infinity': -Infinity,
  nan: NaN,
  '-nan': NaN,
};
const BOOLEAN_WORDS: Record<string, boolean> = {
  true: true,
  t: true,
  yes: true,
  y: true,
  '1': true,
  false: false,
  f: false,
  no: false,
  n: false,
  '0': false,
};

/**
 * Reads a text as a value of `type`, as DuckDB's cast does; spaces around numbers do not matter, digits may be grouped
 * by underscores. Throws `bad-value` naming the text and the type.
 */
export function parseScalar(text: string, type: DataType): Scalar {
  const value = readScalar(text, type);
  if (value === undefined) throw new SluiceError('bad-value', `"${text}" cannot be read as ${formatType(type)}`);
  return value;
}

function readScalar(text: string, type: DataType): Scalar | undefined {
  switch (type.kind) {
    case 'utf8':
      return text;
    case 'binary':
      return undefined;
    case 'bool':
      return BOOLEAN_WORDS[text.toLowerCase()];
    case 'date':
      return parseDate(text);
    case 'timestamp':
      return parseTimestamp(text);
    case 'float64':
      return readDouble(text.replace(SPACES_AROUND, ''));
    case 'int32': {
      const value = readInteger(text.replace(SPACES_AROUND, ''));
      return value === undefined || value < -0x80000000n || value > 0x7fffffffn ? undefined : Number(value);
    }
    case 'int64': {
      const value = readInteger(text.replace(SPACES_AROUND, ''));
      return value === undefined || BigInt.asIntN(64, value) !== value ? undefined : value;
    }
    case 'decimal': {
      const value = readDecimal(text.replace(SPACES_AROUND, ''), type.scale);
      if (value === undefined) return undefined;
      const limit = 10n ** BigInt(type.precision);
      return value <= -limit || value >= limit ? undefined : value;
    }
  }
}

function readDouble(text: string): number | undefined {
  return NUMBER_FORM.test(text) ? Number(text.replaceAll('_', '')) : FLOAT_WORDS[text.toLowerCase()];
}

/** Integers may also be written as 0x1F or 0b101. */
function readInteger(text: string): bigint | undefined {
  return RADIX_FORM.test(text) ? BigInt(text.replaceAll('_', '')) : readDecimal(text, 0);
}

/** The number in `text` times 10^scale, rounded half away from zero; undefined when it is no number. */
function readDecimal(text: string, scale: number): bigint | undefined {
  if (!NUMBER_FORM.test(text)) return undefined;
  const [mantissa = '', exponent = '0'] = text.replaceAll('_', '').toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.replace(/^[+-]/, '').split('.');
  const shift = Number(exponent) - fraction.length + scale;
  if (shift > 400) return /[1-9]/.test(mantissa) ? undefined : 0n;
  if (shift < -10_000) return 0n;
  const digits = BigInt(whole + fraction || '0');
  const magnitude = shift >= 0 ? digits * 10n ** BigInt(shift) : divideRounding(digits, 10n ** BigInt(-shift));
  return mantissa.startsWith('-') ? -magnitude : magnitude;
}

/** a / b rounded half away from zero; b > 0. */
export function divideRounding(a: bigint, b: bigint): bigint {
  return a < 0n ? -((-a * 2n + b) / (2n * b)) : (a * 2n + b) / (2n * b);
}
