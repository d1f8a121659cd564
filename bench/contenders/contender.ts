/** What a contender is asked. */
export interface Question {
  /** The query's name, by which peers without SQL find what to do. */
  readonly query: string;
  /** `{table}` stands for the object. */
  readonly sql: string;
  /** The file; of CSV and NDJSON a sidecar `PATH.schema.json` gives names and types. */
  readonly path: string;
}

/** The time from the question to the last row of the result, and its rows as text, made after the clock has stopped. */
export interface Reply {
  readonly ms: number;
  /** How `ms` splits, in milliseconds by name of a stage; only where a clock was asked for. */
  readonly stages?: Readonly<Record<string, number>>;
  readonly rows: readonly (readonly string[])[];
}

/** A program that answers queries over files, in this process. It may keep compiled code and schemas, never rows. */
export interface Contender {
  /** Processes that it has started, which work for it. */
  readonly pids?: readonly number[];
  ask(question: Question): Promise<Reply>;
  close(): Promise<void>;
}

/** Runs `work` and gives its result with the milliseconds it took. */
export async function timed<T>(work: () => T | Promise<T>): Promise<{ ms: number; result: T }> {
  const start = performance.now();
  const result = await work();
  return { ms: performance.now() - start, result };
}
