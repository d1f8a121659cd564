import { callFailure, inInt64, outOfRange } from './call-failures.ts';
import { type LibraryFunction, strictFunctions } from './function-entry.ts';
import { decimal, INT32, INT64 } from './types.ts';

const entry = strictFunctions('math');
const outOfDomain = () => callFailure('the input is out of the range of the function');

const KERNEL_NAMES: Record<string, string> = { '&': 'and', '|': 'or', xor: 'xor' };

/** Functions of whole numbers and of their bits. */
export const INTEGER_FUNCTIONS: readonly LibraryFunction[] = [
  {
    ...entry('mod', [], 'mod(number, number)', 'remainder with the sign of the dividend, as %', []),
    expand: (args, build) => build.named('modulo', args),
  },
  entry('gcd', ['greatest_common_divisor'], 'gcd(bigint, bigint)', 'greatest common divisor', [
    {
      id: 'gcd(bigint, bigint)',
      parameters: ['int64', 'int64'],
      result: INT64,
      kernel: 'gcdInt64',
      fails: true,
      js: (a: bigint, b: bigint) => inInt64(divisor(a, b)),
    },
  ]),
  entry('lcm', ['least_common_multiple'], 'lcm(bigint, bigint)', 'least common multiple', [
    {
      id: 'lcm(bigint, bigint)',
      parameters: ['int64', 'int64'],
      result: INT64,
      kernel: 'lcmInt64',
      fails: true,
      js: (a: bigint, b: bigint) => {
        if (a === 0n || b === 0n) return 0n;
        const multiple = (a / divisor(a, b)) * b;
        return inInt64(multiple < 0n ? -multiple : multiple);
      },
    },
  ]),
  entry('factorial', ['!__postfix'], 'factorial(integer)', 'product of 1 to the number; 33 at most', [
    {
      id: 'factorial(integer)',
      parameters: ['int32'],
      result: decimal(38, 0),
      kernel: 'factorialInt32',
      fails: true,
      js: (n: number) => {
        if (n < 0) throw outOfDomain();
        if (n > 33) throw outOfRange();
        let product = 1n;
        for (let i = 2n; i <= n; i++) product *= i;
        return product;
      },
    },
  ]),
  bitwise('&', 'and', (a, b) => a & b),
  bitwise('|', 'or', (a, b) => a | b),
  bitwise('xor', 'exclusive or', (a, b) => a ^ b),
  entry('<<', [], 'integer << integer', 'bits moved to the left; an error where that changes the number of bits', [
    {
      id: '<<(integer, integer)',
      parameters: ['int32', 'int32'],
      result: INT32,
      kernel: 'shiftLeftInt32',
      fails: true,
      js: (a: number, by: number) => Number(shiftLeft(BigInt(a), BigInt(by), 32)),
    },
    {
      id: '<<(bigint, bigint)',
      parameters: ['int64', 'int64'],
      result: INT64,
      kernel: 'shiftLeftInt64',
      fails: true,
      js: (a: bigint, by: bigint) => shiftLeft(a, by, 64),
    },
  ]),
  entry('>>', [], 'integer >> integer', 'bits moved to the right, with the sign; 0 outside of the width', [
    {
      id: '>>(integer, integer)',
      parameters: ['int32', 'int32'],
      result: INT32,
      kernel: 'shiftRightInt32',
      js: (a: number, by: number) => (by < 0 || by > 31 ? 0 : a >> by),
    },
    {
      id: '>>(bigint, bigint)',
      parameters: ['int64', 'int64'],
      result: INT64,
      kernel: 'shiftRightInt64',
      js: (a: bigint, by: bigint) => (by < 0n || by > 63n ? 0n : a >> by),
    },
  ]),
  entry('bit_count', [], 'bit_count(integer)', 'how many bits are set', [
    {
      id: 'bit_count(integer)',
      parameters: ['int32'],
      result: INT32,
      kernel: 'bitCountInt32',
      js: (a: number) => ones(BigInt.asUintN(32, BigInt(a))),
    },
    {
      id: 'bit_count(bigint)',
      parameters: ['int64'],
      result: INT32,
      kernel: 'bitCountInt64',
      js: (a: bigint) => ones(BigInt.asUintN(64, a)),
    },
  ]),
];

function bitwise(name: string, doc: string, js: (a: bigint, b: bigint) => bigint): LibraryFunction {
  const signature = name === 'xor' ? 'xor(integer, integer)' : `integer ${name} integer`;
  return entry(name, [], signature, `${doc} of the bits`, [
    {
      id: `${name}(integer, integer)`,
      parameters: ['int32', 'int32'],
      result: INT32,
      kernel: `${KERNEL_NAMES[name]}Int32`,
      js: (a: number, b: number) => Number(js(BigInt(a), BigInt(b))),
    },
    {
      id: `${name}(bigint, bigint)`,
      parameters: ['int64', 'int64'],
      result: INT64,
      kernel: `${KERNEL_NAMES[name]}Int64`,
      js,
    },
  ]);
}

function divisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x < 0n ? -x : x;
}

function shiftLeft(a: bigint, by: bigint, width: number): bigint {
  if (a < 0n || by < 0n) throw outOfDomain();
  if (a === 0n) return 0n;
  if (by >= width) throw outOfDomain();
  const shifted = a << by;
  if (shifted !== BigInt.asIntN(width, shifted)) throw outOfRange();
  return shifted;
}

function ones(bits: bigint): number {
  let count = 0;
  for (let rest = bits; rest > 0n; rest &= rest - 1n) count++;
  return count;
}
