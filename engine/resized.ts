/** A typed array of another length, its values kept as far as they fit, zeros behind. */
export function resized<T extends Uint8Array | Int32Array | Uint32Array | BigInt64Array | Float64Array>(
  values: T,
  length: number,
): T {
  const larger = new (values.constructor as new (length: number) => T)(length);
  larger.set((values.length > length ? values.subarray(0, length) : values) as never);
  return larger;
}
