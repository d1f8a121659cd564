/** To the receiver: to look at bytes and say what it saw, or to do so whenever it is its turn, until that is over. */
export type Request =
  | { readonly kind: 'look'; readonly bytes: Uint8Array<ArrayBuffer>; readonly giveBack: boolean }
  | { readonly kind: 'share'; readonly control: Int32Array<SharedArrayBuffer>; readonly bytes: Uint8Array };

export interface Reply {
  readonly sum: number;
  /** Those of the request, if they are to be given back. */
  readonly bytes?: Uint8Array<ArrayBuffer>;
}

/** Places of the shared control words. */
export const STATE = 0;
export const SUM = 1;

/** Whose turn it is. */
export const TURN = { sender: 0, receiver: 1, over: 2 } as const;
