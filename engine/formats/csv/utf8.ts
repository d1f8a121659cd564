const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The text with U+FFFD in place of what is not UTF-8, as many times as the WHATWG's decoder puts it. */
export function withoutInvalidUtf8(bytes: Uint8Array): Uint8Array {
  return Buffer.from(decoder.decode(bytes));
}
