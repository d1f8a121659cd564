import { ByteWriter } from './bytes.ts';
import { FunctionBuilder, type FunctionReference, type FunctionType } from './function-builder.ts';
import { VALUE_TYPE_CODES } from './instructions.ts';

interface Import {
  readonly module: string;
  readonly name: string;
  readonly type: number;
}

/**
 * A WebAssembly module in the making: one imported memory, imported functions, exported functions.
 * Imports may be added until the end, since nothing calls a function of the module itself.
 */
export class ModuleBuilder {
  #types: string[] = [];
  #typeBytes: Uint8Array[] = [];
  #imports: Import[] = [];
  #functions: { builder: FunctionBuilder; type: number }[] = [];
  #memory: { module: string; name: string; minimumPages: number } | undefined;

  importMemory(module: string, name: string, minimumPages: number): void {
    this.#memory = { module, name, minimumPages };
  }

  importFunction(module: string, name: string, type: FunctionType): FunctionReference {
    const known = this.#imports.findIndex((entry) => entry.module === module && entry.name === name);
    if (known >= 0) return { index: known, name, type };
    this.#imports.push({ module, name, type: this.#typeIndex(type) });
    return { index: this.#imports.length - 1, name, type };
  }

  /** A function, exported under its name. */
  defineFunction(name: string, type: FunctionType): FunctionBuilder {
    const builder = new FunctionBuilder(name, type);
    this.#functions.push({ builder, type: this.#typeIndex(type) });
    return builder;
  }

  finish(): Uint8Array<ArrayBuffer> {
    const module = new ByteWriter().raw(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
    section(module, 1, this.#typeBytes);
    section(module, 2, [
      ...(this.#memory ? [importEntry(this.#memory).byte(2).byte(0).unsigned(this.#memory.minimumPages).finish()] : []),
      ...this.#imports.map((entry) => importEntry(entry).byte(0).unsigned(entry.type).finish()),
    ]);
    section(
      module,
      3,
      this.#functions.map(({ type }) => new ByteWriter().unsigned(type).finish()),
    );
    section(
      module,
      7,
      this.#functions.map(({ builder }, i) =>
        new ByteWriter()
          .text(builder.name)
          .byte(0)
          .unsigned(this.#imports.length + i)
          .finish(),
      ),
    );
    section(
      module,
      10,
      this.#functions.map(({ builder }) => {
        const body = builder.finish();
        return new ByteWriter().unsigned(body.length).raw(body).finish();
      }),
    );
    return module.finish();
  }

  #typeIndex(type: FunctionType): number {
    const key = `${type.takes}:${type.gives}`;
    const known = this.#types.indexOf(key);
    if (known >= 0) return known;
    const bytes = new ByteWriter().byte(0x60).unsigned(type.takes.length);
    for (const taken of type.takes) bytes.byte(VALUE_TYPE_CODES[taken]);
    bytes.unsigned(type.gives ? 1 : 0);
    if (type.gives) bytes.byte(VALUE_TYPE_CODES[type.gives]);
    this.#types.push(key);
    this.#typeBytes.push(bytes.finish());
    return this.#types.length - 1;
  }
}

function importEntry(entry: { module: string; name: string }): ByteWriter {
  return new ByteWriter().text(entry.module).text(entry.name);
}

function section(module: ByteWriter, id: number, entries: readonly Uint8Array[]): void {
  if (entries.length === 0) return;
  const body = new ByteWriter().unsigned(entries.length);
  for (const entry of entries) body.raw(entry);
  const bytes = body.finish();
  module.byte(id).unsigned(bytes.length).raw(bytes);
}
