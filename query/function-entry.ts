import type { BoundExpression, Operator } from './expression.ts';
import type { DataType, Scalar } from './types.ts';

/** What an overload takes in one place: a kind of type; decimals keep their precision and scale. */
export type ParameterKind = DataType['kind'];

/**
 * One typed form of a library function.
 *
 * The kernel of the wasm lane takes its operands as compiled code holds them (bool, int32, date: i32; int64, timestamp,
 * decimal up to 18 digits: i64; wider decimals: i64 low, i64 high; float64: f64; utf8: i32 address, i32 length) and at
 * last the i32 address of a call state (see `engine/kernels/call-state.ts`), through which it makes room for new text,
 * gives the high word of a wide result, says that the result is NULL, or fails. It gives the result in the same form;
 * text as an i64, length above address, which may point into an operand.
 */
export interface Overload {
  /** Unique in the whole table, as SQL would write the signature: `round(double, integer)`. */
  readonly id: string;
  readonly parameters: readonly ParameterKind[];
  /** The last parameter may come any number of times, also never. */
  readonly variadic?: boolean;
  readonly result: DataType | ((args: readonly BoundExpression[]) => DataType);
  /** The export of the kernels; absent where the wasm lane calls `js` through its host instead. */
  readonly kernel?: string;
  /**
   * The same function in JavaScript, over scalars in the form that `Scalar` documents: what `evaluate` and the js lane
   * call. May give null. Throws SluiceError `bad-value`.
   */
  readonly js: (...args: never[]) => Scalar;
  /**
   * `js` with numbers where it has bigints, for operands within ±2^53: what the js lane calls where it can. A result
   * beyond may be rounded; it is then computed again by `js`.
   */
  readonly jsOfNumbers?: (...args: never[]) => number;
  /** The result may be NULL though no operand is. */
  readonly nullable?: boolean;
  /** May fail with `bad-value`, so it must not run for rows that do not count. */
  readonly fails?: boolean;
  /** Only `expand` names it: binding by name passes it over. */
  readonly internal?: boolean;
}

/** Builds bound expressions for entries that stand for others. */
export interface ExpressionBuilder {
  /** A core operator, constants folded; operands must already have the types that it wants. */
  readonly call: (operator: Operator, args: readonly BoundExpression[], type: DataType) => BoundExpression;
  /** Binds a call by name as if the query had written it: chooses overloads and adds casts. */
  readonly named: (name: string, args: readonly BoundExpression[]) => BoundExpression;
  readonly cast: (arg: BoundExpression, to: DataType, attempt?: boolean) => BoundExpression;
  readonly literal: (type: DataType, value: Scalar) => BoundExpression;
  /** Names one overload directly. */
  readonly overload: (id: string, args: readonly BoundExpression[], type: DataType) => BoundExpression;
}

/** A function of the library, written once: what SQL calls it, its forms, what it says of itself. */
export interface LibraryFunction {
  readonly name: string;
  readonly kind: 'function';
  readonly category: 'math' | 'text' | 'time' | 'conditional' | 'conversion';
  /** What SQL has other syntax for: queries cannot call it by this name. */
  readonly internal?: boolean;
  readonly aliases: readonly string[];
  /** For people: `round(number [, digits])`. */
  readonly signature: string;
  readonly doc: string;
  /** `strict`: NULL when an operand is. `ignored`: NULL operands count as empty; the result is not NULL. */
  readonly nulls: 'strict' | 'ignored';
  readonly overloads: readonly Overload[];
  /**
   * Asked before overloads are tried: another expression that means the same (`mod(a, b)` is `a % b`); undefined to
   * go on with the overloads.
   */
  readonly expand?: (args: readonly BoundExpression[], build: ExpressionBuilder) => BoundExpression | undefined;
}

/** How a category writes entries that are NULL when an operand is. */
export const strictFunctions =
  (category: LibraryFunction['category']) =>
  (
    name: string,
    aliases: readonly string[],
    signature: string,
    doc: string,
    overloads: readonly Overload[],
  ): LibraryFunction => ({ name, kind: 'function', category, aliases, signature, doc, nulls: 'strict', overloads });
