import { deserialize } from 'node:v8';

/** A copy, in memory that all threads see, of what `serialize` of node:v8 has written. */
export function shareSerialized(content: Uint8Array): SharedArrayBuffer {
  const bytes = new SharedArrayBuffer(content.length);
  new Uint8Array(bytes).set(content);
  return bytes;
}

/** The value whose serialized form is shared. */
export function readShared(bytes: SharedArrayBuffer): unknown {
  return deserialize(Buffer.from(new Uint8Array(bytes)));
}
