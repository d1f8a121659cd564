const LARGEST_WHOLE = Number.MAX_SAFE_INTEGER;
/** 2^27 + 1: splits a double into two halves whose products are exact. */
const SPLITTER = 134217729;

/**
 * As `exactAverage`, of whole numbers that are exact as doubles (`divisor` is count * 10^scale), or undefined in the
 * rare case that only `exactAverage` decides: where the quotient is so close to the middle of two doubles that it
 * matters that it is rounded to 64 bits first.
 */
export function quickAverage(sum: number, divisor: number): number | undefined {
  if (Math.abs(sum) > LARGEST_WHOLE || divisor > LARGEST_WHOLE) return undefined;
  const quotient = sum / divisor;
  // quotient * divisor = product + error exactly: Dekker, "A floating-point technique for extending the available precision".
  const product = quotient * divisor;
  const [q1, q2] = halvesOf(quotient);
  const [d1, d2] = halvesOf(divisor);
  const error = q1 * d1 - product + q1 * d2 + q2 * d1 + q2 * d2;
  const rest = (sum - product - error) / divisor;
  return quotient + 1.01 * rest === quotient ? quotient : undefined;
}

function halvesOf(value: number): [number, number] {
  const scaled = SPLITTER * value;
  const high = scaled - (scaled - value);
  return [high, value - high];
}

/**
 * sum / (count * 10^scale) as DuckDB computes avg over integers and decimals: in x87 extended precision (long double,
 * 64 significant bits), operands and quotient each rounded to nearest even, then rounded to double.
 */
export function exactAverage(sum: bigint, count: bigint, scale: number): number {
  const negative = sum < 0n;
  const dividend = roundBits(extendedOf(negative ? -sum : sum), 64);
  const divisor = roundBits({ mantissa: count * 10n ** BigInt(scale), exponent: 0, sticky: false }, 64);
  const quotient = roundBits(divide(dividend, divisor), 64);
  const { mantissa, exponent } = roundBits(quotient, 53);
  const value = Number(mantissa) * 2 ** exponent;
  return negative ? -value : value;
}

/** mantissa * 2^exponent, plus something below the last bit where `sticky`. */
interface Binary {
  readonly mantissa: bigint;
  readonly exponent: number;
  readonly sticky: boolean;
}

function extendedOf(value: bigint): Binary {
  return { mantissa: value, exponent: 0, sticky: false };
}

function roundBits({ mantissa, exponent, sticky }: Binary, bits: number): Binary {
  const extra = bitLength(mantissa) - bits;
  if (extra <= 0) return { mantissa, exponent, sticky: false };
  const shift = BigInt(extra);
  const kept = mantissa >> shift;
  const rest = mantissa - (kept << shift);
  const half = 1n << (shift - 1n);
  const up = rest > half || (rest === half && (sticky || (kept & 1n) === 1n));
  return { mantissa: up ? kept + 1n : kept, exponent: exponent + extra, sticky: false };
}

/** A quotient of at least 66 bits, so that rounding to 64 sees what is below. */
function divide(dividend: Binary, divisor: Binary): Binary {
  const shift = Math.max(0, 67 + bitLength(divisor.mantissa) - bitLength(dividend.mantissa));
  const scaled = dividend.mantissa << BigInt(shift);
  const mantissa = scaled / divisor.mantissa;
  return {
    mantissa,
    exponent: dividend.exponent - divisor.exponent - shift,
    sticky: mantissa * divisor.mantissa !== scaled,
  };
}

function bitLength(value: bigint): number {
  return value === 0n ? 0 : value.toString(2).length;
}
