import { SluiceError } from './error.ts';

/**
 * Why a call can fail. The position in the list is the code that kernels leave in the call state (0 means none), so new
 * entries go to the end; `engine/kernels/call-state.ts` repeats the codes that kernels use.
 */
export const CALL_FAILURES = [
  'none',
  "the result is out of its type's range",
  'cannot take the square root of a negative number',
  'cannot take the logarithm of zero',
  'cannot take the logarithm of a negative number',
  'the input is out of the range of the function',
  'the text would become too long',
  'the text cannot be read as a value of the type',
  'the value does not fit into the type',
  'a LIKE pattern must not end with its escape character',
] as const;

export type CallFailure = (typeof CALL_FAILURES)[number];

/** The error of a failed call, `bad-value`; `where` says which function and with what, as far as known. */
export function callFailure(failure: CallFailure, where?: string): SluiceError {
  return new SluiceError('bad-value', where === undefined ? failure : `${where}: ${failure}`);
}

/** The failure of results that do not fit their type. */
export const outOfRange = (): SluiceError => callFailure("the result is out of its type's range");

/** The value itself; throws `bad-value` outside of 64 bits. */
export function inInt64(value: bigint): bigint {
  if (value !== BigInt.asIntN(64, value)) throw outOfRange();
  return value;
}
