/** Stable identifiers of what went wrong. HTTP status and exit status derive from them. */
export type ErrorCode =
  | 'syntax' // text that no grammar accepts
  | 'unsupported' // valid, but not something Sluice does
  | 'unknown-name' // a table, column or function that does not exist
  | 'type' // operands that do not go together
  | 'bad-value' // overflow, a failed cast, a literal out of range
  | 'bad-data' // an object whose bytes are damaged
  | 'schema-changed' // an object that is not what the plan took it for; planned again, the query will run
  | 'bad-request' // a request that fails its schema
  | 'not-found' // an object or a file that is not there
  | 'unreachable' // a server that does not answer
  | 'in-use' // a port or a file that somebody else holds
  | 'cancelled' // the caller went away
  | 'internal';

/** Where in a text an error lies: `offset` counts UTF-16 units of `text` from 0. */
export interface Position {
  readonly text: string;
  readonly offset: number;
}

/** A text of an object that its column's type does not accept. */
export interface Misfit {
  /** The column's name. */
  readonly column: string;
  readonly text: string;
}

/** The one error class: a stable code, a sentence for a person, and a position where the cause is text. */
export class SluiceError extends Error {
  readonly code: ErrorCode;
  readonly position: Position | undefined;
  readonly misfit: Misfit | undefined;

  constructor(code: ErrorCode, message: string, position?: Position, misfit?: Misfit) {
    super(message);
    this.name = 'SluiceError';
    this.code = code;
    this.position = position;
    this.misfit = misfit;
  }

  /** The sentence, followed by the line of text in question with a caret below the place. */
  explain(): string {
    if (!this.position) return this.message;
    const { text, offset } = this.position;
    const start = text.lastIndexOf('\n', offset - 1) + 1;
    const next = text.indexOf('\n', offset);
    const line = text.slice(start, next < 0 ? undefined : next);
    return `${this.message}\n  ${line}\n  ${' '.repeat(offset - start)}^`;
  }

  /** Plain form that crosses threads and HTTP. */
  toJSON(): ErrorDescription {
    const { code, message, position, misfit } = this;
    return { code, message, ...(position && { position }), ...(misfit && { misfit }) };
  }
}

export interface ErrorDescription {
  readonly code: ErrorCode;
  readonly message: string;
  readonly position?: Position;
  readonly misfit?: Misfit;
}

/** Rebuilds an error from its plain form. */
export function errorFrom(description: ErrorDescription): SluiceError {
  return new SluiceError(description.code, description.message, description.position, description.misfit);
}
