import type { ByteSource } from '../../engine/task.ts';

/** An object that holds these bytes, a text as UTF-8. */
export function memorySource(content: string | Uint8Array, name = 'rows.csv'): ByteSource {
  const bytes = Buffer.from(content as Uint8Array);
  return {
    name,
    size: bytes.length,
    read: (offset, target) => bytes.copy(target, 0, offset, offset + target.length),
    close: () => {},
  };
}
