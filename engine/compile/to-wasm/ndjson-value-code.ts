import type { ValueKind } from '../../formats/ndjson/line-form.ts';
import { VECTOR_SIZE } from '../../task.ts';
import type { FunctionBuilder, FunctionReference, Local } from '../../wasm-assembler/function-builder.ts';
import type { ModuleBuilder } from '../../wasm-assembler/module-builder.ts';

/** From the list of starts of values to that of their stops. */
const TO_STOPS = 4 * VECTOR_SIZE;
/** Set in the start of a string. */
const QUOTED = 0x80000000;

const [QUOTE, BACKSLASH, POINT, ZERO, LETTER_E] = [0x22, 0x5c, 0x2e, 0x30, 0x65];
const [WORD_TRUE, WORD_NULL, WORD_FALS] = [0x65757274, 0x6c6c756e, 0x736c6166];

/** The first and the last byte that a value of a kind may begin with. */
const FIRST_BYTES: Record<ValueKind, readonly [number, number]> = {
  text: [QUOTE, QUOTE],
  number: [0x2d, 0x39],
  word: [0x61, 0x7a],
  object: [0x7b, 0x7b],
  array: [0x5b, 0x5b],
};

/** Vectors of one byte. Line feeds differ from quotes in two bits; without those "*" and 2 look like them, too. */
const SPLATS = {
  quote: QUOTE,
  backslash: BACKSLASH,
  space: 0x20,
  quoteOrLineFeedBits: 0xd7,
  quoteOrLineFeed: 0x02,
  minus: 0x2d,
  zero: ZERO,
  nine: 0x39,
  a: 0x61,
  z: 0x7a,
};
type Splat = keyof typeof SPLATS;

/** Code for the values of a line: each goes from the value's first byte behind the last one, or to where nothing is understood. */
export class NdjsonValueEmitter {
  readonly at: Local;
  /** Where nothing is understood. */
  readonly nowhere: Local;
  /** The row's place in the first list of bounds. */
  readonly bounds: Local;
  readonly shape: Local;
  readonly #f: FunctionBuilder;
  readonly #stop: Local;
  readonly #first: Local;
  readonly #value: Local;
  readonly #others: Local;
  readonly #bytes: Local;
  readonly #splats = new Map<Splat, Local>();
  readonly #textEnd: FunctionReference;
  readonly #readText: FunctionReference;
  readonly #numberEnd: FunctionReference;
  readonly #nestedEnd: FunctionReference;

