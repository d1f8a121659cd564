/**
 * A module of two memories, hand-encoded (WebAssembly core specification 3.0, chapter 5), since AssemblyScript knows
 * only one:
 *
 *     (module
 *       (import "env" "to" (memory 1))
 *       (import "env" "from" (memory 1))
 *       (func (export "copy") (param $to i32) (param $from i32) (param $length i32)
 *         (memory.copy 0 1 (local.get $to) (local.get $from) (local.get $length))))
 */
// biome-ignore format: a section a line
const MODULE = Uint8Array.of(
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00,
  // Types: three i32 to nothing.
  0x01, 0x07, 1, 0x60, 3, 0x7f, 0x7f, 0x7f, 0,
  // Imports: "env" "to" and "env" "from", memories of at least one page.
  0x02, 0x17, 2, 3, 0x65, 0x6e, 0x76, 2, 0x74, 0x6f, 0x02, 0, 1, 3, 0x65, 0x6e, 0x76, 4, 0x66, 0x72, 0x6f, 0x6d, 0x02, 0, 1,
  // Functions: one of the first type.
  0x03, 0x02, 1, 0,
  // Exports: "copy".
  0x07, 0x08, 1, 4, 0x63, 0x6f, 0x70, 0x79, 0x00, 0,
  // Code: the three parameters, memory.copy to memory 0 from memory 1.
  0x0a, 0x0e, 1, 12, 0, 0x20, 0, 0x20, 1, 0x20, 2, 0xfc, 0x0a, 0, 1, 0x0b,
);

/** `length` bytes at `from` of the second memory to `to` of the first. */
type CopyMemory = (to: number, from: number, length: number) => void;

export function hasSecondMemory(): boolean {
  return WebAssembly.validate(MODULE);
}

/** The two memories must be there; see `hasSecondMemory`. */
export function linkSecondMemory(to: WebAssembly.Memory, from: WebAssembly.Memory): CopyMemory {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(MODULE), { env: { to, from } });
  return exports.copy as CopyMemory;
}
