import { ByteWriter } from './bytes.ts';
import { INSTRUCTIONS, LOADS, STORES, VALUE_TYPE_CODES, type ValueType } from './instructions.ts';
import {
  EXTRACTIONS,
  LANE_STORES,
  SIMD_INSTRUCTIONS,
  SIMD_LOADS,
  SIMD_PREFIX,
  SIMD_STORES,
} from './simd-instructions.ts';

/** A local variable or a parameter of one function. */
export interface Local {
  readonly index: number;
  readonly type: ValueType;
}

export interface FunctionType {
  readonly takes: readonly ValueType[];
  readonly gives: ValueType | undefined;
}

/** A function that can be called: imported or defined in the same module. */
export interface FunctionReference {
  readonly index: number;
  readonly name: string;
  readonly type: FunctionType;
}

/**
 * Writes one function's body and follows the types on the operand stack as it goes: an instruction whose operands are
 * missing or of another type throws at once, with the function's and the instruction's name.
 */
export class FunctionBuilder {
  readonly name: string;
  readonly type: FunctionType;
  readonly parameters: readonly Local[];
  #code = new ByteWriter();
  #locals: ValueType[] = [];
  #stack: ValueType[] = [];
  /** Stack heights below which an open block may not reach. */
  #floors: number[] = [];

  constructor(name: string, type: FunctionType) {
    this.name = name;
    this.type = type;
    this.parameters = type.takes.map((valueType, index) => ({ index, type: valueType }));
  }

