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