  constructor(f: FunctionBuilder, module: ModuleBuilder) {
    this.#f = f;
    const i32 = () => f.local('i32');
    [this.at, this.nowhere, this.bounds, this.shape] = [i32(), i32(), i32(), i32()];
    [this.#stop, this.#first, this.#value, this.#others] = [i32(), i32(), i32(), i32()];
    this.#bytes = f.local('v128');
    for (const name of Object.keys(SPLATS)) this.#splats.set(name as Splat, f.local('v128'));
    const kernel = (name: string, parameters: number) =>
      module.importFunction('env', name, { takes: Array(parameters).fill('i32'), gives: 'i32' });
    this.#textEnd = kernel('ndjsonTextEnd', 1);
    this.#readText = kernel('ndjsonReadText', 3);
    this.#numberEnd = kernel('ndjsonNumberEnd', 2);
    this.#nestedEnd = kernel('ndjsonNestedEnd', 2);
  }

  /** Vectors that do not change, to be made before the loop. */
  prepare(): void {
    for (const [name, local] of this.#splats) this.#f.i32(SPLATS[name]).op('i8x16.splat').set(local);
  }

  /** Leaves not 0 if bytes, given in Latin-1, stand at the position. */
  standsHere(bytes: string): void {
    const f = this.#f;
    const wide = bytes.length >= 8;
    const step = wide ? 8 : bytes.length >= 4 ? 4 : 1;
    const type = wide ? 'i64' : 'i32';
    const last = bytes.length - step;
    for (let offset = 0; ; offset = Math.min(offset + step, last)) {
      const constant = [...bytes.slice(offset, offset + step)].reduceRight(
        (word, letter) => (word << 8n) | BigInt(letter.charCodeAt(0)),
        0n,
      );
      f.get(this.at).load(step === 1 ? 'i32.load8_u' : `${type}.load`, offset);
      (wide ? f.i64(constant) : f.i32(Number(constant))).op(`${type}.xor`);
      if (offset > 0) f.op(`${type}.or`);
      if (offset === last) break;
    }
    f.op(`${type}.eqz`);
  }

  /** Goes behind bytes that must stand at the position. */
  expect(bytes: string): void {
    this.#f.get(this.at).i32(bytes.length).op('i32.add').get(this.nowhere);
    this.standsHere(bytes);
    this.#f.select().set(this.at);
  }

  goNowhere(): void {
    this.#f.get(this.nowhere).set(this.at);
  }

  /** A value of one of several kinds, each read by `emit`. */
  byFirstByte(kinds: readonly ValueKind[], emit: (kind: ValueKind) => void): void {
    const f = this.#f;
    // Values within this one use the same locals: behind it no other kind may match.
    f.get(this.at).tee(this.#value).load('i32.load8_u').set(this.#first);
    this.goNowhere();
    for (const kind of kinds) {
      const [least, greatest] = FIRST_BYTES[kind];
      f.get(this.#first)
        .i32(least)
        .op('i32.sub')
        .i32(greatest - least)
        .op('i32.le_u');
      f.when(() => {
        f.get(this.#value)
          .i32(kind === 'text' ? 1 : 0)
          .op('i32.add')
          .set(this.at);
        emit(kind);
        f.i32(0).set(this.#first);
      });
    }
  }

  /** From behind the opening quote; so many bytes are looked at here. `offset`: of its list of starts, where it is wanted. */
  text(bytes: 16 | 32 | 64, offset: number | undefined): void {
    const f = this.#f;
    const { at } = this;
    const stop = this.#stop;
    f.get(at);
    this.#distanceToOdd(bytes, offset !== undefined);
    f.op('i32.add').set(stop);
    if (offset !== undefined) {
      this.#storeStart(offset, () => f.get(at).i32(QUOTED).op('i32.or'));
      this.#storeStop(offset, () => f.get(stop));
    }
    f.get(stop).load('i32.load8_u').i32(QUOTE).op('i32.ne');
    f.when(() => {
      if (offset === undefined) f.get(at).call(this.#textEnd);
      else f.get(this.shape).get(at).get(this.bounds).i32(offset).op('i32.add').call(this.#readText);
      f.set(stop);
    });
    f.get(stop).i32(1).op('i32.add').set(at);
  }

  number(offset: number | undefined): void {
    if (offset === undefined) this.#passOver('minus', 'nine');
    else this.#readNumber(offset);
  }

  word(offset: number | undefined): void {
    if (offset === undefined) this.#passOver('a', 'z');
    else this.#readWord(offset);
  }

  /** An object or array that nobody wants. */
  nested(): void {
    this.#f.get(this.at).get(this.nowhere).call(this.#nestedEnd).set(this.at);
  }

  /** How far it is to the first byte that cannot stand in a plain text, or beyond those that are looked at. */
  #distanceToOdd(bytes: 16 | 32 | 64, isWanted: boolean): void {
    const f = this.#f;
    if (bytes === 16) {
      this.#odd(0, isWanted);
      f.op('i8x16.bitmask').i32(0x10000).op('i32.or').op('i32.ctz');
    } else if (bytes === 32) {
      this.#odd32(0, isWanted);
      f.op('i32.ctz');
    } else {
      this.#odd32(0, isWanted);
      f.op('i64.extend_i32_u');
      this.#odd32(32, isWanted);
      f.op('i64.extend_i32_u').i64(32n).op('i64.shl').op('i64.or').op('i64.ctz').op('i32.wrap_i64');
    }
  }

  #odd32(offset: number, isWanted: boolean): void {
    this.#odd(offset, isWanted);
    this.#f.op('i8x16.bitmask');
    this.#odd(offset + 16, isWanted);
    this.#f.op('i8x16.bitmask').i32(16).op('i32.shl').op('i32.or');
  }

  /** Marks quotes, backslashes, line feeds and a few others; in wanted texts all control characters and what is no ASCII. */
  #odd(offset: number, isWanted: boolean): void {
    const f = this.#f;
    f.get(this.at).load('v128.load', offset).tee(this.#bytes);
    if (isWanted) {
      this.#splat('quote').op('i8x16.eq');
      this.#splat('space').get(this.#bytes).op('i8x16.gt_s').op('v128.or');
    } else {
      this.#splat('quoteOrLineFeedBits').op('v128.and');
      this.#splat('quoteOrLineFeed').op('i8x16.eq');
    }
    f.get(this.#bytes);
    this.#splat('backslash').op('i8x16.eq').op('v128.or');
  }

  /** Goes behind bytes between two others, no more than 16. */
  #passOver(least: Splat, greatest: Splat): void {
    const f = this.#f;
    f.get(this.at);
    this.#splat(least).get(this.at).load('v128.load').tee(this.#bytes).op('i8x16.gt_s');
    f.get(this.#bytes);
    this.#splat(greatest).op('i8x16.gt_s').op('v128.or');
    f.op('i8x16.bitmask').i32(0x10000).op('i32.or').op('i32.ctz').op('i32.add').set(this.at);
  }

  /** Digits, which may have a point among them; the kernel is asked for others. */
  #readNumber(offset: number): void {
    const f = this.#f;
    const { at } = this;
    const [whole, others, length] = [this.#value, this.#others, this.#stop];
    f.get(at).load('v128.load').tee(this.#bytes);
    this.#splat('nine').op('i8x16.gt_s');
    this.#splat('zero').get(this.#bytes).op('i8x16.gt_s').op('v128.or');
    f.op('i8x16.bitmask').i32(0x30000).op('i32.or').tee(others).op('i32.ctz').set(whole);
    f.get(others).get(others).i32(1).op('i32.sub').op('i32.and').op('i32.ctz').get(whole);
    f.get(at).get(whole).op('i32.add').load('i32.load8_u').i32(POINT).op('i32.eq').tee(others).select().set(length);
    // No digit before the point, none behind it, a 0 before other digits, or more than is looked at.
    f.get(whole).op('i32.eqz');
    f.get(others).get(length).get(whole).op('i32.sub').i32(1).op('i32.eq').op('i32.and').op('i32.or');
    f.get(at).load('i32.load8_u').i32(ZERO).op('i32.eq').get(whole).i32(1).op('i32.gt_u').op('i32.and').op('i32.or');
    f.get(length).i32(16).op('i32.ge_u').op('i32.or');
    f.get(at).get(length).op('i32.add').set(this.#stop);
    this.#storeStart(offset, () => f.get(at));
    f.when(() => {
      f.get(at).get(this.nowhere).call(this.#numberEnd).set(this.#stop);
    });
    this.#storeStop(offset, () => f.get(this.#stop));
    f.get(this.#stop).set(at);
  }

  #readWord(offset: number): void {
    const f = this.#f;
    const { at } = this;
    const [word, isNull, isFalse] = [this.#value, this.#others, this.#stop];
    f.get(at).load('i32.load').tee(word).i32(WORD_FALS).op('i32.eq');
    f.get(at).load('i32.load8_u', 4).i32(LETTER_E).op('i32.eq').op('i32.and').set(isFalse);
    f.get(word).i32(WORD_NULL).op('i32.eq').set(isNull);
    this.#storeStart(offset, () => f.get(at));
    this.#storeStop(offset, () => {
      f.get(at).get(at).i32(4).op('i32.add').get(isFalse).op('i32.add').get(isNull).select();
    });
    f.get(at).i32(4).op('i32.add').get(isFalse).op('i32.add').get(this.nowhere);
    f.get(word).i32(WORD_TRUE).op('i32.eq').get(isNull).op('i32.or').get(isFalse).op('i32.or').select().set(at);
  }

  #storeStart(offset: number, emit: () => void): void {
    this.#f.get(this.bounds);
    emit();
    this.#f.store('i32.store', offset);
  }

  #storeStop(offset: number, emit: () => void): void {
    this.#storeStart(offset + TO_STOPS, emit);
  }

  #splat(name: Splat): FunctionBuilder {
    return this.#f.get(this.#splats.get(name) as Local);
  }
}
