const ELEMENTS = { f64: Float64Array, i32: Int32Array, u32: Uint32Array, u8: Uint8Array };

export type ElementType = keyof typeof ELEMENTS;
export type ArrayOf<T extends ElementType> = InstanceType<(typeof ELEMENTS)[T]>;

/**
 * One algorithm over an array of n elements, in JavaScript. In AssemblyScript and in C it has the same name, with `_`
 * for `-`: see bench/kernels/arrays/ and bench/native/array-kernels.c.
 */
export interface ArrayKernel<
  F extends ElementType = ElementType,
  S extends ElementType = ElementType,
  O extends ElementType = ElementType,
> {
  readonly name: string;
  /** The type of the first array, which has n elements. */
  readonly first: F;
  /** The second array; its length is 0 where the kernel has none. */
  readonly second: { readonly type: S; length(n: number): number };
  /** The array that the kernel writes: its first elements are the result, all of them the room that it needs. */
  readonly out: { readonly type: O; result(n: number): number; room(n: number): number };
  /** Makes the input. Values are whole numbers, so that every order of addition gives the same sum. */
  fill(first: ArrayOf<F>, second: ArrayOf<S>, seed: number): void;
  js(first: ArrayOf<F>, second: ArrayOf<S>, out: ArrayOf<O>): void;
}

/** For kernels of one array. */
export const NO_SECOND = { type: 'u8', length: () => 0 } as const;

/** The arrays of one call. */
export interface Arrays {
  readonly n: number;
  readonly first: ArrayOf<ElementType>;
  readonly second: ArrayOf<ElementType>;
  readonly out: ArrayOf<ElementType>;
}

export function bytesOf(type: ElementType, length: number): number {
  return ELEMENTS[type].BYTES_PER_ELEMENT * length;
}

/** An array within `buffer`, from the byte `at` on. */
export function arrayAt<T extends ElementType>(type: T, buffer: ArrayBuffer, at: number, length: number): ArrayOf<T> {
  return new ELEMENTS[type](buffer, at, length) as ArrayOf<T>;
}

/** Bytes of the three arrays: what a call reads and writes. */
export function workingSet({ first, second, out }: ArrayKernel, n: number): number {
  return bytesOf(first, n) + bytesOf(second.type, second.length(n)) + bytesOf(out.type, out.room(n));
}

/**
 * Fills with whole numbers from `least` to `most`, by xorshift (Marsaglia 2003): the same for one seed everywhere. The
 * state is a local variable, since V8 would allocate for each that a closure keeps: 10 times as slow.
 */
export function fillWhole(array: ArrayOf<ElementType>, seed: number, least: number, most: number): void {
  const scale = (most - least + 1) / 2 ** 32;
  let state = Math.imul(seed + 1, 0x9e3779b1) | 1;
  for (let i = 0; i < array.length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    array[i] = least + Math.floor((state >>> 0) * scale);
  }
}
