import { formatDate, formatTimestamp, parseDate, parseTimestamp } from './calendar.ts';
import { SluiceError } from './error.ts';
import { type DataType, formatType, type Scalar } from './types.ts';

/** A value in the exact text form of CSV results, unquoted. NULL is ''. Floats in the shortest digits that read back. */
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

function formatFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  return Object.is(value, -0) ? '-0' : String(value);
}

const INTEGER_FORM = /^[+-]?\d+$/;
const NUMBER_FORM = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,4})?$/i;
const FLOAT_WORDS: Record<string, number> = {
  inf: Infinity,
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
 * Reads a text as a value of `type`, as a SQL cast of a string does; spaces around it do not matter but for utf8.
 * Throws `bad-value` naming the text and the type.
 */
export function parseScalar(text: string, type: DataType): Scalar {
  const value = readScalar(text, type);
  if (value === undefined) throw new SluiceError('bad-value', `"${text}" is not a ${formatType(type)}`);
  return value;
}

function readScalar(text: string, type: DataType): Scalar | undefined {
  const trimmed = text.trim();
  switch (type.kind) {
    case 'utf8':
      return text;
    case 'binary':
      return undefined;
    case 'bool':
      return BOOLEAN_WORDS[trimmed.toLowerCase()];
    case 'date':
      return parseDate(text) ?? dateOfTimestamp(text);
    case 'timestamp':
      return parseTimestamp(text);
    case 'float64':
      return NUMBER_FORM.test(trimmed) ? Number(trimmed) : FLOAT_WORDS[trimmed.toLowerCase()];
    case 'int32': {
      const value = readDecimal(trimmed, 0);
      return value === undefined || value < -0x80000000n || value > 0x7fffffffn ? undefined : Number(value);
    }
    case 'int64': {
      const value = INTEGER_FORM.test(trimmed) ? BigInt(trimmed) : readDecimal(trimmed, 0);
      return value === undefined || BigInt.asIntN(64, value) !== value ? undefined : value;
    }
    case 'decimal': {
      const value = readDecimal(trimmed, type.scale);
      if (value === undefined) return undefined;
      const limit = 10n ** BigInt(type.precision);
      return value <= -limit || value >= limit ? undefined : value;
    }
  }
}

function dateOfTimestamp(text: string): number | undefined {
  const micros = parseTimestamp(text);
  return micros === undefined ? undefined : parseDate(formatTimestamp(micros).slice(0, 10));
}

/** The number in `text` times 10^scale, rounded half away from zero; undefined when it is no number. */
function readDecimal(text: string, scale: number): bigint | undefined {
  if (!NUMBER_FORM.test(text)) return undefined;
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.replace(/^[+-]/, '').split('.');
  const shift = Number(exponent) - fraction.length + scale;
  if (shift > 400) return /[1-9]/.test(mantissa) ? undefined : 0n;
  const digits = BigInt(whole + fraction || '0');
  const magnitude = shift >= 0 ? digits * 10n ** BigInt(shift) : divideRounding(digits, 10n ** BigInt(-shift));
  return mantissa.startsWith('-') ? -magnitude : magnitude;
}

/** a / b rounded half away from zero; b > 0. */
export function divideRounding(a: bigint, b: bigint): bigint {
  return a < 0n ? -((-a * 2n + b) / (2n * b)) : (a * 2n + b) / (2n * b);
}
