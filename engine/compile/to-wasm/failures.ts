/** Bits of the failure mask that compiled functions leave behind: operators whose result was out of range. */
export const FAILURES = { add: 1, subtract: 2, multiply: 4, negate: 8, cast: 16, integer_divide: 32 } as const;

export type FailureKind = keyof typeof FAILURES;

/** Addresses of the cells (i32) in which compiled functions say what failed; 0 for nothing. */
export interface FailureCells {
  /** Bits of FAILURES. */
  readonly overflows: number;
  /** Why (query/call-failures.ts) above the number of the callee, 16 bits each. */
  readonly call: number;
}
