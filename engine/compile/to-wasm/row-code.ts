import type { DataType } from '../../../query/types.ts';
import { isWide } from '../../column.ts';
import type { FunctionBuilder, FunctionReference, Local } from '../../wasm-assembler/function-builder.ts';
import type { ValueType } from '../../wasm-assembler/instructions.ts';
import type { ModuleBuilder } from '../../wasm-assembler/module-builder.ts';
import { type Emitted, partsOf, valueTypeOf } from './emitted.ts';
import { FAILURES, type FailureCells, type FailureKind } from './failures.ts';
import type { HostCall } from './host-call.ts';

/**
 * The code of one row within a batch loop, and what all emitters share: imports, failures, and the mask of rows that
 * count. Values go to fresh locals, so that they can be used again anywhere behind.
 */
export class RowCode {
  readonly code: FunctionBuilder;
  /** Address of the call state (see engine/kernels/call-state.ts). */
  readonly callState: number;
  /** What can fail with a reason of its own, in the order of the numbers that `failedCall` gives. */
  readonly callees: string[] = [];
  readonly hostCalls = new Map<string, HostCall>();
  #module: ModuleBuilder;
  #failures: Local;
  #failedCall: Local;
  #masks: Local[] = [];

  constructor(module: ModuleBuilder, code: FunctionBuilder, callState: number) {
    this.#module = module;
    this.code = code;
    this.callState = callState;
    this.#failures = code.local('i32');
    this.#failedCall = code.local('i32');
  }

  /** Behind the loop: leaves what failed in the lane's cells. */
  storeFailures(cells: FailureCells): void {
    this.code.i32(cells.overflows).get(this.#failures).store('i32.store');
    this.code.i32(cells.call).get(this.#failedCall).store('i32.store');
  }

  /** A function of engine/kernels/. */
  kernel(name: string, takes: readonly ValueType[], gives: ValueType): FunctionReference {
    return this.#module.importFunction('kernels', name, { takes, gives });
  }

  /** A function that the lane runs in JavaScript. */
  host(call: HostCall, takes: readonly ValueType[], gives: ValueType): FunctionReference {
    this.hostCalls.set(call.name, call);
    return this.#module.importFunction('host', call.name, { takes, gives });
  }

  /** 1 where the current row counts for what is being emitted; undefined: every row does. */
  get active(): Local | undefined {
    return this.#masks.at(-1);
  }

  /** Whether a value that was emitted under `mask` is there wherever the current mask is 1. */
  isWithin(mask: Local | undefined): boolean {
    return mask === undefined || this.#masks.includes(mask);
  }

  /** Emits under a mask, which must be 0 where `active` is 0; undefined leaves the mask as it is. */
  under<T>(mask: Local | undefined, emit: () => T): T {
    if (!mask) return emit();
    this.#masks.push(mask);
    const result = emit();
    this.#masks.pop();
    return result;
  }

  /** The conjunction of flags in a local; undefined when there are none. */
  all(...flags: readonly (Local | undefined)[]): Local | undefined {
    const [first, ...rest] = new Set(flags.filter((flag) => flag !== undefined));
    if (!first || rest.length === 0) return first;
    const all = this.code.local('i32');
    this.code.get(first);
    for (const flag of rest) this.code.get(flag).op('i32.and');
    this.code.set(all);
    return all;
  }

  /** Whether all operands are valid; undefined when none can be NULL. */
  validity(operands: readonly Emitted[]): Local | undefined {
    return this.all(...operands.map(({ valid }) => valid));
  }

  /** Runs `body` where the flag is 1, or always. */
  when(flag: Local | undefined, body: () => void): void {
    if (flag) this.code.get(flag).when(body);
    else body();
  }

  /** Runs `body` for rows that count and whose flag is 1. What it computes is only there under the current mask. */
  whenCounts(flag: Local | undefined, body: () => void): void {
    this.when(this.all(flag, this.active), body);
  }

  /** A value of one part that `compute` leaves on the stack. */
  result(type: DataType, valid: Local | undefined, compute: () => unknown): Emitted {
    const value = this.code.local(valueTypeOf(type));
    compute();
    this.code.set(value);
    return { type, value, ...(valid && { valid }) };
  }

  /** New locals for a value of the type. */
  blank(type: DataType, valid: Local | undefined): Emitted {
    const { code } = this;
    return {
      type,
      value: code.local(valueTypeOf(type)),
      ...(type.kind === 'utf8' && { length: code.local('i32') }),
      ...(isWide(type) && { high: code.local('i64') }),
      ...(valid && { valid }),
    };
  }

  /** Pushes a value's parts as kernels take them. */
  push(operand: Emitted): void {
    for (const part of partsOf(operand)) this.code.get(part);
  }

  zero(type: ValueType): void {
    if (type === 'i32') this.code.i32(0);
    else if (type === 'i64') this.code.i64(0n);
    else this.code.f64(0);
  }

  /** Takes a flag from the stack; notes the failure where the row counts and its result is not NULL. */
  fail(kind: FailureKind, valid: Local | undefined): void {
    const { code } = this;
    if (valid) code.get(valid).op('i32.and');
    if (this.active) code.get(this.active).op('i32.and');
    code.i32(0).op('i32.ne').i32(FAILURES[kind]).op('i32.mul').get(this.#failures).op('i32.or').set(this.#failures);
  }

  /** Behind a call: notes the reason that the callee left in the call state, if any, and clears it. */
  noteCallFailure(callee: string): void {
    const { code, callState } = this;
    let number = this.callees.indexOf(callee);
    if (number < 0) number = this.callees.push(callee) - 1;
    code
      .i32(callState)
      .load('i32.load', 12)
      .when(() => {
        code.i32(callState).load('i32.load', 12).i32(16).op('i32.shl').i32(number).op('i32.or').set(this.#failedCall);
        code.i32(callState).i32(0).store('i32.store', 12);
      });
  }
}
