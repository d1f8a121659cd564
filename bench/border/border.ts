/** What one measurement of a way across a border gives. */
export interface Crossing {
  /** Milliseconds of a call. */
  readonly time: number;
  /** What the receiver made of the bytes of the last call; absent where it does not look at them. */
  readonly sum?: number;
}

/** A border, and the ways to bring bytes to a receiver behind it, who looks at them. */
export interface Border {
  /** Takes over the bytes of the calls to come. */
  load(data: Uint8Array): void;
  /** Brings the bytes across by one of the border's ways, over and over, for at least `ms` milliseconds. */
  measure(way: string, ms: number): Promise<Crossing>;
  close(): Promise<void>;
}