  local(type: ValueType): Local {
    this.#locals.push(type);
    return { index: this.parameters.length + this.#locals.length - 1, type };
  }

  /** Locals declared so far, parameters included. */
  get localCount(): number {
    return this.parameters.length + this.#locals.length;
  }

  get(local: Local): this {
    this.#code.byte(0x20).unsigned(local.index);
    return this.#push(local.type);
  }

  set(local: Local): this {
    this.#pop('local.set', local.type);
    this.#code.byte(0x21).unsigned(local.index);
    return this;
  }

  tee(local: Local): this {
    this.#pop('local.tee', local.type);
    this.#code.byte(0x22).unsigned(local.index);
    return this.#push(local.type);
  }

  i32(value: number): this {
    this.#code.byte(0x41).signed(BigInt(value | 0));
    return this.#push('i32');
  }

  i64(value: bigint): this {
    this.#code.byte(0x42).signed(BigInt.asIntN(64, value));
    return this.#push('i64');
  }

  f64(value: number): this {
    this.#code.byte(0x44).float64(value);
    return this.#push('f64');
  }

  /** A plain instruction by its name in the specification, as `i64.add`. */
  op(name: string): this {
    const simd = SIMD_INSTRUCTIONS[name];
    const instruction = simd ?? INSTRUCTIONS[name];
    if (!instruction) throw new Error(`${this.name}: no instruction ${name}`);
    for (let i = instruction.takes.length - 1; i >= 0; i--) this.#pop(name, instruction.takes[i] as ValueType);
    if (simd) this.#simd(simd.code);
    else this.#code.byte(instruction.code);
    return instruction.gives ? this.#push(instruction.gives) : this;
  }

  /** Address below the stack's top; `offset` is added to it. */
  load(name: string, offset = 0): this {
    const simd = SIMD_LOADS[name];
    if (simd !== undefined) {
      this.#pop(name, 'i32');
      this.#simd(simd).unsigned(0).unsigned(offset);
      return this.#push('v128');
    }
    const access = LOADS[name];
    if (!access) throw new Error(`${this.name}: no load ${name}`);
    this.#pop(name, 'i32');
    this.#code.byte(access.code).unsigned(0).unsigned(offset);
    return this.#push(access.type);
  }

  store(name: string, offset = 0): this {
    const simd = SIMD_STORES[name];
    if (simd !== undefined) {
      this.#pop(name, 'v128');
      this.#pop(name, 'i32');
      this.#simd(simd).unsigned(0).unsigned(offset);
      return this;
    }
    const access = STORES[name];
    if (!access) throw new Error(`${this.name}: no store ${name}`);
    this.#pop(name, access.type);
    this.#pop(name, 'i32');
    this.#code.byte(access.code).unsigned(0).unsigned(offset);
    return this;
  }

  /** Two lanes of 64 bits. */
  v128(low: bigint, high: bigint): this {
    this.#simd(0x0c).raw(new Uint8Array(BigInt64Array.of(low, high).buffer));
    return this.#push('v128');
  }

  /** Bytes of two vectors by their numbers: 0 to 15 of the first, 16 to 31 of the second. */
  shuffle(bytes: readonly number[]): this {
    if (bytes.length !== 16 || bytes.some((byte) => !(byte >= 0 && byte < 32)))
      throw new Error(`${this.name}: i8x16.shuffle wants 16 numbers below 32`);
    this.#pop('i8x16.shuffle', 'v128');
    this.#pop('i8x16.shuffle', 'v128');
    this.#simd(0x0d).raw(Uint8Array.from(bytes));
    return this.#push('v128');
  }

  /** One lane of a vector, by an instruction as `f64x2.extract_lane`. */
  extract(name: string, lane: number): this {
    const extraction = EXTRACTIONS[name];
    if (!extraction || !(lane >= 0 && lane < extraction.lanes)) throw new Error(`${this.name}: no ${name} ${lane}`);
    this.#pop(name, 'v128');
    this.#simd(extraction.code).byte(lane);
    return this.#push(extraction.type);
  }

  /** Stores one lane, by an instruction as `v128.store64_lane`. */
  storeLane(name: string, lane: number, offset = 0): this {
    const store = LANE_STORES[name];
    if (!store || !(lane >= 0 && lane < store.lanes)) throw new Error(`${this.name}: no ${name} ${lane}`);
    this.#pop(name, 'v128');
    this.#pop(name, 'i32');
    this.#simd(store.code).unsigned(0).unsigned(offset).byte(lane);
    return this;
  }

  /** Takes two values of one type and a condition; gives the first where the condition is not 0. */
  select(): this {
    this.#pop('select', 'i32');
    const type = this.#stack.at(-1);
    if (!type) throw new Error(`${this.name}: select without operands`);
    this.#pop('select', type);
    this.#pop('select', type);
    this.#code.byte(0x1b);
    return this.#push(type);
  }

  call(target: FunctionReference): this {
    for (let i = target.type.takes.length - 1; i >= 0; i--)
      this.#pop(`call ${target.name}`, target.type.takes[i] as ValueType);
    this.#code.byte(0x10).unsigned(target.index);
    return target.type.gives ? this.#push(target.type.gives) : this;
  }

  /** Runs `body` while it leaves a non-zero i32. The body must leave nothing else. */
  loop(body: () => void): this {
    this.#code.byte(0x03).byte(0x40);
    this.#floors.push(this.#stack.length);
    body();
    this.#pop('br_if', 'i32');
    this.#code.byte(0x0d).unsigned(0);
    return this.#end('loop');
  }

  /** Takes a condition; runs `body` where it is not 0. */
  when(body: () => void): this {
    this.#pop('if', 'i32');
    this.#code.byte(0x04).byte(0x40);
    this.#floors.push(this.#stack.length);
    body();
    return this.#end('if');
  }

  /** The body with its local declarations, as the code section holds it. */
  finish(): Uint8Array {
    const { gives } = this.type;
    if (gives) this.#pop('end', gives);
    if (this.#stack.length > 0) throw new Error(`${this.name}: ${this.#stack.length} values left on the stack`);
    const body = new ByteWriter().unsigned(this.#locals.length);
    for (const type of this.#locals) body.unsigned(1).byte(VALUE_TYPE_CODES[type]);
    return body.raw(this.#code.finish()).byte(0x0b).finish();
  }

  #simd(code: number): ByteWriter {
    return this.#code.byte(SIMD_PREFIX).unsigned(code);
  }

  #end(name: string): this {
    const floor = this.#floors.pop();
    if (floor !== this.#stack.length)
      throw new Error(`${this.name}: ${name} leaves ${this.#stack.length - (floor ?? 0)} values`);
    this.#code.byte(0x0b);
    return this;
  }

  #push(type: ValueType): this {
    this.#stack.push(type);
    return this;
  }

  #pop(instruction: string, type: ValueType): void {
    const floor = this.#floors.at(-1) ?? 0;
    const found = this.#stack.length > floor ? this.#stack.pop() : undefined;
    if (found !== type) throw new Error(`${this.name}: ${instruction} wants ${type}, found ${found ?? 'nothing'}`);
  }
}
